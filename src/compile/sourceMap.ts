/**
 * From a place in the JS that core makes of a SQLX file to the place in that file. Core copies config, js and SQL verbatim
 * between lines of its own (only quotes and backslashes in SQL strings and comments gain a backslash), and repeats the js
 * block; so the source line is the one that agrees with the generated line around the column, and whose neighbours agree.
 */

export interface Place {
  readonly line: number;
  readonly column: number;
}

const fewest = 3;
const neighbours = 40;

/** `undefined` where the place lies in core's own lines. Lines and columns are 1-based. */
export function toSource(generated: string, source: string, place: Place): Place | undefined {
  const from = generated.split("\n");
  const to = source.split("\n");
  const line = from[place.line - 1];
  if (line === undefined) return undefined;
  let best: { place: Place; score: number } | undefined;
  to.forEach((candidate, index) => {
    const match = agreement(line, Math.min(place.column - 1, line.length), candidate);
    if (!match) return;
    const around = together(from, place.line - 1, to, index, -1) + together(from, place.line - 1, to, index, 1);
    const whole = line.trim() !== "" && plain(line) === plain(candidate);
    if (match.length < fewest && around === 0 && !whole) return;
    const score = (whole ? 1000 : 0) + around * 100 + match.length;
    if (!best || score > best.score) best = { place: { line: index + 1, column: match.column + 1 }, score };
  });
  return best?.place;
}

/** The longest piece of both lines that holds or touches the column, and the column's place in the candidate. */
function agreement(line: string, at: number, candidate: string): { length: number; column: number } | undefined {
  let best: { length: number; column: number } | undefined;
  for (let column = 0; column <= candidate.length; column += 1) {
    let left = 0;
    while (left < at && left < column && line[at - left - 1] === candidate[column - left - 1]) left += 1;
    let right = 0;
    while (line[at + right] !== undefined && line[at + right] === candidate[column + right]) right += 1;
    const length = left + right;
    if (length > 0 && (!best || length > best.length)) best = { length, column };
  }
  return best;
}

/** How many lines next to both agree, in one direction. */
function together(from: readonly string[], i: number, to: readonly string[], j: number, step: 1 | -1): number {
  let count = 0;
  for (let k = 1; k <= neighbours; k += 1) {
    const a = from[i + step * k];
    const b = to[j + step * k];
    if (a === undefined || b === undefined || plain(a) !== plain(b)) break;
    count += 1;
  }
  return count;
}

const plain = (line: string) => line.replaceAll("\\", "").trimEnd();
