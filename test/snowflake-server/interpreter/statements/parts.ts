/** What stands behind the name of the table in an UPDATE or a MERGE, cut at its own words; what is in parentheses is skipped. */
import { closing, lex, significant } from "../lex.js";

interface Place {
  readonly word: string;
  readonly start: number;
}

function placesOf(text: string, words: readonly string[]): readonly Place[] {
  const tokens = significant(lex(text, "duckdb"));
  const places: Place[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at];
    const word = token?.text.toLowerCase() ?? "";
    if (word === "(") at = closing(tokens, at);
    else if (token?.kind === "word" && words.includes(word)) places.push({ word, start: token.start });
  }
  return places;
}

/** From behind one word to the next one; empty where the first is not there. */
function between(text: string, places: readonly Place[], from: string, to: readonly string[]): string {
  const start = places.find(({ word }) => word === from);
  if (start === undefined) return "";
  const end = places.find((place) => to.includes(place.word) && place.start > start.start);
  return text.slice(start.start + from.length, end?.start).trim();
}

export function mergeOf(rest: string) {
  const places = placesOf(rest, ["using", "on", "when"]);
  const whens = places.filter(({ word }) => word === "when");
  return {
    alias: rest.slice(0, places[0]?.start).trim(),
    source: between(rest, places, "using", ["on"]),
    on: between(rest, places, "on", ["when"]),
    clauses: whens.map(({ start }, number) => rest.slice(start, whens[number + 1]?.start).trim()),
  };
}

export function updateOf(rest: string) {
  const places = placesOf(rest, ["set", "from", "where"]);
  return {
    alias: rest.slice(0, places[0]?.start).trim(),
    from: between(rest, places, "from", ["where"]),
    where: between(rest, places, "where", []) || "true",
  };
}

/** `as t` is t. */
export const aliasName = (alias: string): string => alias.replace(/^as\s+/i, "");
