/** SQL cut into tokens, far enough to leave out comments and whitespace and to tell words from text; it is no parser. */

export type TokenKind = "word" | "quoted" | "string" | "number" | "symbol";

export interface Token {
  readonly kind: TokenKind;
  /** As written, quotes included. */
  readonly text: string;
  /** Offset in the SQL. */
  readonly start: number;
}

const space = /[\s\u00a0\ufeff]/;
const wordStart = /[\p{L}_]/u;
const wordRest = /[\p{L}\p{N}\p{M}_$]/u;
const operator = /[-+*/<>=~!@#%^&|`?:]/;

/**
 * Where the engines' lexers differ (a backslash in a string, nested comments, `//`, `$tag$`), `engine` decides. What never
 * ends (a comment, a string) goes on to the end of the text.
 */
export function tokenize(sql: string, engine: string): readonly Token[] {
  const tokens: Token[] = [];
  const duckdb = engine === "duckdb";
  let at = 0;
  while (at < sql.length) {
    const char = sql.charAt(at);
    const comment = commentEnd(sql, at, duckdb);
    if (space.test(char)) at++;
    else if (comment > at) at = comment;
    else {
      const { kind, end } = tokenAt(sql, at, duckdb);
      tokens.push({ kind, text: sql.slice(at, end), start: at });
      at = end;
    }
  }
  return tokens;
}

/** The end of the comment that begins here, or `at` where none does. */
function commentEnd(sql: string, at: number, duckdb: boolean): number {
  if (sql.startsWith("--", at) || (!duckdb && sql.startsWith("//", at))) {
    const end = sql.slice(at).search(/[\r\n]/);
    return end < 0 ? sql.length : at + end;
  }
  if (!sql.startsWith("/*", at)) return at;
  let depth = 1;
  let end = at + 2;
  while (end < sql.length && depth > 0) {
    if (sql.startsWith("*/", end)) {
      depth--;
      end += 2;
    } else if (duckdb && sql.startsWith("/*", end)) {
      depth++;
      end += 2;
    } else end++;
  }
  return end;
}

function tokenAt(sql: string, at: number, duckdb: boolean): { readonly kind: TokenKind; readonly end: number } {
  const char = sql.charAt(at);
  if (char === "'") return { kind: "string", end: quotedEnd(sql, at, !duckdb) };
  if (char === '"') return { kind: "quoted", end: quotedEnd(sql, at, false) };
  // `e'…'`, `x'…'`: the letter belongs to the text, and an `e` lets backslashes escape.
  if (/[ebxn]/i.test(char) && sql.charAt(at + 1) === "'")
    return { kind: "string", end: quotedEnd(sql, at + 1, !duckdb || /e/i.test(char)) };
  const tag = char === "$" ? (duckdb ? /\$([\p{L}_][\p{L}\p{N}_]*)?\$/uy : /\$\$/y) : undefined;
  const opening = tag && matchAt(tag, sql, at);
  if (opening) {
    const close = sql.indexOf(opening, at + opening.length);
    return { kind: "string", end: close < 0 ? sql.length : close + opening.length };
  }
  const number = matchAt(/(\d[\d_]*(\.[\d_]*)?|\.\d[\d_]*)(e[-+]?\d+)?[\p{L}\p{N}_]*/iuy, sql, at);
  if (number) return { kind: "number", end: at + number.length };
  if (wordStart.test(codePoint(sql, at))) {
    let end = at;
    while (end < sql.length && wordRest.test(codePoint(sql, end))) end += codePoint(sql, end).length;
    return { kind: "word", end };
  }
  if (!operator.test(char)) return { kind: "symbol", end: at + codePoint(sql, at).length };
  let end = at + 1;
  while (end < sql.length && operator.test(sql.charAt(end)) && commentEnd(sql, end, duckdb) === end) end++;
  return { kind: "symbol", end };
}

const codePoint = (sql: string, at: number) => String.fromCodePoint(sql.codePointAt(at) ?? 0);

function matchAt(pattern: RegExp, sql: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(sql)?.[0];
}

/** A doubled quote is one character of the text; a backslash escapes where `backslash` says so. */
function quotedEnd(sql: string, at: number, backslash: boolean): number {
  const quote = sql.charAt(at);
  let end = at + 1;
  while (end < sql.length) {
    const char = sql.charAt(end);
    if (backslash && char === "\\") end += 2;
    else if (char !== quote) end++;
    else if (sql.charAt(end + 1) === quote) end += 2;
    else return end + 1;
  }
  return sql.length;
}

/** The tokens of each statement, cut at semicolons; empty statements left out. */
export function statements(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const list: Token[][] = [[]];
  for (const token of tokens) {
    if (token.kind === "symbol" && token.text === ";") list.push([]);
    else list.at(-1)?.push(token);
  }
  return list.filter((statement) => statement.length > 0);
}
