/** One transaction over all new files: their rows, rejected lines and counts are all seen at once, or none is. */
import type { Target } from "../graph/index.js";
import { ensureLanding, ensureLandingLog, type Session, type Warehouse } from "../warehouse/index.js";
import { readCsv } from "./csv.js";
import type { FileLanded, LoadListener, RejectReason } from "./events.js";
import { insertLoadedFile, insertRejected, insertRows, type LoadedFile, type Provenance } from "./landing.js";
import type { Prepared } from "./prepare.js";
import { verifiedContent } from "./source-file.js";

export interface Landed {
  readonly file: Prepared;
  readonly entry: LoadedFile;
  readonly event: FileLanded;
}

/** The loader's own tables. */
export interface LogTables {
  readonly loadedFile: Target;
  readonly rejectedLine: Target;
}

export interface LandOptions {
  readonly files: readonly Prepared[];
  readonly log: LogTables;
  readonly source: string;
  readonly batchId: string;
  /** ISO instant. */
  readonly loadedAt: string;
  readonly warehouse: Warehouse;
  readonly listener: LoadListener;
  readonly signal?: AbortSignal;
}

/** Lands all files or none: any error, a cancel included, leaves the warehouse as it was. */
export async function land(options: LandOptions): Promise<readonly Landed[]> {
  const { files, log, warehouse, signal } = options;
  await warehouse.catalog.ensureSchemas([log.loadedFile, ...files.map(({ target }) => target)]);
  await using scope = await warehouse.publisher.open({});
  const cancel = () => scope.session.cancel();
  signal?.addEventListener("abort", cancel);
  try {
    signal?.throwIfAborted();
    await ensureLandingLog(scope.session, log.loadedFile);
    const landed: Landed[] = [];
    for (const file of files) landed.push(await landFile(scope.session, file, options));
    signal?.throwIfAborted();
    // The rows of LOADED_FILE are what a later start recovers from; publication markers are for what a run builds.
    await scope.publish([]);
    return landed;
  } catch (error) {
    // The engine says of a cancelled statement that it was cancelled; why is what the signal says.
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", cancel);
  }
}

async function landFile(session: Session, file: Prepared, options: LandOptions): Promise<Landed> {
  const { log, source, batchId, loadedAt } = options;
  const started = performance.now();
  const table = file.target.name;
  options.listener({ kind: "file-started", file: file.name, table, bytes: file.bytes });
  const wanted = [...file.declared, ...file.columns.filter((column) => !file.declared.includes(column))];
  const { created, added } = await ensureLanding(session, file.target, wanted);
  // In a new table, new is what nobody declared; a table that nobody declared is itself the declaration.
  const undeclared = file.declared.length === 0 ? [] : wanted.filter((column) => !file.declared.includes(column));
  const newColumns = created ? undeclared : added.filter((column) => file.columns.includes(column));

  const from: Provenance = { source, batchId, file: file.name, loadedAt };
  const reasons: Partial<Record<RejectReason, number>> = {};
  let landed = 0;
  let rejected = 0;
  // One batch is inserted while the next is read.
  let insert: Promise<void> = Promise.resolve();
  try {
    for await (const batch of readCsv(verifiedContent(file, options.signal), file.columns.length)) {
      await insert;
      landed += batch.rows.length;
      rejected += batch.rejected.length;
      for (const { reason } of batch.rejected) reasons[reason] = (reasons[reason] ?? 0) + 1;
      insert = insertRows(session, file.target, file.columns, batch, from).then(() =>
        insertRejected(session, log.rejectedLine, table, batch.rejected, from),
      );
      insert.catch(() => undefined);
    }
  } finally {
    await insert.catch(() => undefined);
  }
  await insert;

  const records = landed + rejected;
  const entry: LoadedFile = {
    batchId,
    source,
    table,
    file: file.name,
    contentHash: file.hash,
    deliveredAt: file.deliveredAt,
    loadedAt,
    records,
    landed,
    rejected,
  };
  await insertLoadedFile(session, log.loadedFile, entry);
  const milliseconds = Math.round(performance.now() - started);
  const absentColumns = file.declared.filter((column) => !file.columns.includes(column));
  return {
    file,
    entry,
    event: {
      kind: "file-landed",
      file: file.name,
      table,
      records,
      landed,
      rejected,
      reasons,
      newColumns,
      absentColumns,
      milliseconds,
    },
  };
}
