/** Whether a spreadsheet program has rewritten a file: it shows dates its own way, and drops zeros, digits and seconds on the way. */
import { fieldValue, scanRecord } from "./record.js";
import type { Fingerprinted } from "./source-file.js";

/** Records looked at; a damaged column is so from its first value on. */
const LOOKED_AT = 1000;

const DATE = /^\d{1,2}\/\d{1,2}\/\d{4}(?: \d{1,2}:\d{2}(?::\d{2})?(?: [AP]M)?)?$/;

/** The columns, by their place from 0, of which a value near the beginning of the file is a date as such a program shows it. */
export function spreadsheetDates(file: Fingerprinted): readonly number[] {
  const { head } = file;
  const complete = head.length === file.bytes;
  const found = new Set<number>();
  let at = 0;
  for (let record = 0; record <= LOOKED_AT && at < head.length; record += 1) {
    const scan = scanRecord(head, at, complete, Number.POSITIVE_INFINITY);
    if (scan.kind === "more") break;
    if (scan.kind === "record") {
      scan.fields.forEach((field, index) => {
        if (field.to - field.from <= 22 && DATE.test(fieldValue(head, field) ?? "")) found.add(index);
      });
    }
    at = scan.next;
  }
  return [...found].toSorted((a, b) => a - b);
}
