/** A load from its files to its record: what is new is landed at once, what was loaded before is said to have been. */
import { createHash } from "node:crypto";
import { type Graph, ProblemError, type Target, targetKey } from "../graph/index.js";
import type { Chain, Entry, Ledger, RunState, SourceState, State } from "../ledger/index.js";
import type { Warehouse } from "../warehouse/index.js";
import { parseDelivered } from "./delivered.js";
import type { LoadFinished, LoadListener } from "./events.js";
import { type Landed, land } from "./land.js";
import { type LoadedFile, loadedFiles } from "./landing.js";
import { databaseOf, type Prepared, prepare, rawSchema } from "./prepare.js";

export interface LoadOptions {
  readonly format: "synthea-csv" | "csv";
  /** A folder for `synthea-csv`, a file for `csv`. */
  readonly path: string;
  /** Name of the source system, kept in `_SOURCE_SYSTEM`. Default: `synthea`, `csv`. */
  readonly source?: string;
  /** Landing table, `csv` only. */
  readonly table?: string;
  /** ISO date or instant of the delivery; default: from the name of the file or its folder, else when it was written. */
  readonly delivered?: string;
  readonly warehouse: Warehouse;
  readonly ledger: Ledger;
  /** Compiled, for the columns that declarations give to landing tables. */
  readonly graph: Graph;
  /** What the ledger shall know of the circumstances: command, environment, actor, commit. */
  readonly about?: Readonly<Record<string, unknown>>;
  readonly listener?: LoadListener;
  readonly signal?: AbortSignal;
}

/**
 * Lands what is new of a delivery. Nothing is landed where any file is refused (`ProblemError`, codes `load-…`) or the
 * signal is aborted (its reason is thrown). Resolves to the event that ends the load.
 */
export async function loadFiles(options: LoadOptions): Promise<LoadFinished> {
  const started = performance.now();
  const { warehouse, ledger, graph, signal } = options;
  const listener = options.listener ?? (() => undefined);
  refuseEngine(warehouse);
  const source = sourceName(options);
  const delivered = options.delivered === undefined ? undefined : parseDelivered(options.delivered);
  const { format, path, table } = options;
  const files = await prepare({ format, path, table, delivered, source, graph, listener, signal });

  const place = { ...databaseOf(graph), schema: rawSchema };
  const log = { loadedFile: { ...place, name: "LOADED_FILE" }, rejectedLine: { ...place, name: "REJECTED_LINE" } };
  const earlier = await earlierFiles(warehouse, log.loadedFile);
  await recover(earlier, place, options, listener);

  const { fresh, skipped } = await sort(files, earlier, ledger, listener);
  const finish = (landed: readonly Landed[], batchId: string | null): LoadFinished => {
    const sum = (key: "records" | "landed" | "rejected") => landed.reduce((total, { event }) => total + event[key], 0);
    const event: LoadFinished = {
      kind: "load-finished",
      at: new Date().toISOString(),
      batchId,
      files: landed.length,
      skipped,
      records: sum("records"),
      landed: sum("landed"),
      rejected: sum("rejected"),
      milliseconds: Math.round(performance.now() - started),
    };
    listener(event);
    return event;
  };
  if (fresh.length === 0) return finish([], null);

  const batchId = batchOf(source, fresh);
  const loadedAt = new Date().toISOString();
  const chain = await ledger.open("load", { command: "load", ...options.about, format, source, batch: batchId });
  const startedAt = loadedAt;
  try {
    await chain.append(fresh.map((file) => intent(file, batchId)));
    const landed = await land({
      files: fresh,
      log,
      source,
      batchId,
      loadedAt,
      token: chain.number,
      runId: chain.id,
      warehouse,
      listener,
      signal,
    });
    await chain.append(landed.map(({ entry, file }) => recordOf(entry, file.target, "landed")));
    const tables = [
      ...landed.map(({ file, event }) => ({ target: file.target, rows: event.landed })),
      { target: log.loadedFile, rows: landed.length },
      { target: log.rejectedLine, rows: landed.reduce((total, { event }) => total + event.rejected, 0) },
    ];
    const state = withBatch(await ledger.state(), tables, batchId, loadedAt);
    await chain.seal("succeeded", withRun(state, chain, startedAt, "succeeded"));
    for (const { event } of landed) listener(event);
    return finish(landed, batchId);
  } catch (error) {
    await sealFailed(ledger, chain, startedAt, signal?.aborted === true ? "cancelled" : "error");
    throw error;
  }
}

/** Tells files that are new from those whose content is in their table already, or comes twice in this load. */
async function sort(
  files: readonly Prepared[],
  earlier: readonly LoadedFile[],
  ledger: Ledger,
  listener: LoadListener,
): Promise<{ readonly fresh: readonly Prepared[]; readonly skipped: number }> {
  const known = await ledger.loaded(files.map((file) => subjectOf(file.target, file.hash)));
  const seen = new Set<string>();
  const fresh = files.filter((file) => {
    const subject = subjectOf(file.target, file.hash);
    const table = file.target.name;
    if (known.has(subject)) {
      const before = earlier.find((entry) => entry.table === table && entry.contentHash === file.hash);
      const when = before === undefined ? {} : { batchId: before.batchId, loadedAt: before.loadedAt };
      listener({ kind: "file-skipped", file: file.name, table, reason: "loaded-before", ...when });
      return false;
    }
    if (seen.has(subject)) {
      listener({ kind: "file-skipped", file: file.name, table, reason: "same-content" });
      return false;
    }
    seen.add(subject);
    return true;
  });
  return { fresh, skipped: files.length - fresh.length };
}

