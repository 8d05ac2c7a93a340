/** A load from its files to its record: what is new is landed at once, what was loaded before is said to have been. */
import { createHash } from "node:crypto";
import { type Graph, ProblemError, type Target, targetKey } from "../graph/index.js";
import {
  type Entry,
  fileSubject,
  type Ledger,
  loadFileEntry,
  loadIntentEntry,
  recoverMarkers,
} from "../ledger/index.js";
import {
  type LoadedFile,
  landingLog,
  type RelationInfo,
  type RepeatedFile,
  type Session,
  type Warehouse,
} from "../warehouse/index.js";
import { cameBack, deliveredAgain } from "./again.js";
import { parseDelivered } from "./delivered.js";
import type { LoadFinished, LoadListener } from "./events.js";
import { type Landed, land } from "./land.js";
import { loadedFiles, repeatedFiles } from "./loaded.js";
import { databaseOf, landingSchema, type Prepared, prepare } from "./prepare.js";
import { isStage, prepareStaged } from "./staged.js";
import { type FolderFormat, folderFormats, formatOf } from "./tables.js";

export interface LoadOptions {
  readonly format: FolderFormat["name"] | "csv";
  /** A file for `csv`, else a folder; or `@STAGE/path`, where the engine has stages. */
  readonly path: string;
  /** Name of the source system, kept in `_SOURCE_SYSTEM`. Default: by the format. */
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
  const source = sourceName(options);
  const delivered = options.delivered === undefined ? undefined : parseDelivered(options.delivered);
  const { format, path, table } = options;
  const wanted = { format, path, table, delivered, source, graph, listener, signal };
  const delivery = isStage(path)
    ? await prepareStaged({ ...wanted, lander: warehouse.lander, ledger })
    : await prepare(wanted);

  const place = { ...databaseOf(graph), schema: landingSchema(graph) };
  const log = landingLog(place);
  await recover(options, listener);
  const relations = await warehouse.catalog.relations();
  refuseStrangers(delivery, relations);
  const earlier = await earlierOf(warehouse, relations, log.loadedFile, loadedFiles);
  refuseMixture(delivery, earlier);
  const repeats = await earlierOf(warehouse, relations, log.repeatedFile, repeatedFiles);

  const known = [...earlier, ...repeats];
  const there = deliveredAgain(delivery, known);
  const back = cameBack(there, delivery, known, source);
  const again = there.filter((file) => !back.has(file));
  const files = delivery.map((file) => back.get(file) ?? file);
  const { fresh, skipped } = await sort(files, earlier, new Set(again), ledger, listener);
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
  // A load that died before its record has left rows that the ledger does not count yet.
  const unrecorded = Math.max(
    0,
    repeats.length - ((await ledger.state()).sources[targetKey(log.repeatedFile)]?.rows ?? 0),
  );
  if (fresh.length + again.length + unrecorded === 0) return finish([], null);

  const batchId = batchOf(source, fresh, again);
  const chain = await ledger.open("load", { command: "load", ...options.about, format, source, batchId });
  let landed: readonly Landed[];
  try {
    const loadedAt = momentAfter(earlier.at(-1)?.loadedAt);
    const subjects = fresh.map(({ target, knownAs }) => fileSubject(target, knownAs));
    await chain.append([loadIntentEntry({ at: loadedAt, batchId, files: subjects })]);
    const repeated = again.map(
      ({ target, name, hash, deliveredAt }): RepeatedFile => ({
        ...{ source, table: target.name, file: name, contentHash: hash, deliveredAt, loadedAt },
      }),
    );
    landed = await land({ files: fresh, repeated, place, source, batchId, loadedAt, warehouse, listener, signal });
  } catch (error) {
    // The error that stopped the load is what counts; an end that cannot be recorded reads `interrupted`.
    await chain.seal(signal?.aborted === true ? "cancelled" : "error").catch(() => undefined);
    throw error;
  }
  await chain.append(records(landed, again.length + unrecorded, log, batchId));
  await chain.seal("succeeded");
  for (const { event } of landed) listener(event);
  return finish(landed, landed.length === 0 ? null : batchId);
}

/** Now, or just after the last load where the clock went back: in what order things were learned is what histories rest on. */
const momentAfter = (last: string | undefined) =>
  new Date(Math.max(Date.now(), last === undefined ? 0 : Date.parse(last) + 1)).toISOString();

type Earlier = Omit<LoadedFile, "header">;

