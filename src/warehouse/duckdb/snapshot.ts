/** A copy of the warehouse for other processes, which the engine's lock shuts out: whole when it has its name, or not there. */
import { chmod, mkdir, rename, stat, statfs } from "node:fs/promises";
import { ProblemError, quoteName, quoteText } from "../../graph/index.js";
import type { DatabaseFile, Marker, Snapshot, Snapshots } from "../contract.js";
import { copyFile } from "./copy-file.js";
import { rewriteError } from "./errors.js";
import type { Instance } from "./instance.js";
import type { DuckDbSession } from "./session.js";
import {
  expose,
  fileOf,
  keptSnapshots,
  nextFolder,
  remove,
  removeUnfinished,
  snapshotsFolder,
  sync,
} from "./snapshot-folder.js";

/** How long statements that are at work in this process may keep a snapshot waiting, in milliseconds. */
const patience = 30_000;
/** How often a copy is begun again that a checkpoint came in between of. */
const attempts = 5;

interface Database {
  readonly name: string;
  readonly file: string;
}

/** What each needs of the warehouse that it is of. */
interface Source {
  readonly instance: Instance;
  readonly connect: () => Promise<DuckDbSession>;
  readonly databases: () => Promise<readonly string[]>;
  readonly markers: () => Promise<readonly Marker[]>;
}

export function duckDbSnapshots(source: Source): Snapshots {
  return {
    // One after another, whoever asks.
    take: (options) => source.instance.alone(() => take(source, options)),
    copyTo: (folder, signal) => source.instance.alone(() => copyTo(source, folder, signal)),
  };
}

async function take(source: Source, { keep, onlyNew, signal }: Parameters<Snapshots["take"]>[0]) {
  const { instance } = source;
  const root = snapshotsFolder(instance.path);
  try {
    const databases = await filesOf(source);
    await mkdir(root, { recursive: true });
    await removeUnfinished(root);
    const runId = lastPublished(await source.markers());
    const before = await keptSnapshots(instance.path);
    const [newest] = before;
    if (onlyNew && newest !== undefined && runId !== null && newest.runId === runId) {
      // A process that was killed may have kept it from its lasting name.
      await expose(newest.folder, root);
      return undefined;
    }
    await refuseFull(databases, root);
    const folder = nextFolder(root, before, runId);
    const draft = `${folder}.new`;
    let taken: Pick<Snapshot, "takenAt" | "bytes">;
    try {
      await mkdir(draft);
      taken = await copy(source, databases, { draft, runId, signal });
      await rename(draft, folder);
    } catch (error) {
      await remove(draft).catch(() => undefined);
      throw error;
    }
    await expose(folder, root);
    const all = await keptSnapshots(instance.path);
    for (const old of all.slice(keep)) await remove(old.folder);
    return { ...taken, file: fileOf(root, instance.database), folder, runId, kept: Math.min(all.length, keep) };
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw problemOf(error, root);
  }
}

/** Nothing is written into these copies: they are the warehouse, byte for byte. */
async function copyTo(source: Source, folder: string, signal?: AbortSignal) {
  const takenAt = new Date().toISOString();
  const runId = lastPublished(await source.markers());
  await using session = await source.connect();
  const files: DatabaseFile[] = [];
  for (const { name, file } of await filesOf(source)) {
    const to = fileOf(folder, name);
    await copyDatabase(session, { name, file }, to, signal);
    await chmod(to, 0o600);
    await sync(to);
    files.push({ database: name, file: to, bytes: (await stat(to)).size });
  }
  await sync(folder);
  return { takenAt, runId, files };
}

async function filesOf({ instance, connect, databases }: Source): Promise<readonly Database[]> {
  if (instance.readOnly) {
    throw new ProblemError({ code: "warehouse-read-only", message: "the warehouse is open for reading only" });
  }
  await using session = await connect();
  const rows = await session.rows("select database_name as name, path from duckdb_databases() where not internal");
  const files = new Map(rows.map(({ name, path }) => [String(name), path]));
  return (await databases()).map((name) => {
    const file = files.get(name);
    if (typeof file === "string") return { name, file };
    throw new ProblemError({
      code: "snapshot-in-memory",
      message: "a warehouse in memory has no snapshots: no other process could ever read it",
    });
  });
}

function lastPublished(markers: readonly Marker[]): string | null {
  const last = markers.reduce<Marker | undefined>((a, b) => (a === undefined || b.token > a.token ? b : a), undefined);
  return last?.runId ?? null;
}

