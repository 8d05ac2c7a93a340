/** The anchor file: appended to and made durable, never rewritten. Several ledgers may share one. */
import { type FileHandle, open, readFile, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { ProblemError } from "../graph/index.js";
import { type Anchor, type AnchorLine, anchorLine, anchorLines, parseAnchor } from "./anchor.js";

/** Bytes from its end that are read at a time, for the last anchor of a ledger: some 150 lines. */
const part = 64 * 1024;

/** With which every line begins. */
const brace = 0x7b;

/**
 * Proves that it can be appended to; made where it is missing.
 *
 * @throws ProblemError `anchor-file` where it holds something else, such as a key or a warehouse. What the system says of a
 * file that cannot be written is thrown as it is.
 */
export async function touchAnchorFile(file: string): Promise<void> {
  await using handle = await open(file, "a+", 0o644);
  const [first = brace] = (await handle.stat()).isFile() ? await bytes(handle, 0, 1) : [];
  if (first !== brace) {
    throw new ProblemError({
      code: "anchor-file",
      message: "The anchor file holds something else than anchors, so nothing is appended to it.",
      hint: "MEDFORM_ANCHOR_FILE names a file that only has anchors, or one that is not there yet.",
    });
  }
  await handle.sync();
}

export async function readAnchorFile(file: string): Promise<readonly AnchorLine[]> {
  return anchorLines(await readFile(file, "utf8"));
}

/** Bytes. */
export async function anchorFileSize(file: string): Promise<number> {
  return (await stat(file)).size;
}

/** One write and one sync. A line that broke off before is left as it is, and ended. */
export async function appendAnchor(file: string, anchor: Anchor): Promise<void> {
  await using handle = await open(file, "a+", 0o644);
  const { size } = await handle.stat();
  const [last] = size === 0 ? [] : await bytes(handle, size - 1, 1);
  const line = Buffer.from(`${last === undefined || last === 0x0a ? "" : "\n"}${anchorLine(anchor)}\n`, "utf8");
  const { bytesWritten } = await handle.write(line);
  if (bytesWritten !== line.length) throw new Error("the line was not written whole");
  await handle.sync();
  if (size > 0) return;
  // A file is only durable with its folder's entry; some systems cannot sync a folder.
  await using folder = await open(dirname(file), "r");
  await folder.sync().catch(() => undefined);
}

async function bytes(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

/** Read from the end, so that the cost does not grow with the file. */
export async function lastAnchorOf(file: string, ledger: string): Promise<Anchor | undefined> {
  await using handle = await open(file, "r");
  let { size: end } = await handle.stat();
  let rest = Buffer.alloc(0);
  while (end > 0) {
    const start = Math.max(0, end - part);
    const read = Buffer.concat([await bytes(handle, start, end - start), rest]);
    // The first line of a part may have begun before it.
    const cut = start === 0 ? 0 : read.indexOf(0x0a) + 1;
    const lines = read.subarray(cut).toString("utf8").split("\n");
    const found = lines.map(parseAnchor).findLast((anchor) => anchor?.ledger === ledger);
    if (found !== undefined) return found;
    rest = start === 0 ? rest : Buffer.from(read.subarray(0, cut));
    end = start;
  }
  return undefined;
}
