/**
 * Part files of a load: gzip, one JSON array a line, written as they come and closed when they are large enough. What is on the
 * disk is readable by its owner alone, for as long as it is on its way, and no longer.
 */
import { once } from "node:events";
import { createWriteStream, rmSync } from "node:fs";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { createGzip, type Gzip } from "node:zlib";

/** Bytes before compression; COPY reads parts in parallel, and some 16 MB of each are sent. */
export const defaultPartBytes = 128 * 1024 * 1024;

const prefix = "medform-load-";

/** A folder for parts, emptied of what dead processes left of theirs. */
export interface PartFolder extends AsyncDisposable {
  readonly path: string;
}

export async function partFolder(parent = tmpdir()): Promise<PartFolder> {
  await removeOrphans(parent);
  // Readable by its owner alone, as mkdtemp makes folders.
  const path = await mkdtemp(join(parent, `${prefix}${process.pid}-`));
  const leave = () => rmSync(path, { recursive: true, force: true });
  process.once("exit", leave);
  return {
    path,
    async [Symbol.asyncDispose]() {
      process.off("exit", leave);
      await rm(path, { recursive: true, force: true });
    },
  };
}

async function removeOrphans(parent: string): Promise<void> {
  for (const name of await readdir(parent).catch(() => [])) {
    const pid = Number(new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1] ?? Number.NaN);
    if (Number.isNaN(pid) || isAlive(pid)) continue;
    const path = join(parent, name);
    const owner = await stat(path).catch(() => undefined);
    if (owner === undefined || owner.uid !== (process.getuid?.() ?? owner.uid)) continue;
    await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Writes lines into parts, one after another, and hands over each that is closed. */
export class PartSeries {
  #gzip: Gzip | undefined;
  #written: Promise<void> = Promise.resolve();
  #bytes = 0;
  #path = "";
  #parts = 0;

  constructor(
    private readonly folder: string,
    private readonly name: string,
    private readonly partBytes: number,
    /** Takes a closed part; waits where too many are on their way. */
    private readonly take: (path: string) => Promise<void>,
  ) {}

  /** How many there were, the open one too. */
  get parts(): number {
    return this.#parts;
  }

  /** Whole lines, each with its line end. */
  async write(lines: string): Promise<void> {
    const gzip = this.#gzip ?? this.#open();
    this.#bytes += lines.length;
    if (!gzip.write(lines)) await Promise.race([once(gzip, "drain"), this.#written]);
    if (this.#bytes >= this.partBytes) await this.close();
  }

  async close(): Promise<void> {
    const gzip = this.#gzip;
    if (gzip === undefined) return;
    this.#gzip = undefined;
    gzip.end();
    await this.#written;
    await this.take(this.#path);
  }

  /** For one that will not be closed: nothing is written any more. */
  async abandon(): Promise<void> {
    this.#gzip?.destroy();
    this.#gzip = undefined;
    await this.#written.catch(() => undefined);
  }

  #open(): Gzip {
    this.#path = join(this.folder, `${this.name}_${this.#parts}.json.gz`);
    this.#parts += 1;
    this.#bytes = 0;
    const gzip = createGzip({ level: 1, chunkSize: 256 * 1024 });
    const file = createWriteStream(this.#path, { flags: "wx", mode: 0o600 });
    gzip.on("error", (error) => file.destroy(error));
    file.on("error", (error) => gzip.destroy(error));
    gzip.pipe(file);
    this.#written = finished(file);
    this.#written.catch(() => undefined);
    this.#gzip = gzip;
    return gzip;
  }
}
