/** Batches as lines of part files: a JSON array each, some lines at a time, so that no text becomes as large as a batch. */
import type { LandingBatch } from "../lander.js";

const rowsAtOnce = 2_000;

/** Record number, then the fields. */
export function* rowLines({ columns, rows }: LandingBatch): Generator<string> {
  for (let from = 0; from < rows.length; from += rowsAtOnce) {
    const to = Math.min(rows.length, from + rowsAtOnce);
    let lines = "";
    for (let index = from; index < to; index += 1) {
      lines += `${JSON.stringify([rows[index], ...columns.map((column) => column[index] ?? null)])}\n`;
    }
    yield lines;
  }
}

/** Line number, reason, text; one at a time, for each may be large. */
export function* rejectedLines({ rejected }: LandingBatch): Generator<string> {
  for (const { line, reason, text } of rejected) yield `${JSON.stringify([line, reason, text])}\n`;
}
