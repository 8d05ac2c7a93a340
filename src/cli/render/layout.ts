/** Text in columns: counts, durations, alignment, cutting to a width. Knows nothing of runs. */
import { stripVTControlCharacters } from "node:util";

const thousands = new Intl.NumberFormat("en-US");

/** `10715` → `10,715`. */
export function count(value: number | bigint): string {
  return thousands.format(value);
}

/** `1 row`, `2 rows`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** Milliseconds as `12 ms`, `1.2 s`, `2 min 05 s`, `1 h 02 min`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

/** Bytes as `1,234 MB`. */
export function megabytes(bytes: number): string {
  return `${count(Math.ceil(bytes / 1e6))} MB`;
}

/** An ISO instant as `2026-03-01 12:05 UTC`; a text that is none stays as it is. */
export function instant(iso: string): string {
  const match = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})/.exec(iso);
  return match === null ? iso : `${match[1]} ${match[2]} UTC`;
}

/** Characters on the screen, colours not counted. */
export function visibleLength(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}

/** Cut to a width with an ellipsis at the end; plain text only. */
export function cut(text: string, width: number): string {
  const characters = [...text];
  if (characters.length <= width) return text;
  return width <= 1 ? "…".slice(0, width) : `${characters.slice(0, width - 1).join("")}…`;
}

/** Cut to a width with an ellipsis at the beginning; plain text only. */
export function cutStart(text: string, width: number): string {
  const characters = [...text];
  if (characters.length <= width) return text;
  return width <= 1 ? "…".slice(0, width) : `…${characters.slice(1 - width).join("")}`;
}

export function pad(text: string, width: number, align: "left" | "right" = "left"): string {
  const space = " ".repeat(Math.max(0, width - visibleLength(text)));
  return align === "left" ? text + space : space + text;
}

export interface ColumnLayout {
  readonly align?: "left" | "right";
  /** May be cut where the table is wider than the screen; give it to one or two columns of plain text. */
  readonly shrink?: boolean;
  /** Where it is cut, its end stays: names of which the last part tells them apart. */
  readonly keepEnd?: boolean;
}

const GAP = 2;
const NARROWEST = 8;

/** Rows of cells as aligned lines, two spaces between columns; `shrink` columns give way until the lines fit `width`. */
export function columns(
  rows: readonly (readonly string[])[],
  layout: readonly ColumnLayout[],
  options: { readonly width: number; readonly indent?: number },
): readonly string[] {
  const indent = options.indent ?? 0;
  const widths = layout.map((_, index) => Math.max(0, ...rows.map((row) => visibleLength(row[index] ?? ""))));
  let over = widths.reduce((sum, width) => sum + width, indent + GAP * (layout.length - 1)) - options.width;
  while (over > 0) {
    const widest = layout
      .map((column, index) => ({ index, width: column.shrink === true ? (widths[index] ?? 0) : 0 }))
      .reduce((best, next) => (next.width > best.width ? next : best), { index: -1, width: NARROWEST });
    if (widest.index === -1) break;
    widths[widest.index] = widest.width - 1;
    over -= 1;
  }
  return rows.map((row) =>
    (
      " ".repeat(indent) +
      layout
        .map((column, index) => {
          const cell = row[index] ?? "";
          const width = widths[index] ?? 0;
          const shorten = column.keepEnd === true ? cutStart : cut;
          return pad(visibleLength(cell) > width ? shorten(cell, width) : cell, width, column.align);
        })
        .join(" ".repeat(GAP))
    ).trimEnd(),
  );
}

/** A sentence broken at spaces so that its lines fit; the lines after the first are indented. */
export function wrap(text: string, width: number, indent = 0): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const joined = line === "" ? word : `${line} ${word}`;
    const room = Math.max(NARROWEST, width - (lines.length === 0 ? 0 : indent));
    if (line !== "" && visibleLength(joined) > room) {
      lines.push(line);
      line = word;
    } else line = joined;
  }
  lines.push(line);
  return lines.map((each, index) => (index === 0 ? each : " ".repeat(indent) + each));
}
