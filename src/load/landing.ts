/** Batches of rows into landing tables, by statements that a session runs; nothing of a file is held beyond a batch. */
import type { Target } from "../graph/index.js";
import { provenanceColumns, type Session, type Value } from "../warehouse/index.js";
import type { Batch, RejectedLine } from "./csv.js";

/** What is the same for all rows of a file. */
export interface Provenance {
  readonly source: string;
  readonly batchId: string;
  /** Name without its folder. */
  readonly file: string;
  /** ISO instant. */
  readonly loadedAt: string;
}

export const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;

export const relation = (target: Target) =>
  [target.database, target.schema, target.name]
    .filter((part) => part !== undefined)
    .map(quoted)
    .join(".");

/**
 * Inserts rows whose values arrive as one JSON array for each column: measured twice as fast as appending value by value,
 * and it is an ordinary statement of the session's transaction.
 */
export async function insertRows(
  session: Session,
  target: Target,
  columns: readonly string[],
  batch: Batch,
  from: Provenance,
): Promise<void> {
  if (batch.rows.length === 0) return;
  const names = [...columns, ...provenanceColumns.map(({ name }) => name)].map(quoted).join(", ");
  const texts = columns.map(() => "unnest(from_json(?::varchar, '[\"varchar\"]'))");
  // What is the same in all rows stands in the text: bound, it would double the time of the statement.
  const same = [from.source, from.batchId, from.file].map(literal);
  const loadedAt = `timestamp ${literal(timestamp(from.loadedAt))}`;
  const values = [...texts, ...same, "unnest(from_json(?::varchar, '[\"bigint\"]'))", loadedAt].join(", ");
  const binds = [...batch.columns, batch.rows].map((column) => JSON.stringify(column));
  await session.run(`insert into ${relation(target)} (${names}) select ${values}`, binds);
}

export async function insertRejected(
  session: Session,
  target: Target,
  table: string,
  lines: readonly RejectedLine[],
  from: Provenance,
): Promise<void> {
  if (lines.length === 0) return;
  const list = "unnest(from_json(?::varchar, '[\"varchar\"]'))";
  await session.run(
    `insert into ${relation(target)} ("SOURCE_SYSTEM", "BATCH_ID", "TABLE_NAME", "FILE", "LINE_NUMBER", "REASON", "LINE")
     select ?, ?, ?, ?, unnest(from_json(?::varchar, '["bigint"]')), ${list}, ${list}`,
    [
      from.source,
      from.batchId,
      table,
      from.file,
      JSON.stringify(lines.map(({ line }) => line)),
      JSON.stringify(lines.map(({ reason, detail }) => (detail === undefined ? reason : `${reason}: ${detail}`))),
      JSON.stringify(lines.map(({ text }) => text)),
    ],
  );
}

/** A row of RAW.LOADED_FILE. */
export interface LoadedFile {
  readonly batchId: string;
  readonly source: string;
  /** Landing table, without schema. */
  readonly table: string;
  readonly file: string;
  readonly contentHash: string;
  /** ISO instants. */
  readonly deliveredAt: string;
  readonly loadedAt: string;
  readonly records: number;
  readonly landed: number;
  readonly rejected: number;
}

export async function insertLoadedFile(session: Session, target: Target, entry: LoadedFile): Promise<void> {
  await session.run(
    `insert into ${relation(target)} ("BATCH_ID", "SOURCE_SYSTEM", "TABLE_NAME", "FILE", "CONTENT_HASH", "DELIVERED_AT",
       "RECORD_COUNT", "LANDED_COUNT", "REJECTED_COUNT", "LOADED_AT")
     values (?, ?, ?, ?, ?, ?::timestamp, ?::bigint, ?::bigint, ?::bigint, ?::timestamp)`,
    [
      entry.batchId,
      entry.source,
      entry.table,
      entry.file,
      entry.contentHash,
      timestamp(entry.deliveredAt),
      entry.records,
      entry.landed,
      entry.rejected,
      timestamp(entry.loadedAt),
    ],
  );
}

/** All of RAW.LOADED_FILE, oldest first. */
export async function loadedFiles(session: Session, target: Target): Promise<readonly LoadedFile[]> {
  const rows = await session.rows(
    `select "BATCH_ID" as batch, "SOURCE_SYSTEM" as source, "TABLE_NAME" as landing, "FILE" as name, "CONTENT_HASH" as hash,
       "DELIVERED_AT" as delivered, "LOADED_AT" as loaded, "RECORD_COUNT" as records, "LANDED_COUNT" as landed,
       "REJECTED_COUNT" as rejected
     from ${relation(target)} order by "LOADED_AT", "TABLE_NAME", "FILE"`,
  );
  const text = (value: Value | undefined) => String(value ?? "");
  const instant = (value: Value | undefined) => `${text(value)}Z`;
  return rows.map((row) => ({
    batchId: text(row.batch),
    source: text(row.source),
    table: text(row.landing),
    file: text(row.name),
    contentHash: text(row.hash),
    deliveredAt: instant(row.delivered),
    loadedAt: instant(row.loaded),
    records: Number(row.records),
    landed: Number(row.landed),
    rejected: Number(row.rejected),
  }));
}

/** ISO instant to the engine's text of a UTC timestamp without zone. */
const timestamp = (instant: string) => instant.replace("T", " ").replace("Z", "");
