/** Whether a spreadsheet program has rewritten a file: it shows dates its own way, and drops zeros, digits and seconds on the way. */
import { fieldValue, scanRecord } from "./record.js";
import type { Fingerprinted } from "./source-file.js";

/** Records looked at; a damaged column is so from its first value on, and a wrong date among others is only that. */
const LOOKED_AT = 1000;
const LEAST_SHARE = 0.5;

/** `5/7/2180 10:44`, `07.05.2180`, `2180/5/7`, `5-Jul-80`. */
const DAY =
  /\d{1,2}\/\d{1,2}\/\d{4}|\d{1,2}\.\d{1,2}\.\d{4}|\d{4}\/\d{1,2}\/\d{1,2}|\d{1,2}-[A-Z][a-z]{2}-\d{2}(?:\d{2})?/;
const DATE = new RegExp(`^(?:${DAY.source})(?: \\d{1,2}:\\d{2}(?::\\d{2})?(?: [AP]M)?)?$`);

/** The columns, by their place from 0, of which half of the values near the beginning of the file are dates as such a program shows them. */
export function spreadsheetDates(file: Fingerprinted): readonly number[] {
  const { head } = file;
  const complete = head.length === file.bytes;
  const counts = new Map<number, { values: number; dates: number }>();
  let at = 0;
  for (let record = 0; record <= LOOKED_AT && at < head.length; record += 1) {
    const scan = scanRecord(head, at, complete, Number.POSITIVE_INFINITY);
    if (scan.kind === "more") break;
    // The first is the header.
    if (scan.kind === "record" && record > 0) {
      scan.fields.forEach((field, index) => {
        if (field.to === field.from) return;
        const count = counts.get(index) ?? { values: 0, dates: 0 };
        count.values += 1;
        if (field.to - field.from <= 22 && DATE.test(fieldValue(head, field) ?? "")) count.dates += 1;
        counts.set(index, count);
      });
    }
    at = scan.next;
  }
  const damaged = [...counts].filter(([, { values, dates }]) => dates > 0 && dates >= values * LEAST_SHARE);
  return damaged.map(([index]) => index).toSorted((a, b) => a - b);
}
