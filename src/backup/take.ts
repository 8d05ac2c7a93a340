/** Makes a backup under another name, reads it back, and gives it its name when it is found to be the warehouse. */
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { ProblemError } from "../graph/index.js";
import { quickDigestOf, type Warehouse } from "../warehouse/index.js";
import { type Contents, compareContents, contentsOf } from "./contents.js";
import { ensureRoom, exists, problemOf, sync } from "./disk.js";
import { backupFormat, type Manifest, manifestFile, sha256 } from "./manifest.js";

export interface TakeOptions {
  /** Opens the warehouse as its one writer. */
  readonly openWarehouse: () => Promise<Warehouse>;
  /** Opens a file of a database for reading, as the warehouse's. */
  readonly openCopy: (file: string) => Promise<Warehouse>;
  /** Bytes of the warehouse's file. */
  readonly bytes: number;
  /** Absolute; must not be there. */
  readonly folder: string;
  readonly signal?: AbortSignal;
}

export interface Taken {
  readonly folder: string;
  readonly manifest: Manifest;
}

/**
 * Nobody writes the warehouse from when it is read until it is copied. The copy is read as a whole afterwards, when others may
 * write the warehouse again.
 *
 * @throws ProblemError `backup-exists` (exit 3), `backup-no-room` (exit 3), `backup-not-written`, `backup-differs`, those of
 * opening, and the signal's reason.
 */
export async function takeBackup(options: TakeOptions): Promise<Taken> {
  const { folder, signal } = options;
  if (await exists(folder)) {
    throw new ProblemError(
      {
        code: "backup-exists",
        message: `${folder} is there already`,
        hint: "A backup is a folder of its own: name another one, such as one with today's date.",
      },
      3,
    );
  }
  const draft = `${folder}.new`;
  try {
    await mkdir(dirname(folder), { recursive: true });
    await ensureRoom(dirname(folder), options.bytes);
    const manifest = await fill(draft, options);
    await rename(draft, folder);
    await sync(dirname(folder));
    return { folder, manifest };
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw problemOf(error, folder);
  }
}

async function fill(draft: string, { openWarehouse, openCopy, signal }: TakeOptions): Promise<Manifest> {
  const source = await copied(draft, openWarehouse, signal);
  try {
    const { database, engineVersion, quick, takenAt, runId } = source;
    const main = source.files.find((each) => each.database === database)?.file ?? "";
    const contents = await provenContents(await openCopy(main), quick, signal);
    const files: Manifest["files"] = [];
    for (const { file, ...each } of source.files) {
      files.push({ ...each, file: basename(file), sha256: await sha256(file, signal) });
    }
    const { relations, ledger } = contents;
    const about = { format: backupFormat, engine: "duckdb", engineVersion, database, takenAt, runId } as const;
    const manifest: Manifest = { ...about, files, relations: [...relations], ledger };
    const path = join(draft, manifestFile);
    await writeFile(path, `${JSON.stringify(manifest, null, 1)}\n`, { mode: 0o600 });
    await sync(path);
    await sync(draft);
    return manifest;
  } catch (error) {
    await rm(draft, { recursive: true, force: true }).catch(() => undefined);
    throw error;
  }
}

/** What a copy holds, when it is found to be what the warehouse held; closes it. */
async function provenContents(copy: Warehouse, expected: Contents, signal?: AbortSignal): Promise<Contents> {
  await using open = copy;
  const differences = compareContents(expected, await contentsOf(open, signal, quickDigestOf));
  if (differences.length > 0) throw differs(differences[0]?.relation ?? "", differences.length);
  return await contentsOf(open, signal);
}

async function copied(draft: string, openWarehouse: TakeOptions["openWarehouse"], signal?: AbortSignal) {
  await using warehouse = await openWarehouse();
  try {
    // Who holds the warehouse is the only one to write here: what is there was left by one that was killed.
    await rm(draft, { recursive: true, force: true });
    await mkdir(draft, { mode: 0o700 });
    const quick = await contentsOf(warehouse, signal, quickDigestOf);
    const copy = await warehouse.snapshots.copyTo(draft, signal);
    return { ...copy, quick, database: warehouse.database, engineVersion: warehouse.engineVersion };
  } catch (error) {
    await rm(draft, { recursive: true, force: true, maxRetries: 5 }).catch(() => undefined);
    throw error;
  }
}

const differs = (relation: string, count: number) =>
  new ProblemError({
    code: "backup-differs",
    message: `the copy is not the warehouse: ${relation}${count === 1 ? "" : ` and ${count - 1} more`}`,
    hint: "No backup was made. The disk under one of the two may be failing.",
  });
