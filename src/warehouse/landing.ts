/**
 * Landing tables: source rows as delivered. Every source column is text; the provenance columns say where a row came from.
 * Shared by whoever lands rows and by a run, which makes declared sources that were never loaded as empty tables.
 */
import { ProblemError, quoteName, quoteTarget, type Target } from "../graph/index.js";
import type { RelationInfo, Session } from "./contract.js";
import type { TableReady } from "./lander.js";

export interface LandingColumn {
  readonly name: string;
  readonly type: string;
}

/** In the order in which they end a landing table. `_ROW` is the 1-based record in the file, the header not counted. */
export const provenanceColumns: readonly LandingColumn[] = [
  { name: "_SOURCE_SYSTEM", type: "varchar" },
  { name: "_BATCH_ID", type: "varchar" },
  { name: "_FILE", type: "varchar" },
  { name: "_ROW", type: "bigint" },
  { name: "_LOADED_AT", type: "timestamp" },
];

/** Whether landing tables may lie in a schema: RAW, or one of a project that keeps several warehouses in a database. */
export const isLandingSchema = (schema: string): boolean => /^RAW(?:_|$)/i.test(schema);

/** One row a landed file; all instants are UTC. */
export const loadedFileColumns: readonly LandingColumn[] = [
  { name: "BATCH_ID", type: "varchar" },
  { name: "SOURCE_SYSTEM", type: "varchar" },
  { name: "TABLE_NAME", type: "varchar" },
  { name: "FILE", type: "varchar" },
  // With `@` and an instant, where a content came back after another.
  { name: "CONTENT_HASH", type: "varchar" },
  { name: "DELIVERED_AT", type: "timestamp" },
  { name: "RECORD_COUNT", type: "bigint" },
  { name: "LANDED_COUNT", type: "bigint" },
  { name: "REJECTED_COUNT", type: "bigint" },
  { name: "LOADED_AT", type: "timestamp" },
  // A JSON list of HeaderColumn. NULL of what was landed before it was kept.
  { name: "HEADER", type: "varchar" },
];

/** One row for each later delivery of a content that was landed before: the delivery counts, the rows are there already. */
export const repeatedFileColumns: readonly LandingColumn[] = [
  { name: "SOURCE_SYSTEM", type: "varchar" },
  { name: "TABLE_NAME", type: "varchar" },
  { name: "FILE", type: "varchar" },
  { name: "CONTENT_HASH", type: "varchar" },
  { name: "DELIVERED_AT", type: "timestamp" },
  { name: "LOADED_AT", type: "timestamp" },
];

/** One row a line that could not be read as a record. */
export const rejectedLineColumns: readonly LandingColumn[] = [
  { name: "SOURCE_SYSTEM", type: "varchar" },
  { name: "BATCH_ID", type: "varchar" },
  { name: "TABLE_NAME", type: "varchar" },
  { name: "FILE", type: "varchar" },
  { name: "LINE_NUMBER", type: "bigint" },
  { name: "REASON", type: "varchar" },
  { name: "LINE", type: "varchar" },
];

/** The columns of a landing table with these source columns: theirs as text, then provenance. Names become upper case, as a project's own are. */
export function landingColumns(names: readonly string[]): readonly LandingColumn[] {
  const provenance = new Set(provenanceColumns.map(({ name }) => name));
  const seen = new Set<string>();
  const source = names
    .map((name) => name.toUpperCase())
    .filter((name) => {
      if (provenance.has(name) || seen.has(name)) return false;
      seen.add(name);
      return true;
    });
  return [...source.map((name) => ({ name, type: "varchar" })), ...provenanceColumns];
}

async function columnsOf(session: Session, target: Target): Promise<readonly string[]> {
  const rows = await session.rows(
    `select column_name as "name" from information_schema.columns where table_catalog = ${target.database === undefined ? "current_database()" : "?"} and table_schema = ? and table_name = ? order by ordinal_position`,
    [...(target.database === undefined ? [] : [target.database]), target.schema, target.name],
  );
  return rows.map((row) => String(row.name));
}

/** What makes the table, or adds the columns that it lacks: nothing where `present` has them all. Names are compared without case. */
export function shaping(
  target: Target,
  present: readonly string[],
  columns: readonly LandingColumn[],
): TableReady & { readonly statements: readonly string[] } {
  if (present.length === 0) {
    const list = columns.map(({ name, type }) => `${quoteName(name)} ${type}`).join(", ");
    return { created: true, added: [], statements: [`create table ${quoteTarget(target)} (${list})`] };
  }
  const known = new Set(present.map((name) => name.toUpperCase()));
  const lacking = columns.filter(({ name }) => !known.has(name.toUpperCase()));
  return {
    created: false,
    added: lacking.map(({ name }) => name),
    statements: lacking.map(
      ({ name, type }) => `alter table ${quoteTarget(target)} add column ${quoteName(name)} ${type}`,
    ),
  };
}

/** Makes the table, or adds the columns that it lacks; says what it did. The schema must be there. */
export async function ensureColumns(
  session: Session,
  target: Target,
  columns: readonly LandingColumn[],
): Promise<TableReady> {
  const { created, added, statements } = shaping(target, await columnsOf(session, target), columns);
  for (const statement of statements) await session.run(statement);
  return { created, added };
}

/** A landing table with at least these source columns. Runs inside the session's transaction, where it has one open. */
export function ensureLanding(session: Session, target: Target, columnNames: readonly string[]): Promise<TableReady> {
  return ensureColumns(session, target, landingColumns(columnNames));
}

/** The tables in which every load is counted. */
export const landingLog = (place: Pick<Target, "database" | "schema">) => ({
  loadedFile: { ...place, name: "LOADED_FILE" },
  rejectedLine: { ...place, name: "REJECTED_LINE" },
  repeatedFile: { ...place, name: "REPEATED_FILE" },
});

const logNames: ReadonlySet<string> = new Set(["LOADED_FILE", "REJECTED_LINE", "REPEATED_FILE"]);

/** Whether it is one of the tables that every load writes to, beside what it lands. */
export const isLandingLog = ({ name }: Pick<Target, "name">): boolean => logNames.has(name.toUpperCase());

/** Whether a table with these columns is one that rows are landed in, or that loads are counted in. */
export function isLandingTable({ target, columns }: Pick<RelationInfo, "target" | "columns">): boolean {
  const present = new Set(columns.map(({ name }) => name.toUpperCase()));
  if (isLandingLog(target)) return present.has("BATCH_ID") && present.has("FILE");
  return provenanceColumns.every(({ name }) => present.has(name));
}

/** All of them, with all of their columns. */
export async function ensureLandingLog(session: Session, place: Pick<Target, "database" | "schema">): Promise<void> {
  const { loadedFile, rejectedLine, repeatedFile } = landingLog(place);
  await ensureColumns(session, loadedFile, loadedFileColumns);
  await ensureColumns(session, rejectedLine, rejectedLineColumns);
  await ensureColumns(session, repeatedFile, repeatedFileColumns);
}

/** Exit 3: not an error of the files, but somebody else was there first. */
export const raced = (file: string): ProblemError =>
  new ProblemError(
    {
      code: "load-raced",
      message: `the content of ${file} was loaded meanwhile, by another load; nothing of this one was`,
      hint: "Load again: what is there by now is skipped.",
    },
    3,
  );
