/** Tokens of a statement, in either of the two languages, and the names in it. A text is its tokens joined. */

export type Dialect = "snowflake" | "duckdb";

export interface Token {
  readonly kind: "space" | "comment" | "string" | "quoted" | "number" | "word" | "bind" | "symbol";
  readonly text: string;
  /** Offset of its first character. */
  readonly start: number;
}

const shared = [
  ["space", "\\s+"],
  ["quoted", '"(?:[^"]|"")*"'],
  ["number", "\\d+(?:\\.\\d*)?(?:[eE][+-]?\\d+)?|\\.\\d+"],
  ["word", "[\\p{L}_][\\p{L}\\p{N}_$]*"],
  ["bind", "\\?"],
  ["symbol", "::|<>|<=|>=|!=|\\|\\||->>|->|=>|[\\s\\S]"],
] as const;

const kinds = {
  snowflake: [
    ["comment", "--[^\\n]*|//[^\\n]*|/\\*[\\s\\S]*?\\*/"],
    ["string", "'(?:[^'\\\\]|''|\\\\[\\s\\S])*'|\\$\\$[\\s\\S]*?\\$\\$"],
    ...shared,
  ],
  duckdb: [
    ["comment", "--[^\\n]*|/\\*[\\s\\S]*?\\*/"],
    ["string", "[eE]'(?:[^'\\\\]|''|\\\\[\\s\\S])*'|'(?:[^']|'')*'|\\$\\$[\\s\\S]*?\\$\\$"],
    ...shared,
  ],
} as const;

const patterns = {
  snowflake: new RegExp(kinds.snowflake.map(([, pattern]) => `(${pattern})`).join("|"), "gu"),
  duckdb: new RegExp(kinds.duckdb.map(([, pattern]) => `(${pattern})`).join("|"), "gu"),
};

/** The same text is asked for several times in a row, and some are long: the last answers are kept. */
function remembered<T>(work: (sql: string, dialect: Dialect) => T): (sql: string, dialect: Dialect) => T {
  const kept = new Map<string, T>();
  return (sql, dialect) => {
    const key = `${dialect} ${sql}`;
    const known = kept.get(key) ?? work(sql, dialect);
    kept.delete(key);
    kept.set(key, known);
    const [oldest] = kept.keys();
    if (kept.size > 32 && oldest !== undefined) kept.delete(oldest);
    return known;
  };
}

export const lex = remembered((sql, dialect): readonly Token[] =>
  [...sql.matchAll(patterns[dialect])].map((match) => {
    const kind = kinds[dialect][match.slice(1).findIndex((group) => group !== undefined)]?.[0] ?? "symbol";
    return { kind, text: match[0], start: match.index };
  }),
);

/** `"EHR"."SILVER"."PATIENT"."ID"` is one name of four parts. */
export interface Name {
  /** Upper case: DuckDB, and so this Snowflake, does not tell names by their case. */
  readonly parts: readonly string[];
  readonly start: number;
  /** Offset behind each part. */
  readonly ends: readonly number[];
  /** The word or symbol before it, lower case; `distinct from` as one. */
  readonly after: string;
}

export const unquoted = (text: string): string =>
  text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text.toUpperCase();

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const isPart = (token: Token | undefined): token is Token => token?.kind === "word" || token?.kind === "quoted";

export const significant = (tokens: readonly Token[]): readonly Token[] =>
  tokens.filter(({ kind }) => kind !== "space" && kind !== "comment");

/** The token that closes what the one at `open` opens; behind the last one where nothing does. */
export function closing(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at += 1) {
    if (tokens[at]?.text === "(") depth += 1;
    if (tokens[at]?.text === ")") depth -= 1;
    if (depth === 0) return at;
  }
  return tokens.length;
}

export const namesIn = remembered((sql, dialect): readonly Name[] => {
  const tokens = significant(lex(sql, dialect));
  const names: Name[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const first = tokens[at];
    if (!isPart(first)) continue;
    const parts = [first];
    const before = tokens[at - 1]?.text.toLowerCase() ?? "";
    const after = before === "from" && tokens[at - 2]?.text.toLowerCase() === "distinct" ? "distinct from" : before;
    while (tokens[at + 1]?.text === "." && isPart(tokens[at + 2])) {
      parts.push(tokens[at + 2] as Token);
      at += 2;
    }
    names.push({
      parts: parts.map(({ text }) => unquoted(text).toUpperCase()),
      start: first.start,
      ends: parts.map(({ start, text }) => start + text.length),
      after,
    });
  }
  return names;
});

/** Names that a text gives to its own parts, `NAME as (` or `NAME (…) as (`: they hide relations of that name. */
export const ownNames = remembered((sql, dialect): ReadonlySet<string> => {
  const tokens = significant(lex(sql, dialect));
  const found = new Set<string>();
  for (const [at, token] of tokens.entries()) {
    if (!isPart(token) || tokens[at - 1]?.text === ".") continue;
    const next = tokens[at + 1]?.text === "(" ? closing(tokens, at + 1) + 1 : at + 1;
    if (tokens[next]?.text.toLowerCase() === "as" && tokens[next + 1]?.text === "(") {
      found.add(unquoted(token.text).toUpperCase());
    }
  }
  return found;
});

/** The text with the first parts of some names replaced; `place` says by what, and how many parts that stands for. */
export function renamed(
  sql: string,
  dialect: Dialect,
  place: (name: Name) => { readonly parts: number; readonly text: string } | undefined,
): string {
  let out = "";
  let done = 0;
  for (const name of namesIn(sql, dialect)) {
    const found = place(name);
    if (found === undefined) continue;
    out += sql.slice(done, name.start) + found.text;
    done = name.ends[found.parts - 1] ?? done;
  }
  return out + sql.slice(done);
}
