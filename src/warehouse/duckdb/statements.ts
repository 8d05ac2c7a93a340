/** The SQL that DuckDB is sent for a relation. Pure text; a query stands on lines of its own, so that a comment in it ends. */
import { quoteName, quoteTarget, quoteText, type Relation, type Target } from "../../graph/index.js";
import type { Marker } from "../contract.js";
import { type ColumnType, find, type Shape } from "../shape.js";

/** Lines that stand above a query in the statements that wrap it; places of errors are counted without them. */
export const linesBefore = 1;

/** The staged rows of an increment: a temporary table of the publishing connection, one a relation. */
export const stageName = (number: number): string => `temp.main.medform_stage_${number}`;

export function qualified(target: Target, database: string): string {
  return quoteTarget({ ...target, database: target.database ?? database });
}

const list = (columns: readonly string[]) => columns.map(quoteName).join(", ");

/** Sorted writing: zone maps then prune as a cluster key does. Cluster keys are SQL, as they are for Snowflake. */
const ordered = (clusterBy: readonly string[]) => (clusterBy.length === 0 ? "" : `\norder by ${clusterBy.join(", ")}`);

/**
 * The columns of a query, sorted where the relation is clustered. What a union would sort is put together before: the engine
 * (1.5.5) holds the rows of each branch in memory until the last one is read, and 12 million rows of 30 branches ran out of any limit,
 * where the same rows as one input go to the disk.
 */
function sorted(columns: string, query: string, { clusterBy }: Relation): string {
  if (clusterBy.length === 0 || !/\bunion\b/i.test(query))
    return `select ${columns} from (\n${query}\n)${ordered(clusterBy)}`;
  return `with medform_union as materialized (\n${query}\n)\nselect ${columns} from medform_union${ordered(clusterBy)}`;
}

export function createTable(relation: Relation, database: string): string {
  return `create or replace table ${qualified(relation.target, database)} as ${sorted("*", relation.query, relation)}`;
}

export function createView(relation: Relation, database: string): string {
  return `create or replace view ${qualified(relation.target, database)} as\n${relation.query}`;
}

export function drop(target: Target, kind: "table" | "view", database: string): string {
  return `drop ${kind} if exists ${qualified(target, database)}`;
}

/** Names and types of what a query returns; names that it returns twice stay as they are. */
export function describe(query: string): string {
  return `describe (\n${query}\n)`;
}

export function stageQuery(relation: Relation, query: string, stage: string): string {
  return `create or replace temp table ${stage} as ${sorted("*", query, relation)}`;
}

/**
 * The staged rows in the columns and types of their table, so that a key is compared as it will be stored: as a number, a staged 1
 * would be the text '01' of the table. Undefined where they are so already.
 */
export function stageInShape(
  relation: Relation,
  {
    shape,
    returned,
    stage,
  }: { readonly shape: Shape; readonly returned: readonly ColumnType[]; readonly stage: string },
): string | undefined {
  if (returned.every(({ name, type }) => find(shape.columns, name)?.type === type)) return undefined;
  const select = returned.flatMap(({ name, type }) => {
    const column = find(shape.columns, name);
    if (column === undefined) return [];
    return type === column.type ? quoteName(name) : `cast(${quoteName(name)} as ${column.type}) as ${quoteName(name)}`;
  });
  return `create or replace temp table ${stage} as ${sorted(select.join(", "), `from ${stage}`, relation)}`;
}

/** Keys that stand twice in the staged rows; NULL is a value like any other here. */
export function duplicateKeys(keys: readonly string[], stage: string): string {
  return `select count(*) as n from (select 1 from ${stage} group by ${list(keys)} having count(*) > 1)`;
}

/**
 * Which rows `t` of a table have the same values as rows `s`; NULL equals NULL. In two parts, because the engine finds
 * equal values by zone maps, in a table of 10 million rows ten times as fast as those that are not distinct.
 */
export interface Match {
  /** What `s` are: staged rows or the intervals in them. */
  readonly source: string;
  readonly equal: string;
  readonly notDistinct: string;
  /** Whether a row `s` has a NULL among the values, and so is found by the second condition only. */
  readonly isNull: string;
}

function match(source: string, values: readonly { readonly of: string; readonly to: string }[]): Match {
  return {
    source,
    equal: values.map(({ of, to }) => `${of} = ${to}`).join(" and "),
    notDistinct: values.map(({ of, to }) => `${of} is not distinct from ${to}`).join(" and "),
    isNull: values.map(({ to }) => `${to} is null`).join(" or "),
  };
}

