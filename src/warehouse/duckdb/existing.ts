/** A relation as it is in the warehouse now, seen from inside a transaction. */
import type { Relation, Target } from "../../graph/index.js";
import type { Value } from "../contract.js";
import type { ColumnType } from "../shape.js";
import type { DuckDbSession } from "./session.js";
import { qualified } from "./statements.js";

export interface Existing {
  readonly kind: "table" | "view";
  readonly columns: readonly ColumnType[];
  /** As the engine counts them for its planner; 0 for a view. */
  readonly rows: number;
  /** Comments by column; the relation's own under the empty name. */
  readonly comments: ReadonlyMap<string, string>;
  /** Whether the table has something that is lost when it is made anew from its rows: an index, a constraint, a default. */
  readonly bound: boolean;
}

/** What has the target's name, and how many rows; undefined: nothing has. */
export interface Found {
  readonly kind: "table" | "view";
  /** 0 for a view. */
  readonly rows: number;
}

const like = (text: string) => text.replace(/[\\%_]/g, "\\$&");

/** Far cheaper than `existing`: the engine's catalog functions read the whole catalog, and that of columns is large. */
export async function found(session: DuckDbSession, target: Target, database: string): Promise<Found | undefined> {
  const views = await session.rows(
    "select 1 from duckdb_views() where database_name = ? and schema_name ilike ? escape '\\' and view_name ilike ? escape '\\'",
    [target.database ?? database, like(target.schema), like(target.name)],
  );
  if (views.length > 0) return { kind: "view", rows: 0 };
  const counted = `select count(*) as n from ${qualified(target, database)}`;
  if (!(await session.binds(counted))) return undefined;
  const [row] = await session.rows(counted);
  return { kind: "table", rows: Number(row?.n ?? 0) };
}

export async function existing(
  session: DuckDbSession,
  { target }: Relation,
  database: string,
): Promise<Existing | undefined> {
  const where = "database_name = ? and schema_name ilike ? escape '\\' and ";
  const binds: Value[] = [target.database ?? database, like(target.schema), like(target.name)];
  const rows = await session.rows(
    `select 'table' as kind, '' as name, '' as type, comment, -1 as position, estimated_size as size, index_count + check_constraint_count > 0 or has_primary_key as bound from duckdb_tables() where ${where} table_name ilike ? escape '\\'
union all select 'view', '', '', comment, -1, 0, false from duckdb_views() where ${where} view_name ilike ? escape '\\'
union all select 'column', column_name, data_type, comment, column_index, 0, column_default is not null or not is_nullable from duckdb_columns() where ${where} table_name ilike ? escape '\\'
order by position`,
    [...binds, ...binds, ...binds],
  );
  const self = rows.find((row) => row.kind !== "column");
  if (self === undefined) return undefined;
  return {
    kind: self.kind === "view" ? "view" : "table",
    columns: rows
      .filter((row) => row.kind === "column")
      .map((row) => ({ name: String(row.name), type: String(row.type) })),
    rows: Number(self.size ?? 0),
    comments: new Map(rows.filter((row) => row.comment !== null).map((row) => [String(row.name), String(row.comment)])),
    bound: rows.some((row) => row.kind !== "view" && row.bound === true),
  };
}
