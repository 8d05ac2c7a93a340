/** How a denial finds its tokens: short patterns over words, symbols and kinds of tokens. */
import { type Token, tokenize } from "../../../src/graph/tokens.js";

export interface Denial {
  readonly name: string;
  /** Why: what Snowflake makes of it. */
  readonly why: string;
  /** The tokens at which it stands. */
  readonly find: (sql: Sql) => readonly Token[];
  /** Texts in which it must be found, once in each. */
  readonly caught: readonly string[];
  /** Texts like them in which it must not be found. */
  readonly passed?: readonly string[];
}

export interface Sql {
  readonly text: string;
  readonly tokens: readonly Token[];
}

export const read = (text: string): Sql => ({ text, tokens: tokenize(text, "snowflake") });

const said = (token: Token | undefined) =>
  token === undefined ? "" : token.kind === "word" || token.kind === "symbol" ? token.text.toLowerCase() : "";

const fits = (slot: string, token: Token | undefined): boolean => {
  if (token === undefined) return false;
  if (slot === "<text>") return token.kind === "string";
  if (slot === "<name>") return token.kind === "word" || token.kind === "quoted";
  return slot.split("|").includes(said(token)) || (slot === "||" && said(token) === "||");
};

/**
 * Where a sequence stands: slots with spaces between, each a word or symbol, several with `|` between them, `<text>` or
 * `<name>`. With `unless`, only where what follows does not begin with one of these.
 */
export const sequence =
  (pattern: string, unless: readonly string[] = []) =>
  ({ tokens }: Sql): readonly Token[] => {
    const slots = pattern.split(" ");
    return tokens.filter(
      (_, at) =>
        slots.every((slot, i) => fits(slot, tokens[at + i])) &&
        !unless.some((slot) => fits(slot, tokens[at + slots.length])),
    );
  };

/** Calls of functions; a name that is qualified, or a column of that name, is none. */
export const calls =
  (
    names: readonly string[],
    isDenied: (args: readonly (readonly Token[])[], after: readonly Token[]) => boolean = () => true,
  ) =>
  ({ tokens }: Sql): readonly Token[] =>
    tokens.filter((token, at) => {
      if (token.kind !== "word" || tokens[at + 1]?.text !== "(" || tokens[at - 1]?.text === ".") return false;
      const name = token.text.toLowerCase();
      const named = names.some((each) => (each.endsWith("*") ? name.startsWith(each.slice(0, -1)) : name === each));
      if (!named) return false;
      const end = closing(tokens, at + 1);
      return isDenied(split(tokens.slice(at + 2, end)), tokens.slice(end + 1));
    });

/** The place of the parenthesis that closes the one at `at`. */
export function closing(tokens: readonly Token[], at: number): number {
  let depth = 0;
  for (let i = at; i < tokens.length; i++) {
    if (tokens[i]?.text === "(") depth++;
    if (tokens[i]?.text === ")" && --depth === 0) return i;
  }
  return tokens.length;
}

/** At the commas that stand in no further parentheses; nothing at all is no argument. */
function split(tokens: readonly Token[]): readonly (readonly Token[])[] {
  if (tokens.length === 0) return [];
  const parts: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (token.text === "(") depth++;
    if (token.text === ")") depth--;
    if (token.text === "," && depth === 0) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}

export const matching = (isDenied: (token: Token, sql: Sql, at: number) => boolean) => (sql: Sql) =>
  sql.tokens.filter((token, at) => isDenied(token, sql, at));
