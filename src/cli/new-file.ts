/** A file that stands under its name whole or not at all. */
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { ProblemError } from "../graph/index.js";

export interface NewFile {
  write(text: string): Promise<void>;
  /** Nothing more is written. */
  close(): Promise<void>;
  /** Puts it under its name, in place of what stands there. */
  keep(): Promise<void>;
  /** Takes it away, unless it was kept. */
  discard(): Promise<void>;
}

/**
 * Begins a file at an absolute path, in a folder that is made where there is none. `secret`: for its owner's eyes only.
 *
 * @throws ProblemError `export-not-written`, from here on and from each of its functions but `discard`.
 */
export async function newFile(
  path: string,
  { label, hint, secret = false }: { readonly label: string; readonly hint: string; readonly secret?: boolean },
): Promise<NewFile> {
  const unfinished = `${path}.new`;
  const attempt = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      const why = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
      throw new ProblemError({ code: "export-not-written", message: `${label} cannot be written${why}.`, hint });
    }
  };
  const handle = await attempt(async () => {
    await mkdir(dirname(path), { recursive: true, ...(secret && { mode: 0o700 }) });
    // What a process that was killed left there could be read by others.
    await rm(unfinished, { force: true });
    return open(unfinished, "wx", secret ? 0o600 : 0o666);
  });
  return {
    write: (text) => attempt(() => handle.writeFile(text)),
    close: () => attempt(() => handle.close()),
    keep: () => attempt(() => rename(unfinished, path)),
    discard: async () => {
      await handle.close().catch(() => undefined);
      await rm(unfinished, { force: true });
    },
  };
}
