/** Bytes as text, for lines that are kept although they cannot be rows. */
import { isUtf8 } from "node:buffer";

/**
 * The bytes as text that loses nothing: as they are where they are UTF-8 without NUL; else each byte that is not becomes
 * `\xHH` and a backslash becomes two, so that the bytes can be had back.
 */
export function rawText(bytes: Buffer): string {
  if (isUtf8(bytes) && !bytes.includes(0)) return bytes.toString("utf8");
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const size = sequenceLength(bytes, at);
    if (size === 0) {
      text += `\\x${(bytes[at] ?? 0).toString(16).padStart(2, "0").toUpperCase()}`;
      at += 1;
      continue;
    }
    const character = bytes.toString("utf8", at, at + size);
    text += character === "\\" ? "\\\\" : character;
    at += size;
  }
  return text;
}

/** Bytes of the valid UTF-8 character at this place, 0 where there is none or it is NUL. */
function sequenceLength(bytes: Buffer, at: number): number {
  const lead = bytes[at] ?? 0;
  if (lead === 0) return 0;
  const size = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  return at + size <= bytes.length && isUtf8(bytes.subarray(at, at + size)) ? size : 0;
}
