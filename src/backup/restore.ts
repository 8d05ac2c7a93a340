/** Puts a backup into the place of a warehouse: copied and read beside that place, then given its name. */
import { chmod, constants, copyFile, link, mkdir, realpath, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { ProblemError, quoteName } from "../graph/index.js";
import type { Warehouse } from "../warehouse/index.js";
import { ensureRoom, exists, problemOf, sync } from "./disk.js";
import { type Manifest, readManifest } from "./manifest.js";
import { fileOf, refuseUnverified, verifyFiles } from "./verify.js";

export interface RestoreOptions {
  /** Of the backup; absolute. */
  readonly folder: string;
  /** The warehouse's file; absolute. Other databases lie beside it. */
  readonly path: string;
  /** The name that the project's models call the warehouse's database by. */
  readonly database: string;
  /** What is there is put aside. */
  readonly replace: boolean;
  /** Opens the warehouse that is there as its one writer. */
  readonly openWarehouse: () => Promise<Warehouse>;
  /** Opens a file of a database for reading, as the warehouse's. */
  readonly openCopy: (file: string) => Promise<Warehouse>;
  /** Notes in a file of the warehouse, which is not in its place yet, that it was restored, and closes it again. */
  readonly record: (file: string, manifest: Manifest) => Promise<void>;
  readonly signal?: AbortSignal;
}

export interface Restored {
  readonly manifest: Manifest;
  /** Where what was there is now; null where nothing was. */
  readonly aside: string | null;
}

/** A file of the backup and where it belongs; the warehouse's own is the first. */
interface Place {
  readonly draft: string;
  readonly path: string;
}

/**
 * Nothing that is there is written over or removed. Until the last moment the former warehouse stays where it is; for a moment
 * there is none; then there is the new one.
 *
 * @throws ProblemError `restore-exists`, `locked` (both exit 3), `restore-other-database`, `restore-raced`, those of verifying,
 * and the signal's reason.
 */
export async function restoreBackup(given: RestoreOptions): Promise<Restored> {
  // The file that a link leads to is the warehouse; the link stays.
  const path = await realpath(given.path).catch(() => given.path);
  const options = { ...given, path };
  const { folder, signal } = options;
  const manifest = await readManifest(folder);
  refuseOther(manifest, options.database);
  const drafts = `${path}.restoring`;
  const places = [
    { draft: join(drafts, fileOf(manifest, manifest.database)), path },
    ...manifest.files
      .filter(({ database }) => database !== manifest.database)
      .map(({ file }) => ({ draft: join(drafts, file), path: join(dirname(path), file) })),
  ];
  const inTheWay: string[] = [];
  for (const place of places) if (await exists(place.path)) inTheWay.push(place.path);
  if (inTheWay.length > 0 && !options.replace) throw taken(inTheWay[0] ?? path);
  try {
    await mkdir(dirname(path), { recursive: true });
    await rm(drafts, { recursive: true, force: true });
    await ensureRoom(
      dirname(path),
      manifest.files.reduce((sum, { bytes }) => sum + bytes, 0),
    );
    await mkdir(drafts, { mode: 0o700 });
    for (const { draft } of places) {
      signal?.throwIfAborted();
      await copyFile(join(folder, basename(draft)), draft, constants.COPYFILE_FICLONE).catch(absent);
    }
    refuseUnverified(await verifyFiles(manifest, { folder: drafts, openCopy: options.openCopy, signal }));
    const [own] = places;
    // Before it has its name: nobody ever sees it without.
    if (own !== undefined && manifest.ledger !== null) await options.record(own.draft, manifest);
    for (const { draft } of places) {
      await chmod(draft, 0o600);
      await sync(draft);
    }
    signal?.throwIfAborted();
    const aside = inTheWay.length === 0 ? null : await putAside(places, options, manifest);
    await putIn(places);
    return { manifest, aside };
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw problemOf(error, dirname(path));
  } finally {
    await rm(drafts, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** A file that the backup has not is found when it is verified, and told there. */
function absent(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}

function refuseOther({ database }: Manifest, wanted: string): void {
  if (database === wanted) return;
  throw new ProblemError({
    code: "restore-other-database",
    message: `the backup is of a database that is called ${database}, and this project calls its own ${wanted}`,
    hint: "Its views name it so. Restore it with the project and environment that it was taken with.",
  });
}

const taken = (path: string) =>
  new ProblemError(
    {
      code: "restore-exists",
      message: `${path} is there already`,
      hint: "--replace puts it aside, to be found again; or name another place with MEDFORM_DUCKDB.",
    },
    3,
  );

/** Moves what is there into a folder of its own, where it can be opened as a warehouse. Nobody else can open it meanwhile. */
async function putAside(places: readonly Place[], options: RestoreOptions, manifest: Manifest): Promise<string> {
  const { path } = options;
  const stamp = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, "");
  const folder = join(dirname(path), `${basename(path).replace(/\.duckdb$/, "")}.before-restore-${stamp}`);
  const held = (await exists(path)) ? await hold(options) : undefined;
  try {
    await mkdir(folder, { mode: 0o700 });
    // The warehouse itself first: without it, what is left here is none.
    const files = new Set([path, ...places.map((place) => place.path), ...(held?.files ?? [])]);
    for (const from of files) {
      const name = from === path ? fileOf(manifest, manifest.database) : basename(from);
      for (const end of ["", ".wal"]) {
        if (await exists(`${from}${end}`)) await rename(`${from}${end}`, join(folder, `${name}${end}`));
      }
    }
    await sync(folder);
    await sync(dirname(path));
    return folder;
  } finally {
    await held?.warehouse[Symbol.asyncDispose]();
  }
}

interface Held {
  readonly warehouse: Warehouse;
  /** Of all its databases. */
  readonly files: readonly string[];
}

/** The one writer of what is there, with everything written to its place; undefined where it is too damaged to be opened. */
async function hold({ openWarehouse, path }: RestoreOptions): Promise<Held | undefined> {
  let warehouse: Warehouse | undefined;
  try {
    warehouse = await openWarehouse();
    await using session = await warehouse.session();
    const databases = await session.rows(
      "select database_name as name, path from duckdb_databases() where not internal and path is not null",
    );
    for (const { name } of databases) await session.run(`force checkpoint ${quoteName(String(name))}`);
    const own = warehouse.database;
    const others = databases
      .filter(({ name }) => name !== own)
      .map((each) => join(dirname(path), basename(String(each.path))));
    return { warehouse, files: others };
  } catch (error) {
    await warehouse?.[Symbol.asyncDispose]();
    const codes = error instanceof ProblemError ? error.problems.map(({ code }) => code) : [];
    if (codes.some((code) => code === "warehouse-damaged" || code === "not-a-warehouse")) return undefined;
    throw error;
  }
}

/** A link is refused where something has the name meanwhile. The warehouse itself last: with it, all is there. */
async function putIn(places: readonly Place[]): Promise<void> {
  for (const { draft, path } of places.toReversed()) {
    await link(draft, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
      throw new ProblemError(
        {
          code: "restore-raced",
          message: `somebody else has made ${path} meanwhile`,
          hint: "It was left as it is. Find out who writes here, stop that, and restore again with --replace.",
        },
        3,
      );
    });
  }
  for (const { path } of places) await sync(dirname(path));
}
