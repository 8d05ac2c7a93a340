/**
 * Publishing on DuckDB: one connection, one transaction. What is built is seen by the scope's own statements, under the
 * final names; others see it after COMMIT, whose last statement before is the fence.
 */
import { type Problem, ProblemError, quoteName, type Relation, targetKey } from "../../graph/index.js";
import type { BuildMode, Built, Marker, Publisher, PublishScope, RuleCount, Value } from "../contract.js";
import type { DuckDbSession, Executed } from "./session.js";
import * as sql from "./statements.js";
import { losesSilently } from "./types.js";

interface Existing {
  readonly kind: "table" | "view";
  readonly columns: readonly string[];
  /** Types, in the order of the columns. */
  readonly types: readonly string[];
  /** Comments by column; the relation's own under the empty name. */
  readonly comments: ReadonlyMap<string, string>;
}

const refuse = (code: string, message: string, hint?: string) =>
  new ProblemError(hint === undefined ? { code, message } : ({ code, message, hint } satisfies Problem));

/** Exit 3: not an error of the project, but somebody else was there first. */
const fenced = (message: string) =>
  new ProblemError({ code: "fenced", message, hint: "Run again: what the newer run published stands." }, 3);

/** Names compare as the engine compares them, without case. */
const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

async function existing(session: DuckDbSession, relation: Relation, database: string): Promise<Existing | undefined> {
  const { target } = relation;
  const where = "database_name = ? and schema_name ilike ? escape '\\' and ";
  const like = (text: string) => text.replace(/[\\%_]/g, "\\$&");
  const binds: Value[] = [target.database ?? database, like(target.schema), like(target.name)];
  const rows = await session.rows(
    `select 'table' as kind, '' as name, '' as type, comment, -1 as position from duckdb_tables() where ${where} table_name ilike ? escape '\\'
union all select 'view', '', '', comment, -1 from duckdb_views() where ${where} view_name ilike ? escape '\\'
union all select 'column', column_name, data_type, comment, column_index from duckdb_columns() where ${where} table_name ilike ? escape '\\'
order by position`,
    [...binds, ...binds, ...binds],
  );
  const self = rows.find((row) => row.kind !== "column");
  if (self === undefined) return undefined;
  return {
    kind: self.kind === "view" ? "view" : "table",
    columns: rows.filter((row) => row.kind === "column").map((row) => String(row.name)),
    types: rows.filter((row) => row.kind === "column").map((row) => String(row.type)),
    comments: new Map(rows.filter((row) => row.comment !== null).map((row) => [String(row.name), String(row.comment)])),
  };
}

/** The table's own columns in the query's order; an error where one side has a column that the other has not. */
function matched(
  relation: Relation,
  table: Existing,
  query: readonly { readonly name: string; readonly type: string }[],
): readonly string[] {
  const { columns, types } = table;
  const added = query.filter(({ name }) => !columns.some((other) => same(name, other))).map(({ name }) => name);
  const missing = columns.filter((name) => !query.some((other) => same(name, other.name)));
  const lossy = query.flatMap(({ name, type }) => {
    const stored = types[columns.findIndex((other) => same(name, other))];
    return stored !== undefined && losesSilently(type, stored) ? [`${name} (${type} into ${stored})`] : [];
  });
  const parts = [
    ...(added.length > 0 ? [`the query has columns that the table has not: ${added.join(", ")}`] : []),
    ...(missing.length > 0 ? [`the table has columns that the query has not: ${missing.join(", ")}`] : []),
    ...(lossy.length > 0 ? [`the table's types would round what the query returns: ${lossy.join(", ")}`] : []),
  ];
  if (parts.length > 0) {
    throw refuse(
      "schema-changed",
      `${targetKey(relation.target)}: ${parts.join("; ")}`,
      "Build it anew with --full-refresh.",
    );
  }
  return query.map(({ name }) => columns.find((other) => same(name, other)) ?? name);
}

