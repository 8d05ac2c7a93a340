/**
 * The SQL that Snowflake is sent to publish a relation: a closed set of templates, pure text. Names come qualified and
 * quoted; a query stands on lines of its own, so that a comment in it ends. Words are lower case, and no template has a
 * word that only another engine knows.
 */
import { quoteName, type Relation } from "../../graph/index.js";
import type { Marker } from "../contract.js";
import type { ColumnType } from "../shape.js";
import { mark } from "./names.js";
import { snowflakeText as quoteText } from "./text.js";

/** Lines that stand above a query in the statements that wrap it; places of errors are counted without them. */
export const linesBefore = 1;

const list = (columns: readonly string[]) => columns.map(quoteName).join(", ");

const clustered = (clusterBy: readonly string[]) =>
  clusterBy.length === 0 ? "" : ` cluster by (${clusterBy.join(", ")})`;

const commented = (comment: string) => (comment === "" ? "" : ` comment = ${quoteText(comment)}`);

const columnComment = (comment: string | undefined) =>
  comment === undefined || comment === "" ? "" : ` comment ${quoteText(comment)}`;

// Transactions.

export function begin(name: string): string {
  return `begin name ${name}`;
}

export const commit = "commit";
export const rollback = "rollback";

// What is there.

/** The columns of these relations in order, with what is known of each relation beside. Binds: schema and name of each. */
export function existing(database: string, count: number): string {
  const one = "(t.TABLE_SCHEMA = ? and t.TABLE_NAME = ?)";
  return `select t.TABLE_SCHEMA as "SCHEMA", t.TABLE_NAME as "RELATION", t.TABLE_TYPE as "KIND", t.IS_TRANSIENT as "TRANSIENT", t.CLUSTERING_KEY as "CLUSTERING", t.COMMENT as "DESCRIPTION", c.COLUMN_NAME as "NAME", c.DATA_TYPE as "TYPE", c.CHARACTER_MAXIMUM_LENGTH as "LENGTH", c.NUMERIC_PRECISION as "PRECISION", c.NUMERIC_SCALE as "SCALE", c.DATETIME_PRECISION as "FRACTION", c.COMMENT as "COMMENT"
from ${quoteName(database)}.information_schema.tables as t inner join ${quoteName(database)}.information_schema.columns as c on c.TABLE_SCHEMA = t.TABLE_SCHEMA and c.TABLE_NAME = t.TABLE_NAME
where ${Array.from({ length: count }, () => one).join(" or ")}
order by t.TABLE_SCHEMA, t.TABLE_NAME, c.ORDINAL_POSITION`;
}

/** All that stands beside relations of a database. */
export function allBeside(database: string): string {
  return `select t.TABLE_SCHEMA as "SCHEMA", t.TABLE_NAME as "NAME", t.TABLE_TYPE as "KIND", t.COMMENT as "COMMENT" from ${quoteName(database)}.information_schema.tables as t where contains(t.TABLE_NAME, '${mark}')`;
}

/** Which policies guard a relation, and by which columns. A materialized view is asked for as a view. */
export function policies(database: string, name: string, kind: Kind): string {
  return `select POLICY_DB as "DATABASE", POLICY_SCHEMA as "SCHEMA", POLICY_NAME as "NAME", POLICY_KIND as "KIND", REF_COLUMN_NAME as "COLUMN", REF_ARG_COLUMN_NAMES as "ARGUMENTS", TAG_NAME as "TAG" from table(${quoteName(database)}.information_schema.policy_references(ref_entity_name => ${quoteText(name)}, ref_entity_domain => '${kind === "table" ? "table" : "view"}'))`;
}

/** A policy by its qualified name, with the columns that it goes by. */
export interface Policy {
  readonly name: string;
  readonly columns: readonly string[];
}

const masked = (policy: Policy | undefined) => {
  if (policy === undefined) return "";
  const using = policy.columns.length > 1 ? ` using (${list(policy.columns)})` : "";
  return ` with masking policy ${policy.name}${using}`;
};

const guarded = (policy: Policy | undefined) =>
  policy === undefined ? "" : ` with row access policy ${policy.name} on (${list(policy.columns)})`;

// Candidates and stages: DDL, before the transaction begins.

export interface NewColumn extends ColumnType {
  readonly description?: string;
  readonly masking?: Policy;
}

export interface NewTable {
  readonly name: string;
  readonly columns: readonly NewColumn[];
  readonly transient: boolean;
  readonly clusterBy: readonly string[];
  /** Grants of the table of this name that it replaces go over to it. */
  readonly copyGrants: boolean;
  readonly comment: string;
  readonly rowAccess?: Policy;
}

