/** Where in a statement the engine points. */
import type { Place } from "../sqltext.js";

/**
 * Where the engine points: its last `LINE n: excerpt` with a caret below. The excerpt may be cut to a window; the column is
 * given only where the excerpt is found in that line of the statement, exactly once.
 */
export function placeInStatement(message: string, sql: string): Place | undefined {
  const found = [...message.matchAll(/\nLINE (\d+): ([^\n]*)\n( *)\^/g)].at(-1);
  const [, number = "", excerpt = "", blanks = ""] = found ?? [];
  const line = Number(number);
  const text = sql.split("\n")[line - 1];
  if (found === undefined || text === undefined) return undefined;
  const cutLeft = excerpt.startsWith("...") && !text.startsWith("...");
  const start = cutLeft ? excerpt.slice(3) : excerpt;
  const shown = start.endsWith("...") && !text.endsWith(start) ? start.slice(0, -3) : start;
  const caret = blanks.length - `LINE ${number}: `.length - (cutLeft ? 3 : 0);
  const at = text.indexOf(shown);
  if (at < 0 || caret < 0 || shown === "") return { line };
  if (text.indexOf(shown, at + 1) >= 0) return { line };
  return { line, column: at + caret + 1 };
}