/** Tells files that are new from those whose content is in their table already, or comes twice in this load. */
async function sort(
  files: readonly Prepared[],
  earlier: readonly Earlier[],
  again: ReadonlySet<Prepared>,
  ledger: Ledger,
  listener: LoadListener,
): Promise<{ readonly fresh: readonly Prepared[]; readonly skipped: number }> {
  const known = await ledger.loaded(files.map((file) => fileSubject(file.target, file.knownAs)));
  const seen = new Set<string>();
  const fresh = files.filter((file) => {
    const subject = fileSubject(file.target, file.knownAs);
    const table = file.target.name;
    if (known.has(subject)) {
      const before = earlier.find((entry) => entry.table === table && entry.contentHash === file.hash);
      const when = before === undefined ? {} : { batchId: before.batchId, loadedAt: before.loadedAt };
      const repeat = again.has(file) ? { deliveredAt: file.deliveredAt } : {};
      listener({ kind: "file-skipped", file: file.name, table, reason: "loaded-before", ...when, ...repeat });
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
async function recover({ ledger, warehouse }: LoadOptions, listener: LoadListener): Promise<void> {
  const recovered = (await recoverMarkers(ledger, warehouse)).filter(({ kind }) => kind === "load-file");
  const files = recovered.filter(({ body }) => "contentHash" in body && body.contentHash !== body.batchId).length;
  if (files > 0) listener({ kind: "load-recovered", files });
}

async function earlierOf<Row>(
  warehouse: Warehouse,
  relations: readonly RelationInfo[],
  target: Target,
  read: (session: Session, target: Target) => Promise<readonly Row[]>,
): Promise<readonly Row[]> {
  if (relationOf(relations, target) === undefined) return [];
  await using session = await warehouse.session();
  return await read(session, target);
}

/** A file without its header line would add its first patient as columns; one with a header has a name in common. */
function refuseStrangers(files: readonly Prepared[], relations: readonly RelationInfo[]): void {
  for (const file of files) {
    if (file.columns.length === 0) continue;
    const known = relationOf(relations, file.target)?.columns.map(({ name }) => name.toUpperCase()) ?? [];
    if (known.length === 0 || file.columns.some((column) => known.includes(column))) continue;
    throw new ProblemError({
      code: "load-other-table",
      message: `${file.name} has no column in common with ${file.target.schema}.${file.target.name}, which is there already`,
      at: { file: file.name, line: 1 },
      hint: "Does its first line name the columns? For a table of its own give another --table.",
    });
  }
}

/** Data that its licence keeps apart would be merged with others' by the next run, whatever their source is called. */
function refuseMixture(files: readonly Prepared[], earlier: readonly Earlier[]): void {
  const held = earlier.flatMap(({ table }) => formatOf(table) ?? []);
  for (const file of files) {
    const format = formatOf(file.target.name);
    const other = held.find((each) => each !== format);
    if (format === undefined || other === undefined || !(format.isApart || other.isApart)) continue;
    const apart = format.isApart ? format : other;
    throw new ProblemError({
      code: "load-licence",
      message: `${file.name} is ${format.whose}, and this warehouse holds ${other.whose} tables: the licence of the format ${apart.name} lets it be merged with no other data`,
      hint: "Load it into a warehouse of its own, by MEDFORM_DUCKDB or another environment; the same models serve both.",
    });
  }
}

function relationOf(relations: readonly RelationInfo[], target: Target): RelationInfo | undefined {
  const key = targetKey(target).toUpperCase();
  return relations.find((relation) => targetKey(relation.target).toUpperCase() === key);
}

/** The record of each file, then of the loader's own tables: who reads those must see that they changed. */
function records(
  landed: readonly Landed[],
  repeated: number,
  log: ReturnType<typeof landingLog>,
  batchId: string,
): readonly Entry[] {
  const at = new Date().toISOString();
  const rejected = landed.reduce((total, { event }) => total + event.rejected, 0);
  return [
    ...landed.map(({ file: { target, knownAs, name }, event }) =>
      loadFileEntry({
        at,
        target,
        contentHash: knownAs,
        batchId,
        rows: event.landed,
        rejected: event.rejected,
        file: name,
      }),
    ),
    ...(landed.length === 0
      ? []
      : [
          loadFileEntry({ at, target: log.loadedFile, contentHash: batchId, batchId, rows: landed.length }),
          loadFileEntry({ at, target: log.rejectedLine, contentHash: batchId, batchId, rows: rejected }),
        ]),
    ...(repeated === 0
      ? []
      : [loadFileEntry({ at, target: log.repeatedFile, contentHash: batchId, batchId, rows: repeated })]),
  ];
}

/** Of what is new; where nothing is, of what was delivered again. */
function batchOf(source: string, files: readonly Prepared[], again: readonly Prepared[]): string {
  const hashes =
    files.length > 0
      ? files.map(({ knownAs }) => knownAs).toSorted()
      : again.map(({ hash, deliveredAt }) => `${hash} ${deliveredAt}`).toSorted();
  return `${source}-${createHash("sha256").update(hashes.join("\n")).digest("hex").slice(0, 12)}`;
}

function sourceName({ source, format }: LoadOptions): string {
  const name = source ?? (format === "csv" ? "csv" : folderFormats[format].source);
  if (/^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/.test(name)) return name;
  throw new ProblemError({
    code: "load-source-name",
    message: "The name of the source is no plain name",
    hint: "Give it as --source NAME: letters, digits, dot, dash and underscore, 63 at most.",
  });
}