export function duckDbPublisher(
  database: string,
  connect: () => Promise<DuckDbSession>,
  databases: () => Promise<readonly string[]>,
): Publisher {
  return {
    async open(variables) {
      const session = await connect();
      try {
        for (const [name, value] of Object.entries(variables)) await session.setVariable(name, value);
        await session.run("begin transaction");
        const [row] = await session.rows("select current_connection_id() as connection, txid_current() as transaction");
        session.knownAs(`${row?.connection}-${row?.transaction}`);
      } catch (error) {
        await session[Symbol.asyncDispose]();
        throw error;
      }
      return scope(session, database);
    },
    async markers() {
      await using session = await connect();
      const all: Marker[] = [];
      for (const name of await databases()) {
        const rows = await session.rows(`select * from ${quoteName(name)}.MEDFORM.PUBLICATION`);
        for (const row of rows) {
          const owner = String(row.database_name);
          all.push({
            target: {
              ...(owner === "" ? {} : { database: owner }),
              schema: String(row.schema_name),
              name: String(row.name),
            },
            token: Number(row.token),
            runId: String(row.run_id),
            fingerprint: String(row.fingerprint),
          });
        }
      }
      return all;
    },
  };
}

function scope(session: DuckDbSession, database: string): PublishScope {
  let ended = false;

  function alive(): void {
    if (ended) throw refuse("transaction-ended", "the transaction was published or discarded already");
    if (session.failed) {
      throw refuse("transaction-aborted", "an earlier statement failed, so this transaction can only be discarded");
    }
  }

  async function wrapped(text: string): Promise<Executed> {
    return session.execute(text, { linesBefore: sql.linesBefore });
  }

  async function count(relation: Relation): Promise<number> {
    const [row] = await session.rows(`select count(*) as n from ${sql.qualified(relation.target, database)}`);
    return Number(row?.n ?? 0);
  }

  async function comment(relation: Relation, columns: readonly string[], current: ReadonlyMap<string, string>) {
    const statements = sql.comments(relation, columns, current, database);
    if (statements.length > 0) await session.run(statements.join(";\n"));
  }

  async function queryColumns(query: string) {
    const columns = await session.describe(query);
    const names = columns.map(({ name }) => name);
    const twice = names.filter((name, index) => names.findIndex((other) => same(name, other)) !== index);
    if (twice.length > 0) throw refuse("duplicate-column", `the query returns a column twice: ${twice.join(", ")}`);
    return columns;
  }

  async function create(relation: Relation): Promise<Built> {
    for (const statement of relation.preOps) await session.run(statement);
    const columns = (await queryColumns(relation.query)).map(({ name }) => name);
    const before = await existing(session, relation, database);
    const kind = relation.kind === "view" ? "view" : "table";
    if (before !== undefined && before.kind !== kind) {
      await session.run(sql.drop(relation.target, before.kind, database));
    }
    let rows: number | null = null;
    if (kind === "view") {
      await wrapped(sql.createView(relation, database));
    } else {
      const made = await wrapped(sql.createTable(relation, database));
      rows = made.count ?? (await count(relation));
    }
    await comment(relation, columns, new Map());
    for (const statement of relation.postOps) await session.run(statement);
    if (relation.postOps.length > 0 && rows !== null) rows = await count(relation);
    const made = relation.postOps.length > 0 ? (await existing(session, relation, database))?.columns : columns;
    return { rows, changed: rows, columns: made ?? columns };
  }

  async function increment(relation: Relation): Promise<Built> {
    const query = relation.incrementalQuery ?? relation.query;
    for (const statement of relation.incrementalPreOps) await session.run(statement);
    const before = await existing(session, relation, database);
    if (before?.kind !== "table") {
      throw refuse(
        "increment-without-table",
        `${targetKey(relation.target)} cannot be incremented: ${before === undefined ? "it does not exist" : "it is a view"}`,
        "Build it anew with --full-refresh.",
      );
    }
    const columns = matched(relation, before, await queryColumns(query));
    const changed =
      relation.uniqueKey.length === 0
        ? (await wrapped(sql.insertQuery(relation, query, columns, database))).changed
        : await mergeStaged(relation, query, columns);
    await comment(relation, columns, before.comments);
    for (const statement of relation.incrementalPostOps) await session.run(statement);
    return { rows: await count(relation), changed, columns: before.columns };
  }

  async function mergeStaged(relation: Relation, query: string, columns: readonly string[]): Promise<number> {
    const unknown = relation.uniqueKey.filter((key) => !columns.some((column) => same(key, column)));
    if (unknown.length > 0) {
      throw refuse("unique-key", `${targetKey(relation.target)} has no column ${unknown.join(", ")} of its uniqueKey`);
    }
    const keys = relation.uniqueKey.map((key) => columns.find((column) => same(key, column)) ?? key);
    await wrapped(sql.stageQuery(relation, query));
    const [row] = await session.rows(sql.duplicateKeys(keys));
    const twice = Number(row?.n ?? 0);
    if (twice > 0) {
      throw refuse(
        "duplicate-key",
        `the increment of ${targetKey(relation.target)} holds ${twice} key${twice === 1 ? "" : "s"} more than once (${keys.join(", ")})`,
        "Let the query return one row for each uniqueKey.",
      );
    }
    await session.run(sql.deleteReplaced(relation, keys, database));
    const { changed } = await session.run(sql.insertStaged(relation, columns, database));
    await session.run(sql.dropStage);
    return changed;
  }

  /** A refusal of ours leaves the engine's transaction alive; it is half built all the same. */
  async function guarded<T>(work: () => Promise<T>): Promise<T> {
    alive();
    try {
      return await work();
    } catch (error) {
      session.failed = true;
      throw error;
    }
  }

  async function discard(): Promise<void> {
    if (ended) return;
    ended = true;
    // The engine may have rolled back by itself.
    await session.run("rollback").catch(() => undefined);
    await session[Symbol.asyncDispose]();
  }

  return {
    session,
    build: (relation: Relation, mode: BuildMode) =>
      guarded(() => (mode === "increment" ? increment(relation) : create(relation))),
    describe: (relation) =>
      guarded(async () => {
        const there = await existing(session, relation, database);
        if (there !== undefined) await comment(relation, there.columns, there.comments);
      }),
    evaluate: (query, { byRule, name }) =>
      guarded(async () => {
        const rows = await session.rows(sql.countFailing(query, byRule), [], sql.linesBefore);
        if (!byRule) return [{ rule: name, failing: Number(rows[0]?.failing ?? 0) }];
        return rows.map((row): RuleCount => ({ rule: String(row.rule), failing: Number(row.failing) }));
      }),
    statementIds: () => session.takeStatements(),
    async publish(markers) {
      alive();
      try {
        await stamp(session, database, markers);
        await session.run("commit");
      } catch (error) {
        await discard();
        throw error;
      }
      ended = true;
      await session[Symbol.asyncDispose]();
    },
    discard,
    [Symbol.asyncDispose]: discard,
  };
}

async function stamp(session: DuckDbSession, database: string, markers: readonly Marker[]): Promise<void> {
  if (markers.length === 0) return;
  const owners = new Set(markers.map(({ target }) => target.database ?? database));
  const [owner = database] = owners;
  if (owners.size > 1) throw refuse("two-databases", "one transaction cannot publish into two databases");
  const { sql: text, binds } = sql.fence(markers, owner);
  const { changed } = await session.run(text, binds);
  if (changed === markers.length) return;
  throw fenced(
    `a newer run has published ${markers.map(({ target }) => targetKey(target)).join(", ")} meanwhile; nothing of this run was published there`,
  );
}
