/** A small project on a Snowflake of its own, with one of everything that can be half done, and what its tables are to hold. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { compileProject } from "../../../src/compile/index.js";
import type { Graph } from "../../../src/graph/index.js";
import type { Row, Session, Warehouse } from "../../../src/warehouse/index.js";
import { type SnowflakeServer, startSnowflake } from "../../snowflake-server/client.js";
import { ledgerPairs, pairsOf } from "../../snowflake-server/pairs.js";
import { openOn, tell } from "../opened.js";

/** The models as they were, and as they are with other columns. */
export type Version = 1 | 2;

/** As delivered; a later one of the same id corrects the earlier. */
export interface Delivered {
  readonly seq: number;
  readonly id: string;
  readonly patient: string;
  readonly v: number;
}

const connected = (accessUrl: string) => ({
  name: "production",
  connection: { account: "TEST", accessUrl, user: "MEDFORM", warehouse: "TRANSFORM" },
});

const files = (version: Version): Readonly<Record<string, string>> => ({
  "dataform.json": JSON.stringify({
    warehouse: "snowflake",
    defaultDatabase: "EHR",
    defaultSchema: "S",
    assertionSchema: "RULES",
  }),
  "definitions/delivered.sqlx": `config { type: "declaration", schema: "RAW", name: "DELIVERED",
    columns: { SEQ: "The order.", ID: "The event.", PATIENT: "Whose.", V: "How much." } }`,
  "definitions/staged.sqlx": `config { type: "view" }
    select cast(SEQ as bigint) as SEQ, ID, PATIENT, cast(V as bigint) as V from \${ref("RAW", "DELIVERED")}`,
  "definitions/event.sqlx": `config { type: "incremental", uniqueKey: ["ID"],
      assertions: { uniqueKey: ["ID"], rowConditions: ["V < 1000"] } }
    select SEQ, ID, PATIENT, V from (
      select SEQ, ID, PATIENT, V, row_number() over (partition by ID order by SEQ desc) as NTH from \${ref("staged")}
      \${when(incremental(), \`where SEQ > (select max(SEQ) from \${self()})\`)}
    ) as latest where NTH = 1`,
  "definitions/patient.sqlx": `config { type: "table", assertions: { uniqueKey: ["PATIENT"] } }
    select PATIENT, count(*) as N${version === 2 ? ", cast(max(V) as bigint) as M" : ""}
    from \${ref("event")} group by PATIENT`,
  "definitions/known.sqlx": `config { type: "view" }
    select ID, PATIENT, V${version === 2 ? ", SEQ" : ""} from \${ref("event")} where V > 1`,
  "definitions/by_patient.sqlx": `config { type: "table", tags: ["publish:totals"] }
    select PATIENT, cast(sum(V) as bigint) as V${version === 2 ? ", count(*) as N" : ""}
    from \${ref("known")} group by PATIENT`,
  "definitions/total.sqlx": `config { type: "table", tags: ["publish:totals"] }
    select cast(sum(V) as bigint) as V${version === 2 ? ", count(*) as N" : ""} from \${ref("known")}`,
  "definitions/balanced.sqlx": `config { type: "assertion" }
    select 1 as WRONG where (select sum(V) from \${ref("by_patient")}) <> (select sum(V) from \${ref("total")})`,
  "definitions/noted.sqlx": `config { type: "operations", hasOutput: true }
    create or replace table \${self()} as select count(*) as N from \${ref("total")}`,
});

export type Content = Readonly<Record<string, readonly string[]>>;

const lines = (rows: Iterable<readonly unknown[]>) => [...rows].map((row) => row.map(String).join(" ")).toSorted();

/** Two relations of a publish group, the others alone. */
export const group = ["BY_PATIENT", "TOTAL"] as const;

/** What each relation holds of these deliveries, a row a line. */
export function contentOf(all: readonly Delivered[], version: Version): Content {
  const events = [...new Map(all.map((event) => [event.id, event])).values()];
  const patients = [...new Set(events.map(({ patient }) => patient))];
  const two = (...more: readonly unknown[]) => (version === 2 ? more : []);
  const known = events.filter(({ v }) => v > 1);
  const sum = (of: readonly Delivered[]) => of.reduce((total, { v }) => total + v, 0);
  const of = (from: readonly Delivered[], wanted: string) => from.filter(({ patient }) => patient === wanted);
  return {
    EVENT: lines(events.map(({ seq, id, patient, v }) => [seq, id, patient, v])),
    PATIENT: lines(
      patients.map((patient) => {
        const own = of(events, patient);
        return [patient, own.length, ...two(Math.max(...own.map(({ v }) => v)))];
      }),
    ),
    KNOWN: lines(known.map(({ seq, id, patient, v }) => [id, patient, v, ...two(seq)])),
    BY_PATIENT: lines(
      patients
        .map((patient) => [patient, of(known, patient)] as const)
        .filter(([, own]) => own.length > 0)
        .map(([patient, own]) => [patient, sum(own), ...two(own.length)]),
    ),
    TOTAL: lines([[sum(known), ...two(known.length)]]),
    NOTED: ["1"],
  };
}

