/**
 * One CSV record in a buffer. Commas separate fields, a quote opens a quoted field only as a field's first byte, two quotes
 * within one are one, LF or CRLF ends a record. Works on bytes, so that nothing is decoded before it is known to be valid.
 */

const QUOTE = 0x22;
const COMMA = 0x2c;
const CR = 0x0d;
export const LF = 0x0a;

/** Beyond this a quoted field counts as never closed, and an unquoted line is no line. Bounds what is held in memory. */
export const LONGEST_RECORD = 16 * 1024 * 1024;

export interface Field {
  /** First byte of the value and the byte after its last one, quotes excluded. */
  readonly from: number;
  readonly to: number;
  readonly quoted: boolean;
  /** Holds two quotes that mean one. */
  readonly escaped: boolean;
}

export type Scan =
  /** `end`: after the last field, before the line end; `next`: where the next record begins. */
  | { readonly kind: "record"; readonly fields: readonly Field[]; readonly end: number; readonly next: number }
  /** The buffer ends within the record. */
  | { readonly kind: "more" }
  /** The quotes are wrong. The first physical line is at fault, for the next line may be sound. */
  | {
      readonly kind: "bad";
      readonly reason: "unclosed quote" | "text after a closing quote";
      readonly end: number;
      readonly next: number;
    };

const more: Scan = { kind: "more" };

/**
 * Reads the record that begins at `start`. `final`: nothing follows the buffer. `width`: expected number of fields; a quoted
 * field beyond it that runs over a line end is taken for an unclosed quote.
 */
export function scanRecord(buffer: Buffer, start: number, final: boolean, width: number): Scan {
  const length = buffer.length;
  const fields: Field[] = [];
  let at = start;
  for (;;) {
    if (at < length && buffer[at] === QUOTE) {
      const close = closingQuote(buffer, at);
      // A quote that is the buffer's last byte may be the first of two.
      if (close.at === -1 || (close.at + 1 >= length && !final)) {
        if (!final && length - start <= LONGEST_RECORD) return more;
        return bad(buffer, start, final, length);
      }
      if (fields.length >= width && firstLineEnd(buffer, start) < close.at) return bad(buffer, start, final, close.at);
      fields.push({ from: at + 1, to: close.at, quoted: true, escaped: close.escaped });
      at = close.at + 1;
      if (at >= length) return { kind: "record", fields, end: at, next: at };
      const byte = buffer[at];
      if (byte === COMMA) {
        at += 1;
        continue;
      }
      if (byte === LF) return { kind: "record", fields, end: at, next: at + 1 };
      if (byte === CR) {
        if (at + 1 >= length) return final ? { kind: "record", fields, end: at, next: at + 1 } : more;
        if (buffer[at + 1] === LF) return { kind: "record", fields, end: at, next: at + 2 };
      }
      return bad(buffer, start, final, close.at);
    }
    const from = at;
    while (at < length && buffer[at] !== COMMA && buffer[at] !== LF) at += 1;
    if (at >= length) {
      if (!final) return more;
      fields.push({ from, to: at, quoted: false, escaped: false });
      return { kind: "record", fields, end: at, next: at };
    }
    if (buffer[at] === LF) {
      const to = at > from && buffer[at - 1] === CR ? at - 1 : at;
      fields.push({ from, to, quoted: false, escaped: false });
      return { kind: "record", fields, end: to, next: at + 1 };
    }
    fields.push({ from, to: at, quoted: false, escaped: false });
    at += 1;
  }
}

/** The field's value: null for an empty field without quotes. The bytes must be valid UTF-8. */
export function fieldValue(buffer: Buffer, field: Field): string | null {
  if (field.from === field.to) return field.quoted ? "" : null;
  const text = buffer.toString("utf8", field.from, field.to);
  return field.escaped ? text.replaceAll('""', '"') : text;
}

function closingQuote(buffer: Buffer, open: number): { readonly at: number; readonly escaped: boolean } {
  let at = open + 1;
  let escaped = false;
  for (;;) {
    at = buffer.indexOf(QUOTE, at);
    if (at === -1 || buffer[at + 1] !== QUOTE) return { at, escaped };
    escaped = true;
    at += 2;
  }
}

function firstLineEnd(buffer: Buffer, start: number): number {
  const at = buffer.indexOf(LF, start);
  return at === -1 ? buffer.length : at;
}

/** `reached`: how far the quoted field went; beyond its first line means that the quote was never meant to go on. */
function bad(buffer: Buffer, start: number, final: boolean, reached: number): Scan {
  const lineEnd = buffer.indexOf(LF, start);
  if (lineEnd === -1) {
    if (!final && buffer.length - start <= LONGEST_RECORD) return more;
    return { kind: "bad", reason: reasonOf(reached, buffer.length), end: buffer.length, next: buffer.length };
  }
  const end = lineEnd > start && buffer[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd;
  return { kind: "bad", reason: reasonOf(reached, lineEnd), end, next: lineEnd + 1 };
}

const reasonOf = (reached: number, lineEnd: number) =>
  reached >= lineEnd ? ("unclosed quote" as const) : ("text after a closing quote" as const);
