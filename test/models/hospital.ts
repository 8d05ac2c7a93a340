/**
 * The models on a real engine, without the runner: lands batches, builds the models in order, reads the result. A
 * batch is what one load would land; a refresh is one run, incremental unless told otherwise.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { compileProject } from "../../src/compile/index.js";
import type { Graph, Relation, Target } from "../../src/graph/index.js";
import { deliveredTableOf, folderFormats } from "../../src/load/tables.js";
import type { BuildMode, Built, Row, Value, Warehouse } from "../../src/warehouse/index.js";
import {
  ensureColumns,
  landingColumns,
  loadedFileColumns,
  openDuckDb,
  rejectedLineColumns,
  repeatedFileColumns,
} from "../../src/warehouse/index.js";

const project = resolve(import.meta.dirname, "../..");

export interface Batch {
  readonly id: string;
  readonly source?: string;
  /** ISO instant. */
  readonly delivered?: string;
  /** CSV text with header, by table (`patients`), or the path of a CSV file that the engine can read. */
  readonly files: Readonly<Record<string, string | { readonly path: string }>>;
}

export interface Refresh {
  readonly full?: boolean;
  readonly asOf?: string;
  /** Told of each relation that is built, for whoever wants to know. */
  readonly built?: (
    relation: Relation,
    how: Built & { readonly mode: BuildMode; readonly milliseconds: number },
  ) => void;
}

export interface Hospital extends AsyncDisposable {
  land(batch: Batch): Promise<void>;
  refresh(options?: Refresh): Promise<void>;
  /** Nothing landed, nothing built, as at first. */
  empty(): Promise<void>;
  rows(sql: string): Promise<readonly Row[]>;
  /** What a query answers after statements that are undone again. */
  tried(statements: readonly string[], sql: string): Promise<readonly Row[]>;
  /** One number. */
  count(sql: string): Promise<number>;
}

let compiled: Promise<Graph> | undefined;

/** The project as the embedded engine gets it; compiled once. */
export function graph(projectDir = project): Promise<Graph> {
  compiled ??= compileProject({ projectDir, overrides: { warehouse: "duckdb" } }).then(({ graph, problems }) => {
    const mine = problems.filter(({ at }) =>
      /^(definitions|includes|assertions)\//.test(at?.file ?? "definitions/sources/"),
    );
    if (mine.length > 0) throw new Error(mine.map(({ at, message }) => `${at?.file}: ${message}`).join("\n"));
    return graph;
  });
  return compiled;
}

const below = ["BRONZE", "SILVER", "CROSSWALK"];
const above = ["GOVERNANCE", "GOLD", "SAFE_HARBOR", "SHIFTED_DATES"];

export interface HospitalOptions {
  readonly projectDir?: string;
  readonly threads?: number;
  /** Build gold too, and the de-identified outputs; or these tables of it. */
  readonly gold?: boolean | readonly string[];
  /** Builds these relations and what they read, and no others; `gold` does not matter then. */
  readonly only?: readonly string[];
  /** Entities that the test delivers nothing of: built once, empty, and left so, to save time. */
  readonly asleep?: readonly string[];
}

export async function openHospital(options: HospitalOptions = {}): Promise<Hospital> {
  const { actions } = await graph(options.projectDir);
  const all = actions.filter(
    (action): action is Relation => action.kind === "table" || action.kind === "view" || action.kind === "incremental",
  );
  const { gold = false, only } = options;
  const layers = gold || only ? [...below, ...above] : below;
  const needed = only && withWhatTheyRead(all, only);
  const someOfGold = only === undefined && typeof gold === "object" ? gold : undefined;
  const relations = all.filter(
    ({ target }) =>
      layers.includes(target.schema) &&
      (needed === undefined || needed.has(targetSql(target))) &&
      (someOfGold === undefined || below.includes(target.schema) || someOfGold.includes(target.name.toLowerCase())),
  );
  const dir = mkdtempSync(join(tmpdir(), "medform-models-"));
  const warehouse = await openDuckDb({
    path: join(dir, "warehouse.duckdb"),
    database: "EHR",
    holder: { command: "test" },
    ...(options.threads === undefined ? {} : { threads: options.threads }),
  });
  await using session = await warehouse.session();
  await warehouse.catalog.ensureSchemas(["RAW", ...layers].map((schema) => ({ database: "EHR", schema })));
  const landed: Target[] = [];
  for (const { kind, target, columns } of actions) {
    if (kind !== "declaration") continue;
    landed.push(target);
    const known = {
      LOADED_FILE: loadedFileColumns,
      REJECTED_LINE: rejectedLineColumns,
      REPEATED_FILE: repeatedFileColumns,
    }[target.name];
    await ensureColumns(session, target, known ?? landingColumns(columns.map(({ path }) => path.join("."))));
  }
  const asleep = (options.asleep ?? []).flatMap((name) => [name, `${name}_verdict`]).map((name) => name.toUpperCase());
  return hospital(warehouse, relations, landed, new Set(asleep), dir);
}

