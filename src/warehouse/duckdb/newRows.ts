/** Rules over new rows only: in the text of a query, names of tables are replaced by those of the rows that came in. */
import { quoteName, type Target, type Token, targetKey, tokenize } from "../../graph/index.js";
import { refuse } from "./existing.js";
import type { Staged } from "./increment.js";
import type { DuckDbSession } from "./session.js";
import { same } from "./shape.js";
import * as sql from "./statements.js";

interface Name {
  readonly parts: readonly string[];
  readonly start: number;
  /** Offset behind each part. */
  readonly ends: readonly number[];
}

const isName = (token: Token | undefined): token is Token => token?.kind === "word" || token?.kind === "quoted";

const text = ({ kind, text: written }: Token) =>
  kind === "quoted" ? written.slice(1, -1).replaceAll('""', '"') : written;

/** Names in a statement with their dots: `"EHR"."SILVER"."PATIENT"."ID"` is one of four parts. */
function namesIn(statement: string): readonly Name[] {
  const tokens = tokenize(statement, "duckdb");
  const names: Name[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const first = tokens[at];
    if (!isName(first)) continue;
    const parts = [first];
    while (tokens[at + 1]?.text === ".") {
      const next = tokens[at + 2];
      if (!isName(next)) break;
      parts.push(next);
      at += 2;
    }
    names.push({
      parts: parts.map(text),
      start: first.start,
      ends: parts.map((part) => part.start + part.text.length),
    });
  }
  return names;
}

/** How many parts of a name stand for this relation: as compiled, or with the database that goes without saying; else 0. */
function partsOf({ parts }: Name, target: Target, database: string): number {
  const full = [target.database ?? database, target.schema, target.name];
  const compiled = target.database === undefined ? full.slice(1) : full;
  const fits = (wanted: readonly string[]) =>
    parts.length >= wanted.length && wanted.every((part, index) => same(part, parts[index] ?? ""));
  if (fits(full)) return full.length;
  return fits(compiled) ? compiled.length : 0;
}

/** The query with each of these relations read from another place; names in texts and comments stay. */
export function redirect(
  query: string,
  places: readonly { readonly target: Target; readonly place: string }[],
  database: string,
): string {
  let out = "";
  let done = 0;
  for (const name of namesIn(query)) {
    for (const { target, place } of places) {
      const parts = partsOf(name, target, database);
      if (parts === 0) continue;
      out += query.slice(done, name.start) + place;
      done = name.ends[parts - 1] ?? done;
      break;
    }
  }
  return out + query.slice(done);
}

/**
 * Refuses a query that reads one of the relations through a view: what is redirected is the query's own text.
 *
 * @throws ProblemError `rows-new-view`.
 */
export async function refuseViews(
  session: DuckDbSession,
  query: string,
  targets: readonly Target[],
  database: string,
): Promise<void> {
  const rows = await session.rows(
    "select database_name, schema_name, view_name, sql from duckdb_views() where not internal and not temporary",
  );
  const views = rows.map((row) => ({
    target: { database: String(row.database_name), schema: String(row.schema_name), name: String(row.view_name) },
    names: namesIn(String(row.sql)),
  }));
  const reads = (names: readonly Name[], target: Target) => names.some((name) => partsOf(name, target, database) > 0);
  const seen = new Set<string>();
  const visit = (names: readonly Name[]): void => {
    for (const view of views) {
      const key = targetKey(view.target);
      if (seen.has(key) || !reads(names, view.target)) continue;
      seen.add(key);
      const through = targets.find((target) => reads(view.names, target));
      if (through !== undefined) {
        throw refuse(
          "rows-new-view",
          `only new rows of ${targetKey(through)} are asked for, but they are read through the view ${key}`,
          "Let the rule read the table itself, or take the tag rows:new away.",
        );
      }
      visit(view.names);
    }
  };
  visit(namesIn(query));
}

/** A place in the temporary schema for each, named like the table, so that the query may go on calling it by its name. */
export function placesFor(targets: readonly Target[]): readonly { readonly target: Target; readonly place: string }[] {
  const taken = new Set<string>();
  return targets.map((target) => {
    let name = target.name;
    for (let number = 2; taken.has(name.toLowerCase()); number += 1) name = `${target.name}_${number}`;
    taken.add(name.toLowerCase());
    return { target, place: `temp.main.${quoteName(name)}` };
  });
}

/**
 * Makes the place: the rows that came in, in the table's columns and types. Where hooks ran after them they are read from
 * the table, by what identifies them.
 *
 * @throws ProblemError `rows-new-hooks` where nothing does.
 */
export function newRowsOf({ relation, stage, shape, match }: Staged, place: string, database: string): string {
  if (relation.incrementalPostOps.length === 0) return sql.viewOfStaged(shape, stage, place);
  if (match !== undefined) return sql.viewOfTable(relation, match, place, database);
  throw refuse(
    "rows-new-hooks",
    `only new rows of ${targetKey(relation.target)} are asked for, but its post operations may have changed them, and it has no uniqueKey to find them by`,
    "Set uniqueKey, or take the tag rows:new away.",
  );
}
