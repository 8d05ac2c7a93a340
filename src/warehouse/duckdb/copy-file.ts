/**
 * Copies a database file that this process has open, in a process of its own: the system drops all locks that a process has
 * on a file when it closes any descriptor of that file, the engine's lock on the warehouse too.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** The engine's headers: written anew whenever what they point to has changed, and by nothing else. */
const headerBytes = 3 * 4096;
const changed = 75;

/** Ends with its parent, and says by its exit code whether the file stayed the same meanwhile. */
const script = `
const { constants, promises: { copyFile, open } } = require("node:fs");
const [from, to] = process.argv.slice(1);
process.stdin.on("end", () => process.exit(1)).resume();
const headers = async () => {
  const file = await open(from);
  const { buffer } = await file.read(Buffer.alloc(${headerBytes}), 0, ${headerBytes}, 0);
  await file.close();
  return buffer;
};
const copy = async () => {
  const before = await headers();
  await copyFile(from, to, constants.COPYFILE_FICLONE);
  process.exit(before.equals(await headers()) ? 0 : ${changed});
};
copy().catch((error) => process.stderr.write(String(error.code), () => process.exit(1)));
`;

/**
 * Copies what the last checkpoint wrote, whatever commits meanwhile; shares the blocks where the file system can.
 *
 * @returns false where another checkpoint came between: the copy is not whole.
 * @throws an error with the system's `code` (`ENOSPC`), and the signal's reason where that is aborted.
 */
export async function copyFile(from: string, to: string, signal?: AbortSignal): Promise<boolean> {
  try {
    const env = { ...process.env, NODE_OPTIONS: "" };
    await promisify(execFile)(process.execPath, ["-e", script, from, to], { env, signal });
    return true;
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    if (error instanceof Error && "code" in error && error.code === changed) return false;
    const code = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : "";
    throw Object.assign(new Error("the file could not be copied"), { code: /^E[A-Z0-9]+$/.test(code) ? code : "EIO" });
  }
}
