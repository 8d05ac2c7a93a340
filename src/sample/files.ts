/**
 * The folder of a sample. Tables are written under temporary names and renamed when all are there; the manifest comes last, so
 * that what was interrupted never looks complete, and is known as a sample all the same.
 */
import { mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { ProblemError } from "../graph/index.js";
import {
  columnsIn,
  type Format,
  fileOf,
  MANIFEST,
  type Manifest,
  type SampleFile,
  sampleFiles,
  written,
} from "./manifest.js";
import { openParquet, type ParquetWriter } from "./parquet.js";
import { LINKED } from "./tables.js";

const PART = ".part";
/** Bytes of text that become a part of a Parquet file at a time. */
const SEGMENT = 64 * 1024 * 1024;
/** Bytes that are held before they are written: for a file, and for each of many. */
const HELD = 256 * 1024;
const HELD_OF_MANY = 32 * 1024;

export interface SampleFolder {
  /** `day`: the folder of that date in it. */
  write(file: SampleFile, lines: readonly string[], day?: string): void;
  /** Waits where much is held; call it now and then. */
  drain(): Promise<void>;
  /** Renames everything into place; `manifest` gets the count of lines of each file. */
  finish(manifest: (rows: Readonly<Record<SampleFile, number>>) => Manifest): Promise<Manifest>;
  /** Removes what was begun, and leaves a former sample as it was. */
  discard(): Promise<void>;
}

interface OpenFile {
  /** Within the folder. */
  readonly path: string;
  readonly file: SampleFile;
  /** Bytes and not text, so that a line is garbage as soon as it is made. */
  buffer: Buffer;
  held: number;
  rows: number;
  /** Bytes of text on the disk that are no Parquet yet. */
  text: number;
  isBegun: boolean;
  /** Parts of a Parquet file. */
  segments: number;
}

function hold(file: OpenFile, line: string): void {
  // No character takes more than three bytes for each of its units.
  const needed = file.held + line.length * 3 + 1;
  if (needed > file.buffer.length) {
    const larger = Buffer.allocUnsafe(Math.max(needed, file.buffer.length * 2));
    file.buffer.copy(larger, 0, 0, file.held);
    file.buffer = larger;
  }
  file.held += file.buffer.write(line, file.held);
  file.buffer[file.held] = 0x0a;
  file.held += 1;
}

/**
 * Errors: `sample-folder-in-use`, `sample-folder`. `begun` marks the folder until the sample is complete. With `days` each has a
 * folder of its own, the first with every table, the others with those that they have rows of. A Parquet file is written as text
 * first, some of it at a time, so that neither memory nor disk must hold the whole as text.
 */
export async function openFolder(
  dir: string,
  begun: Manifest,
  days: readonly string[] = [],
  format: Format = "csv",
  segment = SEGMENT,
): Promise<SampleFolder> {
  await refuseForeign(dir);
  const parquet = format === "parquet" ? await openParquet() : undefined;
  const partOf = (path: string) => join(dir, `${path}${PART}`);
  const files = new Map<string, OpenFile>();
  const fileIn = (day: string, file: SampleFile): OpenFile => {
    const path = join(day, fileOf(file, format));
    const known = files.get(path);
    if (known !== undefined) return known;
    const counts = { held: 0, rows: 0, text: 0, segments: 0 };
    const fresh = { path, file, buffer: Buffer.allocUnsafe(1024), isBegun: false, ...counts };
    if (parquet === undefined) hold(fresh, columnsIn(file).join(","));
    files.set(path, fresh);
    return fresh;
  };
  const textOf = ({ path }: OpenFile) => partOf(parquet === undefined ? path : `${path}.text`);
  const segmentOf = ({ path }: OpenFile, number: number) => partOf(`${path}.${number}`);
  const flush = async (least: number) => {
    for (const file of files.values()) {
      if (file.held < least) continue;
      await writeFile(textOf(file), file.buffer.subarray(0, file.held), { flag: file.isBegun ? "a" : "w" });
      file.text += file.held;
      file.held = 0;
      file.isBegun = true;
      if (parquet !== undefined && file.text >= segment) await convert(parquet, file);
    }
  };
  const convert = async (writer: ParquetWriter, file: OpenFile) => {
    file.segments += 1;
    if (!file.isBegun) await writeFile(textOf(file), "");
    await writer.convert(textOf(file), columnsIn(file.file), segmentOf(file, file.segments));
    await rm(textOf(file));
    file.text = 0;
    file.isBegun = false;
  };
  const gather = async (writer: ParquetWriter, file: OpenFile) => {
    if (file.isBegun || file.segments === 0) await convert(writer, file);
    const parts = Array.from({ length: file.segments }, (_, index) => segmentOf(file, index + 1));
    if (parts.length === 1) await rename(parts[0] as string, partOf(file.path));
    else await writer.merge(parts, partOf(file.path));
    for (const part of parts) await rm(part, { force: true });
  };
  try {
    await mkdir(dir, { recursive: true });
    await writeFile(partOf(MANIFEST), json(begun));
    for (const day of days) await mkdir(join(dir, day), { recursive: true });
    for (const file of written) fileIn(file === LINKED ? "" : (days[0] ?? ""), file);
    await flush(1);
  } catch (error) {
    throw unusable(dir, error);
  }
  return {
    write(file, lines, day = "") {
      const open = fileIn(day, file);
      for (const line of lines) hold(open, line);
      open.rows += lines.length;
    },
    drain: () => flush(days.length > 1 ? HELD_OF_MANY : HELD),
    async finish(manifest) {
      await flush(1);
      if (parquet !== undefined) for (const file of files.values()) await gather(parquet, file);
      await parquet?.[Symbol.asyncDispose]();
      const rows = Object.fromEntries(written.map((file) => [file, 0])) as Record<SampleFile, number>;
      for (const open of files.values()) rows[open.file] += open.rows;
      await rm(join(dir, MANIFEST), { force: true });
      await clear(dir, new Set(files.keys()));
      for (const { path } of files.values()) await rename(partOf(path), join(dir, path));
      const complete = manifest(rows);
      for (const day of complete.days ?? []) {
        await writeFile(join(dir, day.day, MANIFEST), json({ medform: "sample", complete: true, ...day }));
      }
      await writeFile(partOf(MANIFEST), json(complete));
      await rename(partOf(MANIFEST), join(dir, MANIFEST));
      return complete;
    },
    async discard() {
      await parquet?.[Symbol.asyncDispose]();
      for (const file of files.values()) {
        for (const part of [partOf(file.path), textOf(file)]) await rm(part, { force: true });
        for (let number = 1; number <= file.segments; number += 1) await rm(segmentOf(file, number), { force: true });
      }
      await rm(partOf(MANIFEST), { force: true });
      for (const day of days) await rmdir(join(dir, day)).catch(() => undefined);
    },
  };
}

/** Removes what a former sample has and this one does not. */
async function clear(dir: string, kept: ReadonlySet<string>): Promise<void> {
  for (const name of await readdir(dir)) {
    if (isDay(name)) {
      for (const inner of await readdir(join(dir, name))) {
        const path = join(name, inner.endsWith(PART) ? inner.slice(0, -PART.length) : inner);
        if (!inner.endsWith(PART) || !kept.has(path)) await rm(join(dir, name, inner), { force: true });
      }
      await rmdir(join(dir, name)).catch(() => undefined);
    } else if (!name.endsWith(PART) && !kept.has(name)) await rm(join(dir, name), { force: true });
  }
}

const isDay = (name: string) => /^\d{4}-\d{2}-\d{2}$/.test(name);
const isPartOfSample = (name: string) => sampleFiles.has(name.replace(/(?:\.text|\.\d+)?\.part$/, ""));

const json = (manifest: object) => `${JSON.stringify(manifest, null, 2)}\n`;

/** A folder is free that is empty or not there, or that holds a sample, complete or not, and nothing else. */
async function refuseForeign(dir: string): Promise<void> {
  const names = await readdir(dir).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw unusable(dir, error);
  });
  if (names.length === 0) return;
  const foreign: string[] = [];
  for (const name of names) {
    if (isDay(name))
      foreign.push(...(await readdir(join(dir, name)).catch(() => [name])).filter((inner) => !isPartOfSample(inner)));
    else if (!isPartOfSample(name)) foreign.push(name);
  }
  const isOurs = (await isSample(join(dir, MANIFEST))) || (await isSample(join(dir, `${MANIFEST}${PART}`)));
  if (isOurs && foreign.length === 0) return;
  throw new ProblemError({
    code: "sample-folder-in-use",
    message: isOurs
      ? `${basename(dir)} holds a sample and ${foreign.length} other ${foreign.length === 1 ? "file" : "files"}`
      : `${basename(dir)} is not empty and holds no sample`,
    at: { file: basename(dir) },
    hint: "Give --out a new folder, an empty one, or one that holds nothing but a sample: that is overwritten.",
  });
}

async function isSample(path: string): Promise<boolean> {
  try {
    const content: unknown = JSON.parse(await readFile(path, "utf8"));
    return typeof content === "object" && content !== null && "medform" in content && content.medform === "sample";
  } catch {
    return false;
  }
}

function unusable(dir: string, error: unknown): ProblemError {
  return new ProblemError({
    code: "sample-folder",
    message: `${basename(dir)} cannot be written (${(error as NodeJS.ErrnoException).code ?? "unknown error"})`,
    at: { file: basename(dir) },
    hint: "The sample needs a folder that it may create files in.",
  });
}
