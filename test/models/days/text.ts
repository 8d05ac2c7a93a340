/** CSV text as records. */
import type { Line } from "../csv.js";

export type Cells = readonly string[];

/** Records of a sound CSV text. */
export function parse(text: string): readonly Cells[] {
  const records: string[][] = [];
  let cells: string[] = [];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    if (end === "" && cells.length === 0 && (quoted ?? plain) === "") break;
    cells.push(quoted === undefined ? (plain ?? "") : quoted.replaceAll('""', '"'));
    if (end === ",") continue;
    records.push(cells);
    cells = [];
  }
  return records;
}

/** The same by column. */
export function records(text: string): readonly Line[] {
  const [header = [], ...rows] = parse(text);
  return rows.map((cells) => Object.fromEntries(header.map((name, index) => [name, cells[index] ?? ""])));
}
