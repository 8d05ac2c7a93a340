/** Files that are on the disk when it is said that they are, and what goes wrong with them, in words. */
import { open, stat, statfs } from "node:fs/promises";
import { ProblemError } from "../graph/index.js";

/** Until the file, or the names in a folder, are on the disk. */
export async function sync(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Refuses before anything is written. */
export async function ensureRoom(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < bytes)
    throw noRoom(folder, `; it needs ${megabytes(bytes)}, and ${megabytes(bavail * bsize)} are free`);
}

const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e6)} MB`;

const noRoom = (folder: string, figures = "") =>
  new ProblemError(
    {
      code: "backup-no-room",
      message: `there is no room in ${folder}${figures}`,
      hint: "Nothing was changed. Make room there, or name another folder.",
    },
    3,
  );

/** The system's errors as problems; others as they are. */
export function problemOf(error: unknown, folder: string): unknown {
  if (error instanceof ProblemError || !(error instanceof Error) || !("code" in error)) return error;
  const code = String(error.code);
  if (["ENOSPC", "EDQUOT", "EFBIG"].includes(code)) return noRoom(folder);
  if (!/^E[A-Z0-9]+$/.test(code)) return error;
  return new ProblemError({
    code: "backup-not-written",
    message: `${folder} cannot be read or written (${code})`,
    hint: "Nothing was changed. Name a folder that may be written.",
  });
}
