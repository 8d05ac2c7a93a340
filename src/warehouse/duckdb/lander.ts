/** Landing on DuckDB: one transaction over all files of a load, in which tables are made and widened too. */
import { ProblemError, quoteName, quoteTarget, quoteText, type Target } from "../../graph/index.js";
import type { Publisher, Session } from "../contract.js";
import type {
  Lander,
  LandingBatch,
  LandingFile,
  LandingPlan,
  LandScope,
  LoadedFile,
  RejectedRecord,
  RepeatedFile,
  TableReady,
} from "../lander.js";
import { ensureLandingLog, landingColumns, landingLog, provenanceColumns, raced, shaping } from "../landing.js";

export interface LanderOptions {
  readonly publisher: Publisher;
  /** The one that targets without a database are in. */
  readonly database: string;
  readonly ensureSchemas: (schemas: readonly Pick<Target, "database" | "schema">[]) => Promise<void>;
}

export function duckDbLander({ publisher, database, ensureSchemas }: LanderOptions): Lander {
  return {
    async open(plan) {
      await ensureSchemas([plan.place, ...plan.files.map(({ target }) => target)]);
      const scope = await publisher.open({});
      try {
        await ensureLandingLog(scope.session, plan.place);
        const ready: TableReady[] = [];
        const present = await columnsOf(scope.session);
        for (const { target, wanted } of plan.files) {
          const key = keyOf(target, database);
          const known = present.get(key) ?? [];
          const columns = landingColumns(wanted);
          const { statements, ...made } = shaping(target, known, columns);
          for (const statement of statements) await scope.session.run(statement);
          present.set(key, made.created ? columns.map(({ name }) => name) : [...known, ...made.added]);
          ready.push(made);
        }
        return landing(plan, ready, scope);
      } catch (error) {
        await scope[Symbol.asyncDispose]();
        throw error;
      }
    },
    staged: () => Promise.reject(noStages()),
    firstLines: () => Promise.reject(noStages()),
  };
}

/** Of all tables, by key: for one of them alone, too, the engine reads its whole catalog. */
async function columnsOf(session: Session): Promise<Map<string, readonly string[]>> {
  const rows = await session.rows(
    "select database_name, schema_name, table_name, column_name from duckdb_columns() where not internal order by column_index",
  );
  const all = new Map<string, string[]>();
  for (const row of rows) {
    const key = keyOf({ schema: String(row.schema_name), name: String(row.table_name) }, String(row.database_name));
    const names = all.get(key) ?? [];
    names.push(String(row.column_name));
    all.set(key, names);
  }
  return all;
}

const keyOf = (target: Target, database: string) =>
  quoteTarget({ ...target, database: target.database ?? database }).toUpperCase();

const noStages = () =>
  new ProblemError({
    code: "load-stage",
    message: "A stage is a place of Snowflake's; DuckDB loads files of this machine",
    hint: "Give the path of a file, or an --environment that is on Snowflake.",
  });

function landing(
  plan: LandingPlan,
  ready: readonly TableReady[],
  scope: Awaited<ReturnType<Publisher["open"]>>,
): LandScope {
  const { session } = scope;
  const { loadedFile, rejectedLine, repeatedFile } = landingLog(plan.place);
  return {
    ready,
    async land(file, batches) {
      // One batch is inserted while the next is read.
      let insert: Promise<void> = Promise.resolve();
      try {
        for await (const batch of batches) {
          await insert;
          insert = insertRows(session, plan, file, batch).then(() =>
            insertRejected(session, rejectedLine, plan, file, batch.rejected),
          );
          insert.catch(() => undefined);
        }
      } finally {
        await insert.catch(() => undefined);
      }
      await insert;
    },
    copy: () => Promise.reject(noStages()),
    async publish(files, repeated) {
      for (const entry of files) await insertLoadedFile(session, loadedFile, entry);
      for (const entry of repeated) await insertRepeatedFile(session, repeatedFile, entry);
      // The rows of LOADED_FILE are what a later start recovers from; publication markers are for what a run builds.
      await scope.publish([]);
    },
    cancel: () => session.cancel(),
    [Symbol.asyncDispose]: () => scope[Symbol.asyncDispose](),
  };
}