/** A load that committed and then died before its record: the warehouse knows of it, the ledger does not yet. */
async function recover(
  earlier: readonly LoadedFile[],
  place: Omit<Target, "name">,
  { ledger, about }: LoadOptions,
  listener: LoadListener,
): Promise<void> {
  const targetOf = (entry: LoadedFile): Target => ({ ...place, name: entry.table });
  const known = await ledger.loaded(earlier.map((entry) => subjectOf(targetOf(entry), entry.contentHash)));
  const lost = earlier.filter((entry) => !known.has(subjectOf(targetOf(entry), entry.contentHash)));
  if (lost.length === 0) return;
  const startedAt = new Date().toISOString();
  const chain = await ledger.open("load", { command: "load", ...about, recovers: "committed loads without a record" });
  await chain.append(lost.map((entry) => recordOf(entry, targetOf(entry), "recovered")));
  let state = await ledger.state();
  for (const entry of lost) {
    const tables = [
      { target: targetOf(entry), rows: entry.landed },
      { target: { ...place, name: "LOADED_FILE" }, rows: 1 },
      { target: { ...place, name: "REJECTED_LINE" }, rows: entry.rejected },
    ];
    state = withBatch(state, tables, entry.batchId, entry.loadedAt);
  }
  await chain.seal("succeeded", withRun(state, chain, startedAt, "succeeded"));
  for (const batchId of new Set(lost.map((entry) => entry.batchId))) {
    listener({
      kind: "load-recovered",
      batchId,
      files: lost.filter((entry) => entry.batchId === batchId).length,
    });
  }
}

async function earlierFiles(warehouse: Warehouse, target: Target): Promise<readonly LoadedFile[]> {
  const key = targetKey(target).toUpperCase();
  const relations = await warehouse.catalog.relations();
  if (!relations.some((relation) => targetKey(relation.target).toUpperCase() === key)) return [];
  await using session = await warehouse.session();
  return await loadedFiles(session, target);
}

const subjectOf = (target: Target, hash: string) => `${targetKey(target)}:${hash}`;

function intent(file: Prepared, batchId: string): Entry {
  return {
    kind: "intent",
    subject: subjectOf(file.target, file.hash),
    outcome: "started",
    at: new Date().toISOString(),
    body: { target: file.target, batch: batchId, file: file.name, bytes: file.bytes },
  };
}

function recordOf(entry: LoadedFile, target: Target, outcome: "landed" | "recovered"): Entry {
  const { contentHash, batchId, table: _, ...counts } = entry;
  return {
    kind: "load-file",
    subject: subjectOf(target, contentHash),
    outcome,
    at: new Date().toISOString(),
    body: { target, batch: batchId, contentHash, ...counts },
  };
}

/** The state after a batch: each table that it wrote has its id as last batch, also the loader's own two. */
function withBatch(
  state: State,
  tables: readonly { readonly target: Target; readonly rows: number }[],
  batchId: string,
  loadedAt: string,
): State {
  const sources: Record<string, SourceState> = { ...state.sources };
  for (const { target, rows } of tables) {
    const key = targetKey(target);
    sources[key] = { target, batchId, rows: (sources[key]?.rows ?? 0) + rows, loadedAt };
  }
  return { ...state, sources };
}

function withRun(state: State, chain: Chain, startedAt: string, outcome: RunState["outcome"]): State {
  return {
    ...state,
    number: chain.number,
    lastRun: {
      runId: chain.id,
      runNumber: chain.number,
      kind: "load",
      startedAt,
      finishedAt: new Date().toISOString(),
      outcome,
    },
  };
}

/** The error that stopped the load is what counts; that its end could not be recorded reads `interrupted` in the ledger. */
async function sealFailed(ledger: Ledger, chain: Chain, startedAt: string, outcome: "error" | "cancelled") {
  try {
    await chain.seal(outcome, withRun(await ledger.state(), chain, startedAt, outcome));
  } catch {
    return;
  }
}

function batchOf(source: string, files: readonly Prepared[]): string {
  const hashes = files.map(({ hash }) => hash).toSorted();
  return `${source}-${createHash("sha256").update(hashes.join("\n")).digest("hex").slice(0, 12)}`;
}

function sourceName({ source, format }: LoadOptions): string {
  const name = source ?? (format === "csv" ? "csv" : "synthea");
  if (/^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/.test(name)) return name;
  throw new ProblemError({
    code: "load-source-name",
    message: "The name of the source is no plain name",
    hint: "Give it as --source NAME: letters, digits, dot, dash and underscore, 63 at most.",
  });
}

function refuseEngine(warehouse: Warehouse): void {
  if (warehouse.engine === "duckdb") return;
  throw new ProblemError({
    code: "load-engine",
    message: `Files are loaded into the embedded warehouse only, not into ${warehouse.engine}`,
    hint: "Use COPY INTO there, with the same columns.",
  });
}
