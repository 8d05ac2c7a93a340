/** Which files a load is about, and which it is not. */
import { readdir, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { compareText, ProblemError } from "../graph/index.js";
import type { SourceFile } from "./source-file.js";
import { type DeliveredTable, deliveredTableOf, type FolderFormat } from "./tables.js";

export interface Found extends SourceFile {
  /** When it was last written. */
  readonly modified: Date;
}

export interface DeliveredFolder {
  /** In the order of their names. */
  readonly files: readonly { readonly file: Found; readonly table: DeliveredTable }[];
  /** Names of files that are no table of the format. */
  readonly ignored: readonly string[];
  /** Tables of the export that have no file. */
  readonly absent: readonly DeliveredTable[];
}

/** Errors: `load-no-such-path`, `load-not-a-folder`, `load-unreadable`, `load-no-table`, `load-ambiguous-file`. */
export async function discoverFolder(format: FolderFormat, folder: string): Promise<DeliveredFolder> {
  const path = resolve(folder);
  if (!(await statOf(path)).isDirectory()) {
    throw new ProblemError({
      code: "load-not-a-folder",
      message: `${basename(path)} is a file; ${format.name} loads a folder`,
      at: { file: basename(path) },
      hint: "Give the folder that holds the tables, or load one file with: medform load csv FILE --table NAME",
    });
  }
  const files: { file: Found; table: DeliveredTable }[] = [];
  const ignored: string[] = [];
  const names = await readdir(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  for (const inner of format.folders) {
    if (inner !== "." && !names.includes(inner)) continue;
    const place = join(path, inner);
    const found = await readdir(place).catch((error: unknown) => {
      throw unreadable(place, error);
    });
    for (const name of found.toSorted(compareText)) {
      const info = await statOf(join(place, name));
      if (info.isDirectory() || name.startsWith(".")) continue;
      const table = deliveredTableOf(format, name);
      if (table === undefined || !info.isFile()) ignored.push(name);
      else files.push({ file: { path: join(place, name), name, modified: info.mtime }, table });
    }
  }
  if (files.length === 0) {
    throw new ProblemError({
      code: "load-no-table",
      message: `${basename(path)} holds none of ${format.whose} tables`,
      at: { file: basename(path) },
      hint: names.includes("csv") ? "There is a folder csv in it: give that one." : format.looksLike,
    });
  }
  refuseTwice(files);
  const present = new Set(files.map(({ table }) => table));
  return { files, ignored, absent: format.tables.filter((table) => table.exported && !present.has(table)) };
}

/** Errors: `load-no-such-path`, `load-not-a-file`. */
export async function discoverFile(path: string): Promise<Found> {
  const absolute = resolve(path);
  const info = await statOf(absolute);
  if (!info.isFile()) {
    throw new ProblemError({
      code: "load-not-a-file",
      message: `${basename(absolute)} is no file`,
      at: { file: basename(absolute) },
      hint: "medform load csv takes one file; for a folder of Synthea's tables: medform load synthea-csv DIR",
    });
  }
  return { path: absolute, name: basename(absolute), modified: info.mtime };
}

/** One of `x.csv`, `x.csv.gz` and `x.parquet` is older than the other, and only a person knows which one is meant. */
function refuseTwice(files: readonly { readonly file: Found; readonly table: DeliveredTable }[]): void {
  for (const { file, table } of files) {
    const other = files.find((entry) => entry.table === table && kindOf(entry.file) !== kindOf(file));
    if (other === undefined) continue;
    throw new ProblemError({
      code: "load-ambiguous-file",
      message: `${table.name} is there twice: ${file.name} and ${other.file.name}`,
      at: { file: file.name },
      hint: "Keep the one that is meant in the folder.",
    });
  }
}

const kindOf = ({ name }: SourceFile) => /\.[^.]+$/.exec(name)?.[0].toLowerCase();

async function statOf(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT" || (error as NodeJS.ErrnoException).code === "ENOTDIR") {
      throw new ProblemError({
        code: "load-no-such-path",
        message: `${basename(path)} does not exist`,
        at: { file: basename(path) },
        hint: "Check the path; a relative one begins at the folder where the command runs.",
      });
    }
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): ProblemError {
  return new ProblemError({
    code: "load-unreadable",
    message: `${basename(path)} cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown error"})`,
    at: { file: basename(path) },
    hint: "The user who runs the load needs the right to read it.",
  });
}