export function matchByKeys(keys: readonly string[], stage: string): Match {
  return match(
    stage,
    keys.map((key) => ({ of: `t.${quoteName(key)}`, to: `s.${quoteName(key)}` })),
  );
}

const truncated = (column: string, grain: string | undefined) =>
  grain === undefined ? column : `date_trunc('${grain}', ${column})`;

/** By the intervals of a column, each once: joined by every staged row, a day of n rows would cost n times n. */
export function matchByInterval(column: string, grain: string | undefined, stage: string): Match {
  const name = quoteName(column);
  return match(`(select distinct ${truncated(name, grain)} as value from ${stage})`, [
    { of: truncated(`t.${name}`, grain), to: "s.value" },
  ]);
}

/** Staged rows, those among them that have a NULL in what they are matched by. */
export function countStaged({ source, isNull }: Match, stage: string): string {
  return `select (select count(*) from ${stage}) as n, (select count(*) from ${source} as s where ${isNull}) as nulls`;
}

/** The first and the last instant of the staged intervals, as texts. */
export function bounds(column: string, grain: string, stage: string): string {
  const value = truncated(quoteName(column), grain);
  return `select cast(min(${value}) as varchar) as low, cast(max(${value}) + interval 1 ${grain} as varchar) as high from ${stage}`;
}

/** Two binds: the bounds. What lies outside is not even read; what lies within is matched all the same. */
export function within(column: string, type: string): string {
  const bind = type === "DATE" ? "cast(cast(? as timestamp) as date)" : `cast(? as ${type})`;
  return ` and t.${quoteName(column)} between ${bind} and ${bind}`;
}

/**
 * Rows of the table that the staged ones replace. Delete and insert, not MERGE: ten times as fast for 10,000 rows into 2
 * million, and a third less memory for 2 million into 8.
 */
export function deleteReplaced(relation: Relation, { source, equal }: Match, database: string): string {
  return `delete from ${qualified(relation.target, database)} as t using ${source} as s where ${equal}`;
}

/** The same for those that have a NULL in what they are matched by. */
export function deleteReplacedNulls(relation: Relation, match: Match, database: string): string {
  return `delete from ${qualified(relation.target, database)} as t using ${withNull(match)} as s where ${match.notDistinct}`;
}

const withNull = ({ source, isNull }: Match) => `(select s.* from ${source} as s where ${isNull})`;

/** Staged rows whose key the table has already: those without a NULL, then the others. */
export function deleteKnown(relation: Relation, match: Match, stage: string, database: string): readonly string[] {
  const from = `delete from ${stage} as s using ${qualified(relation.target, database)} as t where`;
  return [`${from} ${match.equal}`, `${from} (${match.isNull}) and ${match.notDistinct}`];
}

/** The staged rows are sorted already. */
export function insertStaged(relation: Relation, columns: readonly string[], stage: string, database: string): string {
  return `insert into ${qualified(relation.target, database)} (${list(columns)}) select ${list(columns)} from ${stage}`;
}

/** The staged rows with all columns of the table and their types: NULL in what the query does not return. */
function asInTable({ columns, filled }: Pick<Shape, "columns" | "filled">, stage: string): string {
  const select = columns.map(({ name, type }) => {
    const value = filled.includes(name) ? quoteName(name) : "null";
    return `cast(${value} as ${type}) as ${quoteName(name)}`;
  });
  return `select ${select.join(", ")} from ${stage}`;
}

/** The table anew: the rows that the staged ones do not replace, and those. */
export function rewrite(relation: Relation, shape: Shape, match: Match, stage: string, database: string): string {
  const name = qualified(relation.target, database);
  const kept = `select ${list(shape.columns.map((column) => column.name))} from ${name} as t where not exists (select 1 from ${match.source} as s where ${match.notDistinct})`;
  return `create or replace table ${name} as ${sorted("*", `${kept} union all ${asInTable(shape, stage)}`, relation)}`;
}

export function viewOfStaged(shape: Shape, stage: string, view: string): string {
  return `create or replace temp view ${view} as ${asInTable(shape, stage)}`;
}

export function viewOfTable(relation: Relation, match: Match, view: string, database: string): string {
  return `create or replace temp view ${view} as select * from ${qualified(relation.target, database)} as t where exists (select 1 from ${match.source} as s where ${match.notDistinct})`;
}

