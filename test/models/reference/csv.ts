/** CSV files as they were delivered, read without the warehouse. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

export type Record = Readonly<{ [header: string]: string }>;

/** Records of a gzipped CSV file, by header. Quotes as in RFC 4180. */
export function readCsv(path: string): readonly Record[] {
  const [header = [], ...lines] = parse(gunzipSync(readFileSync(path)).toString("utf8"));
  return lines.map((values) => Object.fromEntries(header.map((name, i) => [name, values[i] ?? ""])));
}

function parse(text: string): string[][] {
  const lines: string[][] = [];
  let line: string[] = [];
  let value = "";
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (quoted) {
      if (char !== '"') value += char;
      else if (text[at + 1] === '"') {
        value += '"';
        at += 1;
      } else quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === ",") {
      line.push(value);
      value = "";
    } else if (char === "\n") {
      line.push(value);
      lines.push(line);
      line = [];
      value = "";
    } else if (char !== "\r") value += char;
  }
  if (value !== "" || line.length > 0) lines.push([...line, value]);
  return lines;
}
