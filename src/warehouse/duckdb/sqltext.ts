/** Reads a statement's text only as far as needed to tell a name from a literal, and a place from a quoted excerpt. */

/** Strings, dollar strings and comments are skipped; quoted identifiers and words are taken. */
const token =
  /(?<skip>--[^\n]*|\/\*[\s\S]*?\*\/|[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|(?<tag>\$\w*\$)[\s\S]*?\k<tag>)|"(?<quoted>(?:[^"]|"")*)"|(?<word>[\p{L}_][\p{L}\p{N}_$]*)|\d[\w.]*|[\s\S]/gu;

/** Identifiers and words of a statement, in lower case; nothing out of a literal or a comment. */
export function identifiersOf(sql: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { groups } of sql.matchAll(token)) {
    const name = groups?.quoted?.replaceAll('""', '"') ?? groups?.word;
    if (name !== undefined) found.add(name.toLowerCase());
  }
  return found;
}

export interface Place {
  /** 1-based. */
  readonly line: number;
  readonly column?: number;
}

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