/** New columns, then wider types, then what goes: one statement an entry. */
export function alter(relation: Relation, { added, widened, dropped }: Shape, database: string): readonly string[] {
  const table = `alter table ${qualified(relation.target, database)}`;
  return [
    ...added.map(({ name, type }) => `${table} add column ${quoteName(name)} ${type}`),
    ...widened.map(({ name, type }) => `${table} alter column ${quoteName(name)} set data type ${type}`),
    ...dropped.map((name) => `${table} drop column ${quoteName(name)}`),
  ];
}

/** The same by making the table anew from its own rows. */
export function reshape(relation: Relation, { columns, added }: Shape, database: string): string {
  const name = qualified(relation.target, database);
  const select = columns.map((column) => {
    const value = added.includes(column) ? "null" : quoteName(column.name);
    return `cast(${value} as ${column.type}) as ${quoteName(column.name)}`;
  });
  return `create or replace table ${name} as select ${select.join(", ")} from ${name}`;
}

/** One statement an entry: descriptions as comments in the warehouse. Columns that the relation does not have are left out. */
export function comments(
  relation: Relation,
  columns: readonly string[],
  current: ReadonlyMap<string, string>,
  database: string,
): readonly string[] {
  const name = qualified(relation.target, database);
  const kind = relation.kind === "view" ? "view" : "table";
  const text = (value: string | undefined) => (value === undefined || value === "" ? "null" : quoteText(value));
  const statements: string[] = [];
  if ((current.get("") ?? "") !== (relation.description ?? "")) {
    statements.push(`comment on ${kind} ${name} is ${text(relation.description)}`);
  }
  const described = new Map(
    relation.columns
      .filter(({ path }) => path.length === 1)
      .map(({ path, description }) => [path[0]?.toLowerCase() ?? "", description]),
  );
  for (const column of columns) {
    const wanted = described.get(column.toLowerCase());
    if ((current.get(column) ?? "") === (wanted ?? "")) continue;
    statements.push(`comment on column ${name}.${quoteName(column)} is ${text(wanted)}`);
  }
  return statements;
}

/** Failing rows by the query's column RULE, or all of them under one name. */
export function countFailing(query: string, byRule: boolean): string {
  return byRule
    ? `select cast(failing_rows.rule as varchar) as rule, count(*) as failing from (\n${query}\n) as failing_rows group by all`
    : `select count(*) as failing from (\n${query}\n)`;
}

export const publicationColumns = ["database_name", "schema_name", "name", "token", "run_id", "fingerprint"] as const;

/** `revision` makes each publication a real change, so that two at once conflict even where they write the same. */
export function createPublication(database: string): string {
  return `create table if not exists ${quoteName(database)}.MEDFORM.PUBLICATION (database_name varchar, schema_name varchar, name varchar, token bigint not null, run_id varchar not null, fingerprint varchar not null, revision bigint not null, primary key (database_name, schema_name, name))`;
}

/** The fence: touches one row a marker, unless a newer token is stored. */
export function fence(
  markers: readonly Marker[],
  database: string,
): { readonly sql: string; readonly binds: readonly (string | number)[] } {
  const rows = markers.map(() => "(?, ?, ?, ?, ?, ?)").join(", ");
  const sql = `merge into ${quoteName(database)}.MEDFORM.PUBLICATION as t
using (values ${rows}) as s(${publicationColumns.join(", ")})
on t.database_name = s.database_name and t.schema_name = s.schema_name and t.name = s.name
when matched and (t.token < s.token or t.run_id = s.run_id) then update set token = s.token, run_id = s.run_id, fingerprint = s.fingerprint, revision = revision + 1
when not matched then insert (${publicationColumns.join(", ")}, revision) values (${publicationColumns.map((column) => `s.${column}`).join(", ")}, 1)`;
  const binds = markers.flatMap(({ target, token, runId, fingerprint }) => [
    target.database ?? "",
    target.schema,
    target.name,
    token,
    runId,
    fingerprint,
  ]);
  return { sql, binds };
}

/** Three binds: database, schema, name. As if it had never been published. */
export function withdrawPublication(database: string): string {
  return `delete from ${quoteName(database)}.MEDFORM.PUBLICATION where database_name = ? and schema_name = ? and name = ?`;
}
