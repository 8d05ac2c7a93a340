/**
 * Landing tables: source rows as delivered. Every source column is text; the provenance columns say where a row came from.
 * Shared by whoever lands rows and by a run, which makes declared sources that were never loaded as empty tables.
 */
import { quoteName, quoteTarget, type Target } from "../graph/index.js";
import type { Session } from "./contract.js";

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

/** One row a landed file; all instants are UTC. */
export const loadedFileColumns: readonly LandingColumn[] = [
  { name: "batch_id", type: "varchar" },
  { name: "source_system", type: "varchar" },
  { name: "table_name", type: "varchar" },
  { name: "file", type: "varchar" },
  { name: "content_hash", type: "varchar" },
  { name: "delivered_at", type: "timestamp" },
  { name: "record_count", type: "bigint" },
  { name: "landed_count", type: "bigint" },
  { name: "rejected_count", type: "bigint" },
  { name: "loaded_at", type: "timestamp" },
];

/** One row a line that could not be read as a record. */
export const rejectedLineColumns: readonly LandingColumn[] = [
  { name: "source_system", type: "varchar" },
  { name: "batch_id", type: "varchar" },
  { name: "table_name", type: "varchar" },
  { name: "file", type: "varchar" },
  { name: "line_number", type: "bigint" },
  { name: "reason", type: "varchar" },
  { name: "line", type: "varchar" },
];

/** The columns of a landing table with these source columns: theirs as text, then provenance. Names are compared without case. */
export function landingColumns(names: readonly string[]): readonly LandingColumn[] {
  const provenance = new Set(provenanceColumns.map(({ name }) => name));
  const seen = new Set<string>();
  const source = names.filter((name) => {
    const key = name.toUpperCase();
    if (provenance.has(key) || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  return [...source.map((name) => ({ name, type: "varchar" })), ...provenanceColumns];
}

async function columnsOf(session: Session, target: Target): Promise<readonly string[]> {
  const rows = await session.rows(
    `select column_name as name from information_schema.columns where table_catalog = ${target.database === undefined ? "current_database()" : "?"} and table_schema = ? and table_name = ? order by ordinal_position`,
    [...(target.database === undefined ? [] : [target.database]), target.schema, target.name],
  );
  return rows.map((row) => String(row.name));
}

/** Makes the table, or adds the columns that it lacks; says what it did. The schema must be there. */
export async function ensureColumns(
  session: Session,
  target: Target,
  columns: readonly LandingColumn[],
): Promise<{ readonly created: boolean; readonly added: readonly string[] }> {
  const present = new Set((await columnsOf(session, target)).map((name) => name.toUpperCase()));
  if (present.size === 0) {
    const list = columns.map(({ name, type }) => `${quoteName(name)} ${type}`).join(", ");
    await session.run(`create table ${quoteTarget(target)} (${list})`);
    return { created: true, added: [] };
  }
  const added = columns.filter(({ name }) => !present.has(name.toUpperCase()));
  for (const { name, type } of added) {
    await session.run(`alter table ${quoteTarget(target)} add column ${quoteName(name)} ${type}`);
  }
  return { created: false, added: added.map(({ name }) => name) };
}

/** A landing table with at least these source columns. Runs inside the session's transaction, where it has one open. */
export function ensureLanding(
  session: Session,
  target: Target,
  columnNames: readonly string[],
): Promise<{ readonly created: boolean; readonly added: readonly string[] }> {
  return ensureColumns(session, target, landingColumns(columnNames));
}

/** The tables in which every load is counted: `<schema>.LOADED_FILE` and `<schema>.REJECTED_LINE`. */
export async function ensureLandingLog(session: Session, place: Pick<Target, "database" | "schema">): Promise<void> {
  await ensureColumns(session, { ...place, name: "LOADED_FILE" }, loadedFileColumns);
  await ensureColumns(session, { ...place, name: "REJECTED_LINE" }, rejectedLineColumns);
}
