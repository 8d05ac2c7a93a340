/** Reads a statement's text only as far as needed to tell a name from a literal, and a place from a quoted excerpt. */

type Dialect = "duckdb" | "snowflake";

const names = String.raw`"(?<quoted>(?:[^"]|"")*)"|(?<word>[\p{L}_][\p{L}\p{N}_$]*)|\d[\w.]*|[\s\S]`;

/** Strings, dollar strings and comments are skipped; quoted identifiers and words are taken. */
const tokens: Readonly<Record<Dialect, RegExp>> = {
  duckdb: new RegExp(
    String.raw`(?<skip>--[^\n]*|\/\*[\s\S]*?\*\/|[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|(?<tag>\$\w*\$)[\s\S]*?\k<tag>)|${names}`,
    "gu",
  ),
  // Every string knows the backslash; two slashes begin a comment; a dollar string has no tag.
  snowflake: new RegExp(
    String.raw`(?<skip>--[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^'\\]|\\[\s\S]|'')*'|\$\$[\s\S]*?\$\$)|${names}`,
    "gu",
  ),
};

/** Identifiers and words of a statement, in lower case; nothing out of a literal or a comment. */
export function identifiersOf(sql: string, dialect: Dialect = "duckdb"): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { groups } of sql.matchAll(tokens[dialect])) {
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

/** Captured names, where every part of each is an identifier of the statement, and so no value that an engine quoted. */
export function provedNames(
  captured: readonly string[],
  identifiers: ReadonlySet<string>,
): readonly string[] | undefined {
  const clean = captured.map((name) => name.replaceAll('"', ""));
  const known = clean.every((name) => name.split(".").every((part) => identifiers.has(part.toLowerCase())));
  return known ? clean : undefined;
}
