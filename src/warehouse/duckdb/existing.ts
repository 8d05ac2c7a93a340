/** A relation as it is in the warehouse now, seen from inside a transaction. */
import type { Relation, Target } from "../../graph/index.js";
import type { ColumnType } from "../shape.js";
import type { DuckDbSession } from "./session.js";
import { qualified } from "./statements.js";

export interface Existing {
  readonly kind: "table" | "view";
  readonly columns: readonly ColumnType[];
}

/** What has the target's name, and how many rows; undefined: nothing has. */
export interface Found {
  readonly kind: "table" | "view";
  /** 0 for a view. */
  readonly rows: number;
}

const like = (text: string) => text.replace(/[\\%_]/g, "\\$&");

const named = "database_name = ? and schema_name ilike ? escape '\\' and ";

const bindsOf = (target: Target, database: string): readonly string[] => [
  target.database ?? database,
  like(target.schema),
  like(target.name),
];

/**
 * The engine's catalog functions read the whole catalog each time, a hundred times what a look at one table costs: nothing but a
 * table can be deleted from.
 */
const isTable = (session: DuckDbSession, target: Target, database: string): Promise<boolean> =>
  session.binds(`delete from ${qualified(target, database)}`);

async function isView(session: DuckDbSession, target: Target, database: string): Promise<boolean> {
  const views = await session.rows(
    `select 1 from duckdb_views() where ${named}view_name ilike ? escape '\\'`,
    bindsOf(target, database),
  );
  return views.length > 0;
}

export async function found(session: DuckDbSession, target: Target, database: string): Promise<Found | undefined> {
  if (await isTable(session, target, database))
    return { kind: "table", rows: await rowsOf(session, qualified(target, database)) };
  return (await isView(session, target, database)) ? { kind: "view", rows: 0 } : undefined;
}

export async function existing(
  session: DuckDbSession,
  { target }: Relation,
  database: string,
): Promise<Existing | undefined> {
  if (await isTable(session, target, database))
    return { kind: "table", columns: await session.columns(`from ${qualified(target, database)}`) };
  if (!(await isView(session, target, database))) return undefined;
  const columns = await session.rows(
    `select column_name, data_type from duckdb_columns() where ${named}table_name ilike ? escape '\\' order by column_index`,
    bindsOf(target, database),
  );
  return {
    kind: "view",
    columns: columns.map((row) => ({ name: String(row.column_name), type: String(row.data_type) })),
  };
}

export async function rowsOf(session: DuckDbSession, table: string): Promise<number> {
  const [row] = await session.rows(`select count(*) as n from ${table}`);
  return Number(row?.n ?? 0);
}

/** Whether a table has something that is lost when it is made anew from its rows: an index, a constraint, a default. */
export async function isBound(session: DuckDbSession, target: Target, database: string): Promise<boolean> {
  const binds = bindsOf(target, database);
  const bound = await session.rows(
    `select 1 from duckdb_tables() where ${named}table_name ilike ? escape '\\' and (index_count + check_constraint_count > 0 or has_primary_key)
union all select 1 from duckdb_columns() where ${named}table_name ilike ? escape '\\' and (column_default is not null or not is_nullable)`,
    [...binds, ...binds],
  );
  return bound.length > 0;
}

/** Comments by column, spelled as stored; the relation's own under the empty name. */
export async function commentsOf(
  session: DuckDbSession,
  target: Target,
  database: string,
): Promise<ReadonlyMap<string, string>> {
  const binds = bindsOf(target, database);
  const rows = await session.rows(
    `select '' as name, comment from duckdb_tables() where ${named}table_name ilike ? escape '\\' and comment is not null
union all select '', comment from duckdb_views() where ${named}view_name ilike ? escape '\\' and comment is not null
union all select column_name, comment from duckdb_columns() where ${named}table_name ilike ? escape '\\' and comment is not null`,
    [...binds, ...binds, ...binds],
  );
  return new Map(rows.map((row) => [String(row.name), String(row.comment)]));
}