/**
 * Inserts rows whose values arrive as one JSON array for each column: measured twice as fast as appending value by value,
 * and it is an ordinary statement of the session's transaction.
 */
async function insertRows(session: Session, plan: LandingPlan, file: LandingFile, batch: LandingBatch): Promise<void> {
  if (batch.rows.length === 0) return;
  const names = [...file.columns, ...provenanceColumns.map(({ name }) => name)].map(quoteName).join(", ");
  const texts = file.columns.map(() => "unnest(from_json(?::varchar, '[\"varchar\"]'))");
  // What is the same in all rows stands in the text: bound, it would double the time of the statement.
  const same = [plan.source, plan.batchId, file.file].map(quoteText);
  const loadedAt = `timestamp ${quoteText(timestamp(plan.loadedAt))}`;
  const values = [...texts, ...same, "unnest(from_json(?::varchar, '[\"bigint\"]'))", loadedAt].join(", ");
  const binds = [...batch.columns, batch.rows].map((column) => JSON.stringify(column));
  await session.run(`insert into ${quoteTarget(file.target)} (${names}) select ${values}`, binds);
}

async function insertRejected(
  session: Session,
  target: Target,
  plan: LandingPlan,
  file: LandingFile,
  lines: readonly RejectedRecord[],
): Promise<void> {
  if (lines.length === 0) return;
  const list = "unnest(from_json(?::varchar, '[\"varchar\"]'))";
  await session.run(
    `insert into ${quoteTarget(target)} ("SOURCE_SYSTEM", "BATCH_ID", "TABLE_NAME", "FILE", "LINE_NUMBER", "REASON", "LINE")
     select ?, ?, ?, ?, unnest(from_json(?::varchar, '["bigint"]')), ${list}, ${list}`,
    [
      plan.source,
      plan.batchId,
      file.target.name,
      file.file,
      JSON.stringify(lines.map(({ line }) => line)),
      JSON.stringify(lines.map(({ reason }) => reason)),
      JSON.stringify(lines.map(({ text }) => text)),
    ],
  );
}

async function insertLoadedFile(session: Session, target: Target, entry: LoadedFile): Promise<void> {
  const { changed } = await session.run(
    `insert into ${quoteTarget(target)} ("BATCH_ID", "SOURCE_SYSTEM", "TABLE_NAME", "FILE", "CONTENT_HASH", "DELIVERED_AT",
       "RECORD_COUNT", "LANDED_COUNT", "REJECTED_COUNT", "LOADED_AT", "HEADER")
     select ?, ?, ?, ?, ?, ?::timestamp, ?::bigint, ?::bigint, ?::bigint, ?::timestamp, ?
     where not exists (select 1 from ${quoteTarget(target)} where "TABLE_NAME" = ? and "CONTENT_HASH" = ?)`,
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
      JSON.stringify(entry.header),
      entry.table,
      entry.contentHash,
    ],
  );
  if (changed !== 1) throw raced(entry.file);
}

async function insertRepeatedFile(session: Session, target: Target, entry: RepeatedFile): Promise<void> {
  await session.run(
    `insert into ${quoteTarget(target)} ("SOURCE_SYSTEM", "TABLE_NAME", "FILE", "CONTENT_HASH", "DELIVERED_AT", "LOADED_AT")
     select ?, ?, ?, ?, ?::timestamp, ?::timestamp
     where not exists (select 1 from ${quoteTarget(target)} where "TABLE_NAME" = ? and "CONTENT_HASH" = ? and "DELIVERED_AT" = ?::timestamp)`,
    [
      entry.source,
      entry.table,
      entry.file,
      entry.contentHash,
      timestamp(entry.deliveredAt),
      timestamp(entry.loadedAt),
      entry.table,
      entry.contentHash,
      timestamp(entry.deliveredAt),
    ],
  );
}

/** ISO instant to the engine's text of a UTC timestamp without zone. */
const timestamp = (instant: string) => instant.replace("T", " ").replace("Z", "");