async function refuseFull(databases: readonly Database[], root: string): Promise<void> {
  const sizes = await Promise.all(databases.map(async ({ file }) => (await stat(file)).size));
  const wanted = sizes.reduce((sum, size) => sum + size, 0);
  const { bavail, bsize } = await statfs(root);
  if (bavail * bsize < wanted)
    throw noRoom(root, `; it needs ${megabytes(wanted)}, and ${megabytes(bavail * bsize)} are free`);
}

const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e6)} MB`;

async function copy(
  source: Source,
  databases: readonly Database[],
  { draft, runId, signal }: { readonly draft: string; readonly runId: string | null; readonly signal?: AbortSignal },
): Promise<Pick<Snapshot, "takenAt" | "bytes">> {
  const takenAt = new Date().toISOString();
  await using session = await source.connect();
  let bytes = 0;
  for (const { name, file } of databases) {
    const to = fileOf(draft, name);
    await copyDatabase(session, { name, file }, to, signal);
    if (name === source.instance.database) await mark(source.instance, to, { takenAt, runId });
    const { mode, size } = await stat(to);
    bytes += size;
    await chmod(to, mode & 0o444);
    await sync(to);
  }
  await sync(draft);
  return { takenAt, bytes };
}

/**
 * What was committed goes into the file, and the file is copied: bytes, for the engine's own copy of a database compresses
 * every column again, which takes twenty times as long, and binds every view anew.
 */
async function copyDatabase(session: DuckDbSession, { name, file }: Database, to: string, signal?: AbortSignal) {
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    await checkpoint(session, name, signal);
    if (await copyFile(file, to, signal)) return;
  }
  throw busy();
}

/** Waits for the statements that are at work in this process; those that begin meanwhile wait for it. */
async function checkpoint(session: DuckDbSession, database: string, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  const stop = () => session.cancel();
  const late = setTimeout(stop, patience);
  signal?.addEventListener("abort", stop, { once: true });
  try {
    await session.run(`force checkpoint ${quoteName(database)}`);
  } catch (error) {
    const cancelled = error instanceof ProblemError && error.problems.some(({ code }) => code === "cancelled");
    throw cancelled ? busy() : error;
  } finally {
    clearTimeout(late);
    signal?.removeEventListener("abort", stop);
  }
}

/** Writes into the copy of when it is. Opening it also shows that the engine can. */
async function mark(
  { api, database }: Instance,
  file: string,
  { takenAt, runId }: { readonly takenAt: string; readonly runId: string | null },
): Promise<void> {
  const name = quoteName(database);
  const values = [takenAt, runId].map((text) => (text === null ? "null" : quoteText(text))).join(", ");
  const statements = [
    `attach ${quoteText(file)} as ${name}`,
    `create or replace table ${name}.MEDFORM.SNAPSHOT (taken_at varchar not null, run_id varchar)`,
    `insert into ${name}.MEDFORM.SNAPSHOT values (${values})`,
    `checkpoint ${name}`,
    `detach ${name}`,
  ];
  const instance = await api.DuckDBInstance.create(":memory:", { threads: "1", memory_limit: "256MiB" });
  try {
    const connection = await instance.connect();
    try {
      for (const sql of statements) {
        await connection.run(sql).catch((error: unknown) => {
          throw rewriteError(error, sql);
        });
      }
    } finally {
      connection.disconnectSync();
    }
  } finally {
    instance.closeSync();
  }
}

const busy = () =>
  new ProblemError({
    code: "snapshot-busy",
    message: "no snapshot was taken: other statements of this process did not end in time",
    hint: "The former snapshot stays. Take one when nothing is at work.",
  });

const noRoom = (root: string, figures = "") =>
  new ProblemError({
    code: "snapshot-no-room",
    message: `no snapshot was taken: there is no room for it in ${root}${figures}`,
    hint: "The former snapshot stays. Make room, or keep fewer.",
  });

function problemOf(error: unknown, root: string): unknown {
  if (error instanceof ProblemError || !(error instanceof Error) || !("code" in error)) return error;
  if (error.code === "ENOSPC" || error.code === "EDQUOT") return noRoom(root);
  return new ProblemError({
    code: "snapshot-not-written",
    message: `no snapshot was taken: ${root} cannot be written (${String(error.code)})`,
    hint: "The former snapshot stays. Who runs medform must be able to write beside the warehouse's file.",
  });
}
