/** A file to load: its bytes as a stream, decompressed where it is gzip, and its identity. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { ProblemError } from "../graph/index.js";

export interface SourceFile {
  /** Absolute. */
  readonly path: string;
  /** As told to people and kept in `_FILE`: the name without its folder. */
  readonly name: string;
}

export interface Fingerprinted extends SourceFile {
  /** SHA-256 of the decompressed bytes, hex, so that `x.csv` and `x.csv.gz` are one content. */
  readonly hash: string;
  /** Decompressed. */
  readonly bytes: number;
  /** The first bytes of the content, for telling what it is. */
  readonly head: Buffer;
}

/** Enough for any header, and to tell what a file is. */
const HEAD_BYTES = 1024 * 1024;
const CHUNK_BYTES = 1024 * 1024;

/** Reads the whole file once. Errors: `load-unreadable`, `load-damaged-gzip`, or the signal's reason. */
export async function fingerprint(file: SourceFile, signal?: AbortSignal): Promise<Fingerprinted> {
  const hash = createHash("sha256");
  const head: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of contentOf(file, signal)) {
    hash.update(chunk);
    if (bytes < HEAD_BYTES) head.push(chunk.subarray(0, HEAD_BYTES - bytes));
    bytes += chunk.length;
  }
  return { ...file, hash: hash.digest("hex"), bytes, head: Buffer.concat(head) };
}

/**
 * The content again, in chunks of about 1 MiB, refusing at its end (`load-changed`) where it is no longer what was
 * fingerprinted, so that nothing is landed under the hash of something else.
 */
export async function* verifiedContent(file: Fingerprinted, signal?: AbortSignal): AsyncGenerator<Buffer> {
  const hash = createHash("sha256");
  for await (const chunk of contentOf(file, signal)) {
    hash.update(chunk);
    yield chunk;
  }
  if (hash.digest("hex") !== file.hash) throw changed(file);
}

export const changed = (file: SourceFile): ProblemError =>
  new ProblemError({
    code: "load-changed",
    message: `${file.name} changed while it was being loaded; nothing was loaded`,
    at: { file: file.name },
    hint: "Load it again when whoever writes it has finished.",
  });

async function* contentOf(file: SourceFile, signal?: AbortSignal): AsyncGenerator<Buffer> {
  signal?.throwIfAborted();
  const raw = createReadStream(file.path, { highWaterMark: CHUNK_BYTES });
  const gunzip = /\.gz$/i.test(file.name) ? createGunzip({ chunkSize: CHUNK_BYTES }) : undefined;
  // `pipeline` hands an error of either stream to the one that is read.
  if (gunzip !== undefined) pipeline(raw, gunzip, () => {});
  try {
    for await (const chunk of gunzip ?? raw) {
      signal?.throwIfAborted();
      yield chunk as Buffer;
    }
  } catch (error) {
    throw asProblem(error, file);
  } finally {
    raw.destroy();
    gunzip?.destroy();
  }
}

function asProblem(error: unknown, file: SourceFile): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === undefined) return error;
  if (code.startsWith("Z_")) {
    return new ProblemError({
      code: "load-damaged-gzip",
      message: `${file.name} is no gzip file, or a damaged or incomplete one`,
      at: { file: file.name },
      hint: "Fetch it again, and compare its size with the original.",
    });
  }
  if (["EACCES", "EPERM", "ENOENT", "EISDIR", "EIO", "ENOTDIR"].includes(code)) {
    return new ProblemError({
      code: "load-unreadable",
      message: `${file.name} cannot be read (${code})`,
      at: { file: file.name },
      hint:
        code === "ENOENT"
          ? "It was there when the load began. Load again when it is back; nothing was loaded."
          : "The user who runs the load needs the right to read it.",
    });
  }
  return error;
}
