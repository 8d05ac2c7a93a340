/**
 * CSV in pieces to batches of rows, in bounded memory. Every record of the file is either a row or a rejected line; a broken
 * line never takes its neighbours along. Lines without a quote, nearly all there are, take a short way by whole blocks.
 */
import { isUtf8 } from "node:buffer";
import { ProblemError } from "../graph/index.js";
import type { RejectReason } from "./events.js";
import { fieldValue, LF, LONGEST_RECORD, scanRecord } from "./record.js";
import { rawText } from "./text.js";

const QUOTE = 0x22;

export interface RejectedLine {
  /** 1-based physical line of the file on which the record begins. */
  readonly line: number;
  readonly reason: RejectReason;
  /** More about it, without a value: `7 instead of 9`. */
  readonly detail?: string;
  /** The line without its line end, as `rawText` writes it. */
  readonly text: string;
}

export interface Batch {
  /** One array for each column, all as long as `rows`. */
  readonly columns: readonly (readonly (string | null)[])[];
  /** Record number in the file of each row: 1-based, header excluded, rejected lines counted. */
  readonly rows: readonly number[];
  readonly rejected: readonly RejectedLine[];
}

/**
 * Reads a file of `width` columns whose first record is its header (and may begin with a byte order mark). Empty lines are
 * no records, except in a file of one column, where they are an empty field.
 */
export async function* readCsv(chunks: AsyncIterable<Buffer>, width: number): AsyncGenerator<Batch> {
  const reader = csvReader(width);
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const buffer = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const used = reader.take(buffer, false);
    rest = buffer.subarray(used);
    const batch = reader.flush();
    if (batch !== undefined) yield batch;
  }
  reader.take(rest, true);
  const batch = reader.flush();
  if (batch !== undefined) yield batch;
}

interface CsvReader {
  /** Takes what is complete in the buffer; returns how many bytes that was. */
  take(buffer: Buffer, final: boolean): number;
  /** What was taken since the last flush; undefined where that was nothing. */
  flush(): Batch | undefined;
}

