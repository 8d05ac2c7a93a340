/** In the text of a statement, names of relations are replaced by those of others that stand in for them. */
import { quoteName, type Target, type Token, targetKey, tokenize } from "../graph/index.js";
import { refuse } from "./refuse.js";
import { same } from "./shape.js";

interface Name {
  readonly parts: readonly string[];
  readonly start: number;
  /** Offset behind each part. */
  readonly ends: readonly number[];
  readonly after: Token | undefined;
}

const isName = (token: Token | undefined): token is Token => token?.kind === "word" || token?.kind === "quoted";

const text = ({ kind, text: written }: Token) =>
  kind === "quoted" ? written.slice(1, -1).replaceAll('""', '"') : written;

/** Names in a statement with their dots: `"EHR"."SILVER"."PATIENT"."ID"` is one of four parts. */
function namesIn(statement: string, engine: string): readonly Name[] {
  const tokens = tokenize(statement, engine);
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
      after: tokens[at + 1],
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

/** How texts are to be read. */
export interface Reading {
  /** Of names without one. */
  readonly database: string;
  readonly engine: string;
}

/** What stands in for a relation: its name as text, and the last part of it. */
export interface Place {
  readonly target: Target;
  readonly place: string;
  readonly name: string;
}

/** Words that may follow a relation in a statement and are no name for it. */
const notAnAlias = new Set(
  "anti asof at before changes connect cross except for from full fetch group having in inner intersect is join lateral left limit match_recognize minus natural on on offset order outer pivot positional qualify right sample select semi set start tablesample union unpivot using values when where window with and or then end".split(
    " ",
  ),
);

/**
 * The statement with each of these relations read from another place; names in texts and comments stay. Where a column is
 * written with the relation's own name before it, the other place is called by that name.
 */
export function redirect(statement: string, places: readonly Place[], { database, engine }: Reading): string {
  if (places.length === 0) return statement;
  const found = namesIn(statement, engine);
  const qualifies = (name: string) => found.some(({ parts }) => parts.length > 1 && same(parts[0] ?? "", name));
  const longer = (target: Target) =>
    found.some((name) => {
      const parts = partsOf(name, target, database);
      return parts > 0 && name.parts.length > parts;
    });
  let out = "";
  let done = 0;
  for (const name of found) {
    for (const { target, place, name: called } of places) {
      const parts = partsOf(name, target, database);
      if (parts === 0) continue;
      const renamed = !same(called, target.name) && (qualifies(target.name) || longer(target));
      const isColumn = name.parts.length > parts;
      const aliased =
        name.after?.kind === "quoted" ||
        (name.after?.kind === "word" && !notAnAlias.has(name.after.text.toLowerCase()));
      const instead =
        renamed && isColumn
          ? quoteName(target.name)
          : renamed && !aliased
            ? `${place} as ${quoteName(target.name)}`
            : place;
      out += statement.slice(done, name.start) + instead;
      done = name.ends[parts - 1] ?? done;
      break;
    }
  }
  return out + statement.slice(done);
}

/**
 * Refuses a query that reads one of the relations through a view: what is redirected is the query's own text.
 *
 * @throws ProblemError `rows-new-view`.
 */
export function refuseViews(
  query: string,
  views: readonly { readonly target: Target; readonly text: string }[],
  targets: readonly Target[],
  { database, engine }: Reading,
): void {
  const reads = (found: readonly Name[], target: Target) => found.some((name) => partsOf(name, target, database) > 0);
  const seen = new Set<string>();
  const visit = (found: readonly Name[]): void => {
    for (const view of views) {
      const key = targetKey(view.target);
      if (seen.has(key) || !reads(found, view.target)) continue;
      seen.add(key);
      const names = namesIn(view.text, engine);
      const through = targets.find((target) => reads(names, target));
      if (through !== undefined) {
        throw refuse(
          "rows-new-view",
          `only new rows of ${targetKey(through)} are asked for, but they are read through the view ${key}`,
          "Let the rule read the table itself, or take the tag rows:new away.",
        );
      }
      visit(names);
    }
  };
  visit(namesIn(query, engine));
}

/** Those of the relations that a text names. */
export function named(statement: string, targets: readonly Target[], { database, engine }: Reading): readonly Target[] {
  const found = namesIn(statement, engine);
  return targets.filter((target) => found.some((name) => partsOf(name, target, database) > 0));
}

/** Whether the first relation that a statement names is this one: what it writes, where it writes. */
export function writes(statement: string, target: Target, { database, engine }: Reading): boolean {
  const first = namesIn(statement, engine).find(({ parts }) => parts.length > 1);
  return first !== undefined && partsOf(first, target, database) > 0;
}

/**
 * Whether a text names the relation by its schema and name, with its database before them or without. For what must not be
 * overlooked: a column that is written with the same two words before it counts as well.
 */
export function namesRelation(statement: string, target: Target, { database, engine }: Reading): boolean {
  const [schema, name] = [target.schema, target.name];
  return namesIn(statement, engine).some(({ parts }) =>
    [0, 1].some(
      (at) =>
        same(parts[at] ?? "", schema) &&
        same(parts[at + 1] ?? "", name) &&
        (at === 0 || same(parts[0] ?? "", target.database ?? database)),
    ),
  );
}
