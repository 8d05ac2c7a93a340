/** The texts of a project: for the exact Snowflake rendering of a statement, its DuckDB rendering. */
import { namesIn, quoted, renamed, unquoted } from "./lex.js";
import type { Pair } from "./types.js";

export interface Known {
  know(pairs: readonly Pair[]): void;
  /** The DuckDB rendering; of a text in which names were redirected to candidates, redirected likewise. */
  find(snowflake: string): string | undefined;
  /** A statement of a test's own, which is read as medform's are. */
  isTold(snowflake: string): boolean;
}

const bare = (sql: string) => sql.trim().replace(/;\s*$/, "").trimEnd();

/** What stands in for a relation is named like it, and this: a candidate, or the rows that an increment brought. */
const mark = /\$medform_(?:c\d+_[0-9a-f]{8}|stage|new)$/i;
const marked = /\$medform_(?:c\d+_[0-9a-f]{8}|stage|new)"/g;
/** The same with the relation's own name behind it, by which the statement calls it. */
const called = /\$medform_(?:c\d+_[0-9a-f]{8}|stage|new)" as "(?:[^"]|"")*"/g;

/** What stands in for one relation in a text, and whether it is called by the relation's name there, each time it is read. */
interface Place {
  readonly parts: readonly string[];
  readonly base: readonly string[];
  readonly called: readonly boolean[];
}

/**
 * By the relation that it stands in for: parts of both upper case, joined. Nothing where a relation is also read under its own
 * name, or from two places: such a text was redirected by half.
 */
function placesIn(sql: string): ReadonlyMap<string, Place> | undefined {
  const found = new Map<string, Place>();
  const names = namesIn(sql, "snowflake");
  for (const { parts, ends } of names) {
    const at = parts.findIndex((part) => mark.test(part));
    if (at < 0) continue;
    const place = parts.slice(0, at + 1);
    const base = place.map((part) => part.replace(mark, ""));
    const former = found.get(base.join("."));
    if (former !== undefined && former.parts.join(".") !== place.join(".")) return undefined;
    const isCalled = /^ as "/.test(sql.slice(ends[at], (ends[at] ?? 0) + 5));
    found.set(base.join("."), { parts: place, base, called: [...(former?.called ?? []), isCalled] });
  }
  const halfway = names.some(({ parts }) => parts.some((_, last) => found.has(parts.slice(0, last + 1).join("."))));
  return halfway ? undefined : found;
}

/** One writing for the names that have dots: what stands in for a relation is written with all quotes, whatever the text has. */
const evenly = (sql: string): string =>
  renamed(sql, "snowflake", ({ parts, start, ends }) => {
    const written = parts.map((_, at) => sql.slice(at === 0 ? start : ends[at - 1], ends[at]).replace(/^\s*\.\s*/, ""));
    return parts.length < 2
      ? undefined
      : { parts: parts.length, text: written.map((part) => quoted(unquoted(part))).join(".") };
  });

/** The texts that this may have been before names in it were redirected: its own aliases kept, without those that were added. */
function* before(sql: string, places: ReadonlyMap<string, Place>): Generator<string> {
  yield sql.replaceAll(marked, '"');
  const plain = sql.replaceAll(called, '"');
  yield plain;
  yield renamed(plain, "snowflake", ({ parts }) => {
    const base = [...places.values()].find((place) => place.base.at(-1) === parts[0])?.base;
    return base === undefined || parts.length !== 2 ? undefined : { parts: 1, text: base.map(quoted).join(".") };
  });
}

/** The DuckDB rendering read from the same places. */
function redirected(duckdb: string, places: ReadonlyMap<string, Place>): string {
  const times = new Map<string, number>();
  return renamed(duckdb, "duckdb", ({ parts }) => {
    for (let count = parts.length; count > 0; count -= 1) {
      const key = parts.slice(0, count).join(".");
      const place = places.get(key);
      if (place === undefined) continue;
      const own = quoted(place.base.at(-1) ?? "");
      const text = place.parts.map(quoted).join(".");
      if (parts.length > count) return { parts: count, text: place.called.includes(true) ? own : text };
      const time = times.get(key) ?? 0;
      times.set(key, time + 1);
      return { parts: count, text: place.called[time] === true ? `${text} as ${own}` : text };
    }
    return undefined;
  });
}

/** Answers about redirected texts that are kept. */
const kept = 100;

export function createKnown(): Known {
  const renderings = new Map<string, string>();
  const told = new Set<string>();
  /** The same renderings by texts whose names are written evenly, from when one of them is asked for first. */
  const even = new Map<string, string>();
  let waiting: string[] = [];
  /** What redirected texts were answered with, for each is asked for several times. */
  const asked = new Map<string, string>();
  const findEven = (text: string): string | undefined => {
    for (const other of waiting) even.set(evenly(other), renderings.get(other) ?? "");
    waiting = [];
    return even.get(evenly(text));
  };
  return {
    know(pairs) {
      asked.clear();
      for (const { snowflake, duckdb } of pairs) {
        const text = bare(snowflake);
        if (duckdb === undefined) told.add(text);
        else {
          renderings.set(text, bare(duckdb));
          waiting.push(text);
        }
      }
    },
    find(snowflake) {
      const text = bare(snowflake);
      const plain = renderings.get(text);
      if (plain !== undefined || text.search(marked) < 0) return plain;
      const last = asked.get(text);
      if (last !== undefined) return last;
      const places = placesIn(text);
      if (places === undefined) return undefined;
      for (const former of before(text, places)) {
        const rendering = findEven(former);
        if (rendering === undefined) continue;
        const found = redirected(rendering, places);
        if (asked.size >= kept) asked.clear();
        asked.set(text, found);
        return found;
      }
      return undefined;
    },
    isTold: (snowflake) => told.has(bare(snowflake)),
  };
}
