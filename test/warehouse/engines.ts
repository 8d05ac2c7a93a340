/** The engines that the conformance tests loop over, and what the tests build with. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Relation, Target } from "../../src/graph/index.js";
import { plainRelation, targetKey } from "../../src/graph/index.js";
import {
  type BuildMode,
  type Marker,
  openDuckDb,
  type PublishScope,
  type ScopePlan,
  type Session,
  type Warehouse,
} from "../../src/warehouse/index.js";
import { knownPair, type Rendering, tellLater } from "./said.js";
import { openTestSnowflake } from "./snowflake.js";

export interface Engine {
  readonly name: "duckdb" | "snowflake";
  open(path: string): Promise<Warehouse>;
  /** A text in the engine's words; on Snowflake also how the DuckDB behind the test server says it. */
  said(render: Rendering | { readonly duckdb: string; readonly snowflake: string }): string;
  /** An unquoted name as the engine's catalog has it. */
  named(name: string): string;
  /** A type of DuckDB as the engine's catalog spells it. */
  typed(type: string): string;
  /** How many are built at once where a test wants many, at a price of seconds. */
  readonly many: number;
  /** What the engine calls a statement. */
  readonly statementId: RegExp;
  /** Comments of a relation's columns, in order; under the empty name its own. */
  comments(session: Session, name: string): Promise<readonly (readonly [string, string | null])[]>;
}

const duckdb: Engine = {
  name: "duckdb",
  open: (path) =>
    openDuckDb({ path, database: "EHR", threads: 2, memoryLimit: "400MB", holder: { command: "medform test" } }),
  said: (text) => knownPair(text).duckdb,
  named: (name) => name,
  typed: (type) => type,
  many: 12,
  statementId: /^\d+-\d+-\d+$/,
  comments: async (session, name) =>
    pairs(
      await values(
        session,
        `select '', comment, -1 as position from duckdb_tables() where table_name = '${name}'
union all select '', comment, -1 from duckdb_views() where view_name = '${name}'
union all select column_name, comment, column_index from duckdb_columns() where table_name = '${name}' order by 3`,
      ),
    ),
};

const types: Readonly<Record<string, string>> = {
  SMALLINT: "NUMBER(38,0)",
  INTEGER: "NUMBER(38,0)",
  BIGINT: "NUMBER(38,0)",
  DOUBLE: "FLOAT",
  VARCHAR: "VARCHAR(16777216)",
};

const snowflake: Engine = {
  name: "snowflake",
  open: () => openTestSnowflake(),
  said(text) {
    const pair = knownPair(text);
    tellLater(pair);
    return pair.snowflake;
  },
  named: (name) => name.toUpperCase(),
  typed: (type) => types[type] ?? type.replace(/^DECIMAL/, "NUMBER"),
  many: 4,
  statementId: /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/,
  comments: async (session, name) =>
    pairs(
      await values(
        session,
        `select '' as N, COMMENT as C, -1 as P from "EHR".information_schema.tables where TABLE_NAME = '${name}'
union all select COLUMN_NAME, COMMENT, ORDINAL_POSITION from "EHR".information_schema.columns where TABLE_NAME = '${name}' order by P`,
      ),
    ),
};

/** What one engine has, or does, and the other not: where a test asks for it, it says here why. */
const exceptions = {
  /** Every integer of Snowflake is a NUMBER(38,0), so that none is wider than another. */
  "integers of several widths": ["duckdb"],
  /** Snowflake keeps rows of a cluster key together by itself, in its own time; a table is not written sorted. */
  "sorted writing": ["duckdb"],
  /** Snowflake refuses it by itself; the server that stands in for it gives the second one a number. */
  "a column that is returned twice": ["duckdb"],
  /** Snowflake's MERGE waits for the lock and sees the newer token; DuckDB's meets a conflict, and its transaction is repeated. */
  "a conflict where a newer token came between": ["duckdb"],
} as const satisfies Readonly<Record<string, readonly Engine["name"][]>>;

export const has = (engine: Engine, what: keyof typeof exceptions): boolean =>
  (exceptions[what] as readonly string[]).includes(engine.name);

const pairs = (rows: readonly (readonly unknown[])[]) =>
  rows.map(([name, comment]) => [String(name), comment === null ? null : String(comment)] as const);

export const engines: readonly Engine[] = [duckdb, snowflake];

/** A folder that is gone when the test file ends. */
export function temporaryFolder(): { readonly path: string; [Symbol.dispose](): void } {
  const path = mkdtempSync(join(tmpdir(), "medform-warehouse-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

export const target = (name: string, schema = "SILVER"): Target => ({ database: "EHR", schema, name });

export function relation(name: string, query: string, more: Partial<Relation> = {}): Relation {
  return {
    target: target(name),
    kind: "table",
    query,
    fileName: `definitions/${name}.sqlx`,
    tags: [],
    disabled: false,
    dependencies: [],
    columns: [],
    ...plainRelation,
    increment: { kind: (more.uniqueKey ?? []).length > 0 ? "merge" : "insert" },
    ...more,
  };
}

export function marker(name: string, token: number, runId = `run-${token}`): Marker {
  return { target: target(name), token, runId, fingerprint: `f${token}` };
}

/** What a run would say of a scope that builds these. */
export function planOf(
  relations: readonly Relation[],
  mode: BuildMode = "create",
  more: Partial<Pick<ScopePlan, "between" | "runId" | "attempt">> = {},
): ScopePlan {
  const builds = relations.map((built) => ({ relation: built, mode }));
  return {
    runId: "run",
    project: "test",
    actions: builds.map(({ relation: built }) => targetKey(built.target)),
    tags: [],
    attempt: scopes++,
    builds,
    between: [],
    ...more,
  };
}

let scopes = 1;

/** Builds and publishes in a scope of its own. */
export async function publish(
  warehouse: Warehouse,
  built: Relation,
  token = 1,
  mode: BuildMode = "create",
): Promise<void> {
  const plan = planOf([built], mode);
  await using scope: PublishScope = await warehouse.publisher.open({ MEDFORM_RUN_NUMBER: token }, plan);
  await scope.build(built, mode);
  await scope.publish([marker(built.target.name, token)]);
}

export async function values(session: Session, sql: string): Promise<readonly unknown[][]> {
  return (await session.rows(sql)).map((row) => Object.values(row));
}