export function createTable({ name, columns, transient, clusterBy, copyGrants, comment, rowAccess }: NewTable): string {
  const each = columns.map(
    (column) => `${quoteName(column.name)} ${column.type}${masked(column.masking)}${columnComment(column.description)}`,
  );
  return `create or replace${transient ? " transient" : ""} table ${name} (${each.join(", ")})${clustered(clusterBy)}${copyGrants ? " copy grants" : ""}${commented(comment)}${guarded(rowAccess)}`;
}

/** Empty, with the grants of the other. */
export function createLike(name: string, other: string, transient: boolean): string {
  return `create or replace${transient ? " transient" : ""} table ${name} like ${other} copy grants`;
}

export function cloneTable(name: string, other: string, transient: boolean): string {
  return `create or replace${transient ? " transient" : ""} table ${name} clone ${other} copy grants`;
}

/** Empty, in the columns of the other; of this session only. */
export function createStage(name: string, other: string): string {
  return `create or replace temporary table ${name} like ${other}`;
}

/** As it is, without a row being copied; of this session only. */
export function cloneKept(name: string, other: string): string {
  return `create or replace temporary table ${name} clone ${other}`;
}

export function alterAdd(name: string, { name: column, type, masking, description }: NewColumn): string {
  return `alter table ${name} add column ${quoteName(column)} ${type}${masked(masking)}${columnComment(description)}`;
}

/** Whatever masks the column now. */
export function setMasking(name: string, column: string, policy: Policy): string {
  return `alter table ${name} alter column ${quoteName(column)} set masking policy ${policy.name} force`;
}

/** In the place of the one that the table has, in one statement: it is never without. */
export function setRowAccess(name: string, policy: Policy, instead: Policy | undefined): string {
  const drop = instead === undefined ? "" : ` drop row access policy ${instead.name},`;
  return `alter table ${name}${drop} add row access policy ${policy.name} on (${list(policy.columns)})`;
}

export function alterType(name: string, { name: column, type }: ColumnType): string {
  return `alter table ${name} alter column ${quoteName(column)} set data type ${type}`;
}

export function alterDrop(name: string, column: string): string {
  return `alter table ${name} drop column ${quoteName(column)}`;
}

export interface NewView {
  readonly name: string;
  readonly columns: readonly Omit<NewColumn, "type">[];
  readonly secure: boolean;
  readonly materialized: boolean;
  readonly clusterBy: readonly string[];
  readonly copyGrants: boolean;
  readonly comment: string;
  readonly rowAccess?: Policy;
  readonly query: string;
}

export function createView(view: NewView): string {
  const { name, secure, copyGrants, comment, query } = view;
  const each = view.columns.map(
    (column) => `${quoteName(column.name)}${masked(column.masking)}${columnComment(column.description)}`,
  );
  const columns = ` (${each.join(", ")})`;
  const grants = copyGrants ? " copy grants" : "";
  const head = `create or replace${secure ? " secure" : ""}`;
  return view.materialized
    ? `${head} materialized view ${name}${grants}${columns}${guarded(view.rowAccess)}${commented(comment)}${clustered(view.clusterBy)} as\n${query}`
    : `${head} view ${name}${columns}${grants}${commented(comment)}${guarded(view.rowAccess)} as\n${query}`;
}

// DML, within the transaction.

/** All rows anew, in the table as it is. */
export function overwrite(name: string, columns: readonly string[], query: string): string {
  return `insert overwrite into ${name} (${list(columns)})\n${query}`;
}

/** Rows of an increment; `from` is the column of the query, `as` the type where it has to become another. */
export function fillStage(
  name: string,
  columns: readonly { readonly name: string; readonly from: string; readonly as?: string }[],
  query: string,
): string {
  const select = columns.map(({ from, as }) =>
    as === undefined ? quoteName(from) : `cast(${quoteName(from)} as ${as})`,
  );
  return `insert into ${name} (${list(columns.map((column) => column.name))}) select ${select.join(", ")} from (\n${query}\n)`;
}

/** The rows of one table as they are into another, where `as` in another type. */
export function copyRows(
  name: string,
  columns: readonly { readonly name: string; readonly as?: string }[],
  other: string,
): string {
  const select = columns.map(({ name: column, as }) =>
    as === undefined ? quoteName(column) : `cast(${quoteName(column)} as ${as})`,
  );
  return `insert into ${name} (${list(columns.map((column) => column.name))}) select ${select.join(", ")} from ${other}`;
}

export function countRows(name: string): string {
  return `select count(*) as "N" from ${name}`;
}

/** Keys that stand twice in the staged rows; NULL is a value like any other here. */
export function duplicateKeys(stage: string, keys: readonly string[]): string {
  return `select count(*) as "N" from (select 1 as "ONE" from ${stage} group by ${list(keys)} having count(*) > 1)`;
}