function hospital(
  warehouse: Warehouse,
  relations: readonly Relation[],
  landed: readonly Target[],
  asleep: ReadonlySet<string>,
  dir: string,
): Hospital {
  const built = new Set<Relation>();
  let run = 0;
  let files = 0;
  let loads = 0;

  const query = async (sql: string) => {
    await using session = await warehouse.session();
    return session.rows(sql);
  };

  return {
    async land({ id, source = "synthea", delivered = "2024-06-01T00:00:00", files: delivery }) {
      await using session = await warehouse.session();
      const loadedAt = `timestamp '2026-01-01' + interval '${++loads} seconds'`;
      for (const [table, content] of Object.entries(delivery)) {
        let path: string;
        if (typeof content === "string") {
          path = join(dir, `${++files}.csv`);
          writeFileSync(path, content);
        } else path = content.path;
        const read = `read_csv(${literal(path)}, all_varchar = true, header = true, delim = ',', quote = '"', escape = '"')`;
        const landing = deliveredTableOf(folderFormats["synthea-csv"], `${table}.csv`)?.landing ?? table;
        const header = await session.rows(`select column_name as name from (describe select * from ${read})`);
        const written = header.map(({ name }) => ({ written: String(name), column: String(name).toUpperCase() }));
        const names = header.map(({ name }) => `"${String(name)}"`).join(", ");
        await session.run(
          `insert into "EHR".RAW.${landing} (${names}, _SOURCE_SYSTEM, _BATCH_ID, _FILE, _ROW, _LOADED_AT)
           select ${names}, ${literal(source)}, ${literal(id)}, '${table}.csv', row_number() over (), ${loadedAt}
           from ${read}`,
        );
        await session.run(
          `insert into "EHR".RAW.LOADED_FILE
           select ${literal(id)}, ${literal(source)}, '${landing}', '${table}.csv', ${literal(`${id}/${table}`)},
             cast(${literal(delivered)} as timestamp), count(*), count(*), 0, ${loadedAt},
             ${literal(JSON.stringify(written))}
           from "EHR".RAW.${landing} where _BATCH_ID = ${literal(id)}`,
        );
      }
    },
    async refresh({ full = false, asOf, built: told } = {}) {
      run += 1;
      const variables: Record<string, Value> = {
        MEDFORM_RUN_ID: `run-${run}`,
        MEDFORM_RUN_NUMBER: run,
        MEDFORM_AS_OF: asOf ?? null,
        MEDFORM_STARTED_AT: "2026-01-01T00:00:00Z",
      };
      // One transaction for all: what a run would publish table by table.
      await using scope = await warehouse.publisher.open(variables);
      for (const relation of relations) {
        // A view is its text: what it shows follows its tables.
        if (built.has(relation) && (relation.kind === "view" || asleep.has(relation.target.name))) continue;
        const increment = relation.kind === "incremental" && built.has(relation) && !full;
        const start = performance.now();
        try {
          const mode = increment ? "increment" : "create";
          const result = await scope.build(relation, mode);
          told?.(relation, { ...result, mode, milliseconds: performance.now() - start });
        } catch (error) {
          throw new Error(`${relation.target.name}: ${error instanceof Error ? error.message : error}`, {
            cause: error,
          });
        }
        built.add(relation);
      }
      await scope.publish([]);
    },
    async empty() {
      await using session = await warehouse.session();
      for (const target of landed) await session.run(`delete from ${targetSql(target)}`);
      for (const relation of relations) {
        if (relation.kind !== "view" && !asleep.has(relation.target.name)) built.delete(relation);
      }
    },
    rows: query,
    async tried(statements, sql) {
      await using session = await warehouse.session();
      await session.run("begin");
      try {
        for (const statement of statements) await session.run(statement);
        return await session.rows(sql);
      } finally {
        await session.run("rollback");
      }
    },
    async count(sql) {
      const [row] = await query(sql);
      return Number(Object.values(row ?? {})[0]);
    },
    async [Symbol.asyncDispose]() {
      await warehouse[Symbol.asyncDispose]();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function withWhatTheyRead(relations: readonly Relation[], names: readonly string[]): ReadonlySet<string> {
  const known = new Map(relations.map((relation) => [targetSql(relation.target), relation]));
  const needed = new Set<string>();
  const add = (target: Target) => {
    const key = targetSql(target);
    const relation = known.get(key);
    if (relation === undefined || needed.has(key)) return;
    needed.add(key);
    relation.dependencies.forEach(add);
  };
  for (const { target } of relations) if (names.includes(target.name.toLowerCase())) add(target);
  return needed;
}

const targetSql = ({ schema, name }: Target) => `"EHR"."${schema}"."${name}"`;

const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** Lands every table of a folder of Synthea CSV files as one batch. */
export function folder(dir: string, tables: readonly string[]): Batch["files"] {
  return Object.fromEntries(tables.map((table) => [table, { path: join(dir, `${table}.csv.gz`) }]));
}
