/**
 * The folder of a sample. Tables are written under temporary names and renamed when all are there; the manifest comes last, so
 * that what was interrupted never looks complete, and is known as a sample all the same.
 */
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { ProblemError } from "../graph/index.js";
import { fileOf, headerOf, MANIFEST, type Manifest, type SampleFile, sampleFiles, written } from "./manifest.js";

const PART = ".part";
/** Bytes that are held for a file before they are written. */
const HELD = 256 * 1024;

export interface SampleFolder {
  write(file: SampleFile, lines: readonly string[]): void;
  /** Waits where much is held; call it now and then. */
  drain(): Promise<void>;
  /** Renames everything into place; `manifest` gets the count of lines of each file. */
  finish(manifest: (rows: Readonly<Record<SampleFile, number>>) => Manifest): Promise<Manifest>;
  /** Removes what was begun, and leaves a former sample as it was. */
  discard(): Promise<void>;
}

interface OpenFile {
  readonly handle: FileHandle;
  /** Bytes and not text, so that a line is garbage as soon as it is made. */
  buffer: Buffer;
  held: number;
  rows: number;
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

/** Errors: `sample-folder-in-use`, `sample-folder`. `begun` marks the folder until the sample is complete. */
export async function openFolder(dir: string, begun: Manifest): Promise<SampleFolder> {
  await refuseForeign(dir);
  const partOf = (name: string) => join(dir, `${name}${PART}`);
  const files = new Map<SampleFile, OpenFile>();
  try {
    await mkdir(dir, { recursive: true });
    await writeFile(partOf(MANIFEST), json(begun));
    for (const table of written) {
      const handle = await open(partOf(fileOf(table)), "w");
      const file = { handle, buffer: Buffer.allocUnsafe(4096), held: 0, rows: 0 };
      hold(file, headerOf(table));
      files.set(table, file);
    }
  } catch (error) {
    throw unusable(dir, error);
  }
  const flush = async (least: number) => {
    for (const file of files.values()) {
      if (file.held < least) continue;
      await file.handle.writeFile(file.buffer.subarray(0, file.held));
      file.held = 0;
    }
  };
  return {
    write(table, lines) {
      const file = files.get(table) as OpenFile;
      for (const line of lines) hold(file, line);
      file.rows += lines.length;
    },
    drain: () => flush(HELD),
    async finish(manifest) {
      await flush(1);
      for (const { handle } of files.values()) {
        await handle.close();
      }
      const rows = Object.fromEntries([...files].map(([table, file]) => [table, file.rows])) as Record<
        SampleFile,
        number
      >;
      await rm(join(dir, MANIFEST), { force: true });
      for (const table of written) await rename(partOf(fileOf(table)), join(dir, fileOf(table)));
      const complete = manifest(rows);
      await writeFile(partOf(MANIFEST), json(complete));
      await rename(partOf(MANIFEST), join(dir, MANIFEST));
      return complete;
    },
    async discard() {
      for (const { handle } of files.values()) await handle.close().catch(() => undefined);
      for (const name of sampleFiles) await rm(partOf(name), { force: true });
    },
  };
}

const json = (manifest: Manifest) => `${JSON.stringify(manifest, null, 2)}\n`;

/** A folder is free that is empty or not there, or that holds a sample, complete or not, and nothing else. */
async function refuseForeign(dir: string): Promise<void> {
  const names = await readdir(dir).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw unusable(dir, error);
  });
  if (names.length === 0) return;
  const foreign = names.filter((name) => !sampleFiles.has(name.endsWith(PART) ? name.slice(0, -PART.length) : name));
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