/** By which rows of a table and of a stage are the same: columns, or one column cut to a grain. */
export interface Match {
  readonly columns: readonly string[];
  readonly grain?: string;
}

const value = (column: string, { grain }: Match, alias = "") => {
  const name = alias === "" ? quoteName(column) : `${alias}.${quoteName(column)}`;
  return grain === undefined ? name : `date_trunc('${grain}', ${name})`;
};

/** NULL equals NULL. */
const equal = (match: Match) =>
  match.columns.map((column) => `equal_null(${value(column, match, "t")}, s.${quoteName(column)})`).join(" and ");

/** What stands in the stage to be matched, each once. */
const distinct = (stage: string, match: Match) =>
  `(select distinct ${match.columns.map((column) => `${value(column, match)} as ${quoteName(column)}`).join(", ")} from ${stage})`;

/** Rows with the same keys are replaced in every column, the others inserted. */
export function merge(name: string, stage: string, keys: readonly string[], columns: readonly string[]): string {
  const others = columns.filter((column) => !keys.includes(column));
  const set = (others.length === 0 ? columns : others).map((column) => `${quoteName(column)} = s.${quoteName(column)}`);
  const given = columns.map((column) => `s.${quoteName(column)}`);
  return `merge into ${name} as t using ${stage} as s on ${equal({ columns: keys })} when matched then update set ${set.join(", ")} when not matched then insert (${list(columns)}) values (${given.join(", ")})`;
}

/** Staged rows that the table has already. */
export function deleteKnown(stage: string, name: string, keys: readonly string[]): string {
  return `delete from ${stage} as t using ${name} as s where ${equal({ columns: keys })}`;
}

/** Rows of the table that the staged ones replace. */
export function deleteReplaced(name: string, stage: string, match: Match): string {
  return `delete from ${name} as t using ${distinct(stage, match)} as s where ${equal(match)}`;
}

/** The rows of the table that the staged ones became. */
export function fillNewRows(
  place: string,
  name: string,
  stage: string,
  match: Match,
  columns: readonly string[],
): string {
  const select = columns.map((column) => `t.${quoteName(column)}`);
  return `insert into ${place} (${list(columns)}) select ${select.join(", ")} from ${name} as t inner join ${distinct(stage, match)} as s on ${equal(match)}`;
}

/** Failing rows by the query's column RULE, or all of them under one name. */
export function countFailing(query: string, byRule: boolean): string {
  return byRule
    ? `select RULE as "RULE", count(*) as "FAILING" from (\n${query}\n) group by RULE`
    : `select count(*) as "FAILING" from (\n${query}\n)`;
}

// The fence, and what a commit leaves to be done.

const publication = (database: string) => `${quoteName(database)}.MEDFORM.PUBLICATION`;

export const publicationColumns = ["DATABASE_NAME", "SCHEMA_NAME", "NAME", "TOKEN", "RUN_ID", "FINGERPRINT"] as const;

/** A target's last publication stands for it. */
const lastOf = "partition by DATABASE_NAME, SCHEMA_NAME, NAME order by TOKEN desc, REVISION desc";

export function readPublication(database: string): string {
  return `select ${publicationColumns.map((column) => `${column} as "${column}"`).join(", ")} from ${publication(database)} qualify row_number() over (${lastOf}) = 1`;
}

/**
 * Adds one row a marker, unless a newer token is stored, or the lease is another's, of which `held` is the condition. It
 * inserts, for whoever changes a row holds the table until COMMIT, and all units publish here: they would go one by one.
 * Binds: of each marker database, schema, name, token, run, fingerprint and revision; then those of `held`.
 */
export function fence(markers: number, database: string, held: string): string {
  const columns = [...publicationColumns, "REVISION"];
  const numbers = ["TOKEN", "REVISION"];
  const each = columns.map((column) =>
    numbers.includes(column) ? `cast(? as number(38, 0)) as ${column}` : `? as ${column}`,
  );
  const rows = Array.from({ length: markers }, () => `select ${each.join(", ")}`).join(" union all ");
  return `insert into ${publication(database)} (${columns.join(", ")})
select ${columns.map((column) => `m.${column}`).join(", ")}
from (${rows}) as m
left join ${publication(database)} as t on t.DATABASE_NAME = m.DATABASE_NAME and t.SCHEMA_NAME = m.SCHEMA_NAME and t.NAME = m.NAME and t.TOKEN >= m.TOKEN and t.RUN_ID <> m.RUN_ID
where t.NAME is null and ${held}`;
}

