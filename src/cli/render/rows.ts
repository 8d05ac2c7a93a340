/** Rows of a query as text: a grid where it fits, else one record under the other. */
import type { Row, Value } from "../../warehouse/index.js";
import type { Paint } from "../io.js";
import { columns, cut, pad } from "./layout.js";

const WIDEST_CELL = 60;

/** Lines; every control character is written as an escape, so that a value cannot steer the terminal. */
export function renderRows(
  rows: readonly Row[],
  options: { readonly width: number; readonly paint: Paint },
): readonly string[] {
  const first = rows[0];
  if (first === undefined) return [];
  const names = Object.keys(first);
  const numeric = names.map((name) =>
    rows.every((row) => typeof row[name] === "number" || typeof row[name] === "bigint" || row[name] === null),
  );
  const cells = rows.map((row) => names.map((name) => cut(cellText(row[name] ?? null), WIDEST_CELL)));
  const widths = names.map((name, index) =>
    Math.max(label(name).length, ...cells.map((row) => row[index]?.length ?? 0)),
  );
  const total = widths.reduce((sum, width) => sum + width + 2, -2);
  if (total > options.width) return records(rows, names, options);
  const dimmed = cells.map((row, at) =>
    row.map((text, index) => (rows[at]?.[names[index] ?? ""] === null ? options.paint.dim(text) : text)),
  );
  return columns(
    [names.map((name) => options.paint.bold(label(name))), ...dimmed],
    numeric.map((right) => ({ align: right ? "right" : "left" }) as const),
    { width: options.width },
  );
}

function records(
  rows: readonly Row[],
  names: readonly string[],
  { width, paint }: { readonly width: number; readonly paint: Paint },
): readonly string[] {
  const nameWidth = Math.max(...names.map((name) => label(name).length));
  return rows.flatMap((row, index) => [
    paint.dim(cut(`── ${index + 1} ${"─".repeat(width)}`, Math.min(width, 60)).replace("…", "─")),
    ...names.map((name) => {
      const value = row[name] ?? null;
      const text = cut(cellText(value), Math.max(20, width - nameWidth - 2));
      return `${paint.bold(pad(label(name), nameWidth))}  ${value === null ? paint.dim(text) : text}`;
    }),
  ]);
}

const label = (name: string) => (name === name.toUpperCase() ? name.toLowerCase() : name);

/** A value on one line; control characters as escapes. */
export function cellText(value: Value): string {
  if (value === null) return "NULL";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal
  return String(value).replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (character) =>
    character === "\n"
      ? "\\n"
      : character === "\t"
        ? "\\t"
        : character === "\r"
          ? "\\r"
          : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