function csvReader(width: number): CsvReader {
  let columns: (string | null)[][] = Array.from({ length: width }, () => []);
  let rows: number[] = [];
  let rejected: RejectedLine[] = [];
  let line = 1;
  let record = 0;
  let headerRead = false;

  const reject = (reason: RejectReason, bytes: Buffer, detail?: string) => {
    record += 1;
    rejected.push({ line, reason, text: rawText(bytes), ...(detail === undefined ? {} : { detail }) });
  };
  const wrongWidth = (found: number) => `${found} instead of ${width}`;

  /** Whole lines without any quote. */
  const takePlain = (block: Buffer) => {
    if (!isUtf8(block) || block.includes(0)) {
      takePlainByLine(block);
      return;
    }
    const lines = block.toString("utf8").split("\n");
    if (block[block.length - 1] === LF) lines.pop();
    for (const raw of lines) {
      const text = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
      if (text !== "" || width === 1) {
        const fields = text.split(",");
        record += 1;
        if (fields.length === width) {
          rows.push(record);
          for (let index = 0; index < width; index += 1) columns[index]?.push(fields[index] || null);
        } else {
          rejected.push({ line, reason: "wrong number of fields", detail: wrongWidth(fields.length), text });
        }
      }
      line += 1;
    }
  };

  /** The same where some line is damaged: sound lines pass, the others are rejected. */
  const takePlainByLine = (block: Buffer) => {
    for (let at = 0; at < block.length; ) {
      const found = block.indexOf(LF, at);
      const next = found === -1 ? block.length : found + 1;
      const bytes = block.subarray(at, next);
      const reason = damage(bytes);
      if (reason === undefined) takePlain(bytes);
      else {
        reject(reason, withoutLineEnd(bytes));
        line += 1;
      }
      at = next;
    }
  };

  /** One record that may have quotes. Returns where the next begins, -1 where the buffer ends within it. */
  const takeQuoted = (buffer: Buffer, start: number, final: boolean): number => {
    const scan = scanRecord(buffer, start, final, width);
    if (scan.kind === "more") return -1;
    const bytes = buffer.subarray(start, scan.end);
    // Undecodable comes first, so that the reason says whether the kept text has escapes in it.
    const reason = damage(bytes) ?? (scan.kind === "bad" ? scan.reason : undefined);
    if (reason !== undefined) reject(reason, bytes);
    else if (scan.kind === "record" && scan.fields.length !== width) {
      reject("wrong number of fields", bytes, wrongWidth(scan.fields.length));
    } else if (scan.kind === "record") {
      record += 1;
      rows.push(record);
      scan.fields.forEach((field, index) => {
        columns[index]?.push(fieldValue(buffer, field));
      });
    }
    line += lineEnds(buffer, start, scan.next);
    return scan.next;
  };

  /** The header was read before the columns were known; here it is only passed over. */
  const skipHeader = (buffer: Buffer, final: boolean): number => {
    const scan = scanRecord(buffer, 0, final, width);
    if (scan.kind === "more") return 0;
    headerRead = true;
    line += lineEnds(buffer, 0, scan.next);
    return scan.next;
  };

  return {
    take(buffer, final) {
      let at = 0;
      if (!headerRead) {
        const start = bomLength(buffer);
        const used = skipHeader(buffer.subarray(start), final);
        if (!headerRead) return refuseEndless(buffer.length, final);
        at = start + used;
      }
      let quote = buffer.indexOf(QUOTE, at);
      while (at < buffer.length) {
        const limit = quote === -1 ? buffer.length : quote;
        let plainEnd = limit > at ? buffer.lastIndexOf(LF, limit - 1) + 1 : at;
        if (quote === -1 && final) plainEnd = buffer.length;
        if (plainEnd > at) {
          takePlain(buffer.subarray(at, plainEnd));
          at = plainEnd;
          continue;
        }
        if (quote === -1) break;
        const next = takeQuoted(buffer, at, final);
        if (next === -1) break;
        at = next;
        if (quote < at) quote = buffer.indexOf(QUOTE, at);
      }
      refuseEndless(buffer.length - at, final);
      return at;
    },
    flush() {
      if (rows.length === 0 && rejected.length === 0) return undefined;
      const batch: Batch = { columns, rows, rejected };
      columns = Array.from({ length: width }, () => []);
      rows = [];
      rejected = [];
      return batch;
    },
  };
}

/** Length of a UTF-8 byte order mark at the beginning, else 0. */
export function bomLength(buffer: Buffer): 0 | 3 {
  return buffer[0] === 0xef && buffer[1] === 0xbb && buffer[2] === 0xbf ? 3 : 0;
}

function damage(bytes: Buffer): "not UTF-8" | "NUL byte" | undefined {
  if (!isUtf8(bytes)) return "not UTF-8";
  return bytes.includes(0) ? "NUL byte" : undefined;
}

function withoutLineEnd(bytes: Buffer): Buffer {
  let end = bytes.length;
  if (end > 0 && bytes[end - 1] === LF) end -= 1;
  if (end > 0 && bytes[end - 1] === 0x0d) end -= 1;
  return bytes.subarray(0, end);
}

function lineEnds(buffer: Buffer, from: number, to: number): number {
  let count = 0;
  for (let at = buffer.indexOf(LF, from); at !== -1 && at < to; at = buffer.indexOf(LF, at + 1)) count += 1;
  return count;
}

function refuseEndless(bytesHeld: number, final: boolean): 0 {
  if (final || bytesHeld <= LONGEST_RECORD + 4 * 1024 * 1024) return 0;
  throw new ProblemError({
    code: "load-not-csv",
    message: `A line is longer than ${LONGEST_RECORD / 1024 / 1024} MiB`,
    hint: "Lines end with LF or CRLF; a file with other line ends, or a binary file, is no CSV.",
  });
}