/** Publications that a later one of their target has replaced. */
export function deleteReplacedPublications(database: string): string {
  return `delete from ${publication(database)} as t using (select DATABASE_NAME, SCHEMA_NAME, NAME, max(TOKEN) as TOKEN from ${publication(database)} group by DATABASE_NAME, SCHEMA_NAME, NAME) as s where t.DATABASE_NAME = s.DATABASE_NAME and t.SCHEMA_NAME = s.SCHEMA_NAME and t.NAME = s.NAME and t.TOKEN < s.TOKEN`;
}

/** `revision` rises, so that of two publications by one run the later one is known. */
export function fenceBinds(markers: readonly Marker[], revision: number): readonly (string | number)[] {
  return markers.flatMap(({ target, token, runId, fingerprint }) => [
    target.database ?? "",
    target.schema,
    target.name,
    token,
    runId,
    fingerprint,
    revision,
  ]);
}

const pending = (database: string) => `${quoteName(database)}.MEDFORM.PENDING`;

/** What is committed, and has still to be done with DDL: a statement, or the candidate that takes a relation's place. */
export const pendingColumns = ["POSITION", "DATABASE_NAME", "SCHEMA_NAME", "NAME", "KIND", "STATEMENT"] as const;

export function createPending(database: string): string {
  return `create table if not exists ${pending(database)} (BATCH varchar not null, POSITION number(38, 0) not null, DATABASE_NAME varchar not null, SCHEMA_NAME varchar not null, NAME varchar not null, KIND varchar not null, STATEMENT varchar not null)`;
}

/** Binds: of each step the batch, then the columns. */
export function insertPending(steps: number, database: string): string {
  const row = `select ? as BATCH, cast(? as number(38, 0)) as POSITION, ${pendingColumns
    .slice(1)
    .map((column) => `? as ${column}`)
    .join(", ")}`;
  return `insert into ${pending(database)} (BATCH, ${pendingColumns.join(", ")}) ${Array.from({ length: steps }, () => row).join(" union all ")}`;
}

export function readPending(database: string): string {
  const columns = ["BATCH", ...pendingColumns].map((column) => `${column} as "${column}"`);
  return `select ${columns.join(", ")} from ${pending(database)} order by BATCH, POSITION`;
}

/** Binds: the batch. */
export function deletePending(database: string): string {
  return `delete from ${pending(database)} where BATCH = ?`;
}

/** Binds: database, schema, name. As if it had never been published. */
export function withdrawPublication(database: string): string {
  return `delete from ${publication(database)} where DATABASE_NAME = ? and SCHEMA_NAME = ? and NAME = ?`;
}

/** Binds: database, schema, name. */
export function giveUpPending(database: string): string {
  return `delete from ${pending(database)} where DATABASE_NAME = ? and SCHEMA_NAME = ? and NAME = ?`;
}

// DDL after COMMIT.

export function swap(name: string, other: string): string {
  return `alter table ${name} swap with ${other}`;
}

export type Kind = "table" | "view" | "materialized view";

export function rename(kind: Kind, name: string, to: string): string {
  return `alter ${kind} ${name} rename to ${to}`;
}

export function drop(kind: Kind, name: string): string {
  return `drop ${kind} if exists ${name}`;
}

/** Columns as Snowflake shows them: privilege, granted_to, grantee_name, grant_option, and more. */
export function showGrants(kind: Kind, name: string): string {
  return `show grants on ${kind} ${name}`;
}

export interface Grant {
  readonly privilege: string;
  /** Of a database role its database too. */
  readonly role: readonly string[];
  readonly ofDatabase: boolean;
  readonly withOption: boolean;
}

export function grant(kind: Kind, name: string, { privilege, role, ofDatabase, withOption }: Grant): string {
  return `grant ${privilege.toLowerCase()} on ${kind} ${name} to ${ofDatabase ? "database role" : "role"} ${role.map(quoteName).join(".")}${withOption ? " with grant option" : ""}`;
}

export function clusterBy(name: string, keys: readonly string[]): string {
  return keys.length === 0 ? `alter table ${name} drop clustering key` : `alter table ${name}${clustered(keys)}`;
}

export function comment(kind: Kind, name: string, text: string): string {
  return kind === "materialized view"
    ? `alter ${kind} ${name} set comment = ${quoteText(text)}`
    : `comment on ${kind} ${name} is ${quoteText(text)}`;
}

/** Of a table; a view is made anew. */
export function commentColumn(name: string, column: string, text: string): string {
  return `alter table ${name} alter column ${quoteName(column)} comment ${quoteText(text)}`;
}

/** What a model says of a column of its relation. */
export function descriptionOf(relation: Relation, column: string): string {
  const found = relation.columns.find(
    ({ path }) => path.length === 1 && path[0]?.toLowerCase() === column.toLowerCase(),
  );
  return found?.description ?? "";
}
