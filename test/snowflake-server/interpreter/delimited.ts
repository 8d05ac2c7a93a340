/** Delimited files as COPY is documented to read them, for the settings that medform sends; nothing here is of medform's reader. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

export interface DelimitedRecord {
  /** From 1; those that cannot be read are counted. */
  readonly number: number;
  /** 1-based line on which it begins. */
  readonly line: number;
  readonly text: string;
  readonly fields: readonly string[];
  /** Why it cannot be read. */
  readonly error?: { readonly code: string; readonly message: string };
}

export function contentOf(file: string): string {
  const bytes = readFileSync(file);
  return (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString("utf8");
}

interface Read {
  readonly fields: readonly string[];
  /** Where the next record begins. */
  readonly next: number;
  readonly error?: DelimitedRecord["error"];
}

/** Fields are separated by commas and may be enclosed in quotes, doubled within; blank lines are no records. */
export function delimited(content: string): readonly DelimitedRecord[] {
  const records: DelimitedRecord[] = [];
  let line = 1;
  for (let at = 0; at < content.length; ) {
    const { fields, next, error } = recordAt(content, at);
    const text = content.slice(at, next).replace(/\r?\n$/, "");
    if (text !== "") records.push({ number: records.length + 1, line, text, fields, ...(error && { error }) });
    line += content.slice(at, next).split("\n").length - 1;
    at = next;
  }
  return records;
}

function recordAt(content: string, start: number): Read {
  const lineEnd = content.indexOf("\n", start);
  const nextLine = lineEnd === -1 ? content.length : lineEnd + 1;
  const broken = (code: string, message: string): Read => ({ fields: [], next: nextLine, error: { code, message } });
  const fields: string[] = [];
  for (let at = start; ; ) {
    if (content[at] === '"') {
      const end = closingQuote(content, at + 1);
      if (end === -1) return broken("100069", "End of file reached before the end of a record");
      fields.push(content.slice(at + 1, end).replaceAll('""', '"'));
      at = end + 1;
    } else {
      const end = content.slice(at).search(/,|\r?\n|\r?$/);
      fields.push(content.slice(at, at + end));
      at += end;
    }
    if (content[at] === ",") at += 1;
    else if (at >= content.length) return { fields, next: content.length };
    else if (content[at] === "\n") return { fields, next: at + 1 };
    else if (content.startsWith("\r\n", at)) return { fields, next: at + 2 };
    else return broken("100066", "Found another character instead of field delimiter ','");
  }
}

function closingQuote(content: string, from: number): number {
  for (let at = from; at < content.length; at += 1) {
    if (content[at] !== '"') continue;
    if (content[at + 1] !== '"') return at;
    at += 1;
  }
  return -1;
}
