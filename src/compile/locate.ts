/**
 * From a place in compiled SQL to the place in the file that it was compiled from. SQL is copied as written but for what
 * stands in `${…}`, so a line of the file is a template, and lines around it decide where several fit.
 */
import type { Place } from "./sourceMap.js";

export interface SqlPlace {
  /** 1-based. */
  readonly line: number;
  readonly column?: number;
}

const placeholder = /\$\{(?:[^{}]|\{[^{}]*\})*\}/g;
const fewest = 3;
const neighbours = 40;

/** `undefined` where no line fits (SQL out of a helper), or several fit equally well: no place is better than a wrong one. */
export function locateInSource(sql: string, source: string, at: SqlPlace): Partial<Place> | undefined {
  const compiled = sql.split("\n");
  const written = source.split(/\r?\n/);
  const line = compiled[at.line - 1];
  if (line === undefined) return undefined;
  const fitting = written
    .flatMap((text, i) => (fits(text, line) && isTelling(text) ? [i] : []))
    .map((i) => ({
      i,
      score: together(written, i, compiled, at.line - 1, -1) + together(written, i, compiled, at.line - 1, 1),
    }))
    .sort((a, b) => b.score - a.score);
  const [best, second] = fitting;
  if (best === undefined || best.score === second?.score) return undefined;
  const found = { line: best.i + 1 };
  return at.column === undefined ? found : { ...found, column: columnIn(written[best.i] ?? "", line, at.column) };
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

function fits(template: string, line: string): boolean {
  const [text, filled] = [template.trim(), line.trim()];
  if (!text.includes("${")) return text === filled;
  return new RegExp(`^${text.split(placeholder).map(escaped).join(".*")}$`).test(filled);
}

const isTelling = (template: string) => template.replace(placeholder, "").replace(/\s/g, "").length >= fewest;

/** How many lines next to both fit, in one direction; a placeholder of many lines ends it. */
function together(from: readonly string[], i: number, to: readonly string[], j: number, step: 1 | -1): number {
  let count = 0;
  for (let k = 1; k <= neighbours; k += 1) {
    const [a, b] = [from[i + step * k], to[j + step * k]];
    if (a === undefined || b === undefined || !fits(a, b)) break;
    count += 1;
  }
  return count;
}

/** Before the first placeholder counted from the left, after the last one from the right, else where it stands. */
function columnIn(template: string, line: string, column: number): number {
  const indent = (text: string) => text.length - text.trimStart().length;
  const shifted = column - indent(line) + indent(template);
  const spots = [...template.matchAll(placeholder)];
  const [first, last] = [spots[0], spots.at(-1)];
  if (first === undefined || last === undefined || shifted <= first.index) return shifted;
  const fromEnd = line.trimEnd().length - column;
  const behind = template.trimEnd().length - (last.index + last[0].length);
  return fromEnd < behind ? template.trimEnd().length - fromEnd : first.index + 1;
}
