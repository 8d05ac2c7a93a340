/** Tells what is no CSV file before anything is landed, and reads the header of what is one. */
import { isUtf8 } from "node:buffer";
import { type Problem, ProblemError } from "../graph/index.js";
import { bomLength } from "./csv.js";
import { fieldValue, scanRecord } from "./record.js";
import type { Fingerprinted } from "./source-file.js";

const signatures: readonly (readonly [bytes: readonly number[], what: string, hint: string])[] = [
  [[0x1f, 0x8b], "gzip", "Name it .csv.gz."],
  [[0x50, 0x4b, 0x03, 0x04], "a zip archive or an Excel workbook", "Unpack it, or save the sheet as CSV UTF-8."],
  [[0xd0, 0xcf, 0x11, 0xe0], "an old Excel workbook", "Save the sheet as CSV UTF-8."],
  [[0x25, 0x50, 0x44, 0x46], "PDF", "Ask for the data as CSV."],
  [[0x50, 0x41, 0x52, 0x31], "Parquet", "Name it .parquet."],
  [[0xff, 0xfe], "UTF-16 text", "Save it as UTF-8."],
  [[0xfe, 0xff], "UTF-16 text", "Save it as UTF-8."],
];

/**
 * The fields of the header as written. Errors, which never quote the file, for its first line may be a patient:
 * `load-empty-file`, `load-not-csv`, `load-no-header`.
 */
export function readHeader(file: Fingerprinted): readonly string[] {
  const head = file.head.subarray(bomLength(file.head));
  const complete = file.head.length === file.bytes;
  if (head.length === 0 || (complete && head.toString("latin1").trim() === "")) {
    throw problem(file, "load-empty-file", `${file.name} is empty`, "A table without rows still has its header line.");
  }
  refuseOtherFormats(file, head);
  const scan = scanRecord(head, 0, complete, Number.POSITIVE_INFINITY);
  if (scan.kind !== "record") {
    throw notCsv(file, "its first line is no CSV header", "The first line names the columns, separated by commas.");
  }
  const bytes = head.subarray(0, scan.end);
  if (!isUtf8(bytes)) throw notCsv(file, "its first line is not UTF-8", "Save it as CSV UTF-8.");
  const fields = scan.fields.map((field) => fieldValue(head, field) ?? "");
  if (fields.some((field) => field.includes("\r"))) {
    throw notCsv(file, "its lines end with CR alone", "Save it with LF or CRLF line ends.");
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what tells a binary file
  if (fields.some((field) => /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.test(field))) {
    throw notCsv(file, "its first line holds control characters", "It looks like a binary file.");
  }
  const separator = fields.length === 1 ? /[;\t|]/.exec(fields[0] ?? "")?.[0] : undefined;
  if (separator !== undefined) {
    const name = { ";": "semicolons", "\t": "tabs", "|": "bars" }[separator] ?? "other characters";
    throw notCsv(file, `its fields are separated by ${name}, not by commas`, "Save it with commas.");
  }
  if (looksLikeData(fields)) {
    throw problem(
      file,
      "load-no-header",
      `The first line of ${file.name} looks like data, not like the names of columns`,
      "Put a line with the names of the columns first.",
    );
  }
  return fields;
}

function refuseOtherFormats(file: Fingerprinted, head: Buffer): void {
  for (const [bytes, what, hint] of signatures) {
    if (bytes.every((byte, index) => head[index] === byte)) throw notCsv(file, `it is ${what}`, hint);
  }
  const text = head.toString("latin1", 0, 4096).trimStart();
  if (text.startsWith("<")) throw notCsv(file, "it is HTML or XML", "A download may have given a login or error page.");
  if (/^[{[]/.test(text)) throw notCsv(file, "it is JSON", "Ask for the data as CSV.");
  if (/^(?:MSH|FHS|BHS)[^\w\s]/.test(text)) throw notCsv(file, "it is HL7 v2", "Ask for the data as CSV.");
}

/** Most of the names that there are, are numbers, dates or ids; or there is no name at all. */
function looksLikeData(fields: readonly string[]): boolean {
  const named = fields.map((field) => field.trim()).filter((field) => field !== "");
  const data = named.filter((field) =>
    /^(?:[-+]?[\d.,]+|\d{4}-\d\d-\d\d.*|\d{1,2}[./]\d{1,2}[./]\d{2,4}.*|[\da-f]{8}-[\da-f]{4}-.*)$/i.test(field),
  );
  return data.length * 2 >= named.length;
}

function notCsv(file: Fingerprinted, why: string, hint: string): ProblemError {
  return problem(file, "load-not-csv", `${file.name} is no CSV file: ${why}`, hint);
}

function problem(file: Fingerprinted, code: Problem["code"], message: string, hint: string): ProblemError {
  return new ProblemError({ code, message, at: { file: file.name, line: 1 }, hint });
}