export interface Clinic extends AsyncDisposable {
  readonly server: SnowflakeServer;
  readonly dir: string;
  /** Where the project of that version lies. */
  project(version: Version): string;
  graph(version: Version): Graph;
  /** Opened by somebody who only looks. */
  readonly warehouse: Warehouse;
  rows(sql: string): Promise<readonly Row[]>;
  /** The service as on its first day, the deliveries there. */
  begin(delivered: readonly Delivered[]): Promise<void>;
  deliver(delivered: readonly Delivered[]): Promise<void>;
  /** Lets the lease of whoever died be taken over: nobody waits in a test, the clock is turned back instead. */
  silence(): Promise<void>;
}

const turnBack = `update "EHR".MEDFORM.LEASE set HEARTBEAT = dateadd('hour', -1, HEARTBEAT)`;

const own = [
  { snowflake: turnBack, duckdb: `update "EHR".MEDFORM.LEASE set HEARTBEAT = HEARTBEAT - interval 1 hour` },
  ...ledgerPairs("EHR"),
];

async function compiled(projectDir: string, warehouse: "snowflake" | "duckdb"): Promise<Graph> {
  const { graph, problems } = await compileProject({ projectDir, overrides: { warehouse } });
  const [first] = problems;
  if (first) throw new Error(`${first.at?.file}: ${first.message}`);
  return graph;
}

export async function clinic(): Promise<Clinic> {
  const server = await startSnowflake();
  const dir = mkdtempSync(join(tmpdir(), "medform-snowflake-faults-"));
  const project = (version: Version) => join(dir, `project-${version}`);
  for (const version of [1, 2] as const) {
    const environments = { environments: [connected(server.accessUrl)] };
    const all = { ...files(version), "environments.json": JSON.stringify(environments) };
    for (const [name, text] of Object.entries(all)) {
      const path = join(project(version), name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
  }
  const pairs = [...own];
  const graphs = new Map<Version, Graph>();
  for (const version of [1, 2] as const) {
    const graph = await compiled(project(version), "snowflake");
    graphs.set(version, graph);
    pairs.push(...pairsOf(graph, await compiled(project(version), "duckdb")));
  }
  let warehouse: Warehouse | undefined;
  let session: Session | undefined;

  const opened = () => {
    if (warehouse === undefined || session === undefined) throw new Error("it has not begun");
    return { warehouse, session };
  };
  const close = async () => {
    await session?.[Symbol.asyncDispose]();
    await warehouse?.[Symbol.asyncDispose]();
  };
  const rows = async (sql: string) => {
    await tell(server, sql);
    return opened().session.rows(sql);
  };

  async function deliver(delivered: readonly Delivered[]): Promise<void> {
    const values = delivered.map(({ seq, id, patient, v }) => `('${seq}', '${id}', '${patient}', '${v}')`);
    await rows(`insert into "EHR"."RAW"."DELIVERED" (SEQ, ID, PATIENT, V) values ${values.join(", ")}`);
  }

  return {
    server,
    dir,
    project,
    graph: (version) => graphs.get(version) as Graph,
    get warehouse() {
      return opened().warehouse;
    },
    rows,
    deliver,
    async begin(delivered) {
      await close();
      await server.reset();
      await server.know(pairs);
      warehouse = await openOn(server, { readOnly: true });
      session = await warehouse.session();
      for (const sql of [
        'create database if not exists "EHR"',
        'create schema if not exists "EHR"."RAW"',
        'create table "EHR"."RAW"."DELIVERED" (SEQ varchar, ID varchar, PATIENT varchar, V varchar)',
      ]) {
        await rows(sql);
      }
      await deliver(delivered);
    },
    async silence() {
      // Who died before it made the table holds nothing.
      await opened()
        .session.rows(turnBack)
        .catch(() => undefined);
    },
    async [Symbol.asyncDispose]() {
      await close();
      await server[Symbol.asyncDispose]();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
