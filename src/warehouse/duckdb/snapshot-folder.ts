/**
 * Where the snapshots of a warehouse file lie: `warehouse.snapshots` beside `warehouse.duckdb`. Each is a folder with a file
 * for each database, named as models call it, for that is the name that the engine gives a file that it opens; the newest
 * one's files have a second name (a hard link) that stays the same. What ends in `.new` is unfinished.
 */
import { link, open, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

export interface Kept {
  /** Rises strictly. */
  readonly number: number;
  /** The last run that had published something. */
  readonly runId: string | null;
  /** Absolute. */
  readonly folder: string;
}

const unpublished = "nothing-published";

export const snapshotsFolder = (path: string): string =>
  join(dirname(path), `${basename(path).replace(/\.duckdb$/, "")}.snapshots`);

export const fileOf = (folder: string, database: string): string => join(folder, `${database}.duckdb`);

/** A name for the next one; of a run's id only what is safe in a file's name. */
export function nextFolder(root: string, [newest]: readonly Kept[], runId: string | null): string {
  const number = String((newest?.number ?? 0) + 1).padStart(6, "0");
  return join(root, `${number}-${runId?.replace(/[^\w-]/g, "_") ?? unpublished}`);
}

/** Newest first; none where there is no folder. */
export async function keptSnapshots(path: string): Promise<readonly Kept[]> {
  const root = snapshotsFolder(path);
  const names = await readdir(root).catch(() => []);
  return names
    .flatMap((name): Kept[] => {
      const match = /^(\d{6,})-([\w-]+)$/.exec(name);
      if (match === null) return [];
      const runId = match[2] === unpublished ? null : (match[2] ?? null);
      return [{ number: Number(match[1]), runId, folder: join(root, name) }];
    })
    .sort((a, b) => b.number - a.number);
}

/** What a killed process left behind. Only who holds the warehouse may call this. */
export async function removeUnfinished(root: string): Promise<void> {
  for (const name of await readdir(root)) if (name.endsWith(".new")) await remove(join(root, name));
}

/** A child whose parent was killed may still write into it for a moment. */
export const remove = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true, maxRetries: 5 });

/** Gives the files of a snapshot their lasting names, each at once; who has the former file open keeps it. */
export async function expose(folder: string, root: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const draft = join(root, `${name}.new`);
    await rm(draft, { force: true });
    await link(join(folder, name), draft);
    await rename(draft, join(root, name));
    // Where the name was this file's already, the system renames nothing.
    await rm(draft, { force: true });
  }
  await sync(root);
}

/** Until the file, or the names in a folder, are on the disk. */
export async function sync(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
