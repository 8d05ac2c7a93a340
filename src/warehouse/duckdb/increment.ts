/**
 * An increment on its way into its table: staged, checked, the table's columns brought in line, then put in as the
 * relation's policy says. All of it within the transaction of the publishing scope.
 */
import { type Relation, targetKey } from "../../graph/index.js";
import type { Built, Value } from "../contract.js";
import { type Existing, existing, refuse } from "./existing.js";
import { largeMerge } from "./merge.js";
import type { DuckDbSession } from "./session.js";
import { type ColumnType, find, reshapes, type Shape, shapeOf } from "./shape.js";
import * as sql from "./statements.js";

/** What an increment brought, kept until its transaction ends. */
export interface Staged {
  readonly relation: Relation;
  /** The temporary table that holds it. */
  readonly stage: string;
  readonly shape: Shape;
  /** Which rows of the table are staged ones; undefined where nothing tells. */
  readonly match: sql.Match | undefined;
}

export interface Workshop {
  readonly session: DuckDbSession;
  readonly database: string;
  /** The temporary table to stage in; of no other increment. */
  readonly stage: string;
  /** How merges go in; by their size where this does not say. */
  readonly mergeBy: "delete" | "rewrite" | undefined;
  /** Names and types of what a query returns; undefined where the engine cannot tell. */
  describe(query: string): Promise<readonly ColumnType[]>;
  /** Refuses where the disk has no room for the relation beside its former self. */
  roomFor(relation: Relation): Promise<void>;
  /** Brings the comments of a relation in line with its model, where `current` differs. */
  comment(relation: Relation, columns: readonly string[], current: ReadonlyMap<string, string>): Promise<void>;
}

export async function increment(
  relation: Relation,
  shop: Workshop,
): Promise<{ readonly built: Built; readonly staged: Staged }> {
  const { session, database, stage } = shop;
  const query = relation.incrementalQuery ?? relation.query;
  for (const statement of relation.incrementalPreOps) await session.run(statement);
  const before = await tableOf(relation, shop);
  const incoming = await shop.describe(query);
  const shape = shapeOf(relation, before.columns, incoming, await wholeOf(relation, before, incoming, shop));
  const how = checkedPolicy(relation, before, incoming, stage);

  await session.execute(sql.stageQuery(relation, query, { shape, returned: incoming, stage }), {
    linesBefore: sql.linesBefore,
  });
  await refuseDuplicates(relation, how.keys, shop);
  if (reshapes(shape)) {
    // A table whose rows a hook deleted already cannot be altered in the same transaction.
    if (relation.incrementalPreOps.length > 0) await session.run(sql.reshape(relation, shape, database));
    else for (const statement of sql.alter(relation, shape, database)) await session.run(statement);
  }
  const { changed, anew } = await putIn(relation, how, shape, before, shop);

  const after = reshapes(shape) || anew ? await tableOf(relation, shop) : before;
  const names = (table: Existing) => table.columns.map(({ name }) => name);
  await shop.comment(relation, names(after), after.comments);
  for (const statement of relation.incrementalPostOps) await session.run(statement);
  const { columns } = relation.incrementalPostOps.length > 0 ? await tableOf(relation, shop) : after;
  const rows = await count(sql.qualified(relation.target, database), shop);
  return {
    built: { rows, changed, columns: columns.map(({ name }) => name) },
    staged: { relation, stage, shape, match: how.kind === "append" ? undefined : how.match },
  };
}

async function count(table: string, { session }: Workshop): Promise<number> {
  const [row] = await session.rows(`select count(*) as n from ${table}`);
  return Number(row?.n ?? 0);
}

async function tableOf(relation: Relation, { session, database }: Workshop): Promise<Existing> {
  const found = await existing(session, relation, database);
  if (found?.kind === "table") return found;
  throw refuse(
    "increment-without-table",
    `${targetKey(relation.target)} cannot be incremented: ${found === undefined ? "it does not exist" : "it is a view"}`,
    "Build it anew with --full-refresh.",
  );
}

/** What the query for a full build returns, asked for only where the increment's types differ from the table's. */
async function wholeOf(
  { query, incrementalQuery }: Relation,
  { columns }: Existing,
  incoming: readonly ColumnType[],
  { session, describe }: Workshop,
): Promise<readonly ColumnType[] | undefined> {
  if (incrementalQuery === undefined || incrementalQuery === query) return undefined;
  if (incoming.every(({ name, type }) => find(columns, name)?.type === type)) return undefined;
  try {
    return await describe(query);
  } catch {
    // It may read what only its own hooks make; a query that does not bind leaves the transaction as it was.
    session.failed = false;
    return undefined;
  }
}

type How =
  | { readonly kind: "append"; readonly keys: readonly string[] }
  | { readonly kind: "missing" | "replace"; readonly keys: readonly string[]; readonly match: sql.Match }
  | {
      readonly kind: "interval";
      readonly keys: readonly string[];
      readonly match: sql.Match;
      readonly column: string;
      readonly grain: string | undefined;
    };

/** What the policy asks for, held against the columns that there are: each must be in the table already. */
function checkedPolicy(relation: Relation, { columns }: Existing, incoming: readonly ColumnType[], stage: string): How {
  const { uniqueKey, increment: policy } = relation;
  const name = targetKey(relation.target);
  ensureKeys(relation, columns, "the table");
  ensureKeys(relation, incoming, "its query");
  const keys = uniqueKey.map((key) => find(columns, key)?.name ?? key);
  const byKey = sql.matchByKeys(keys, stage);
  switch (policy.kind) {
    case "insert":
      return keys.length === 0 ? { kind: "append", keys } : { kind: "missing", keys, match: byKey };
    case "merge":
      if (keys.length > 0) return { kind: "replace", keys, match: byKey };
      throw refuse(
        "unique-key",
        `${name} is merged by its uniqueKey (increment:merge), but has none`,
        "Set uniqueKey.",
      );
    case "interval": {
      const stored = intervalColumn(relation, policy.column, columns, "the table");
      const given = intervalColumn(relation, policy.column, incoming, "its query");
      const grained = policy.grain !== undefined;
      if (grained && !(isTemporal(stored.type) && isTemporal(given.type))) {
        throw refuse(
          "interval-column",
          `${name} is incremented by the ${policy.grain} of ${stored.name}, which is no date or timestamp`,
          "Cast it in the query, or leave out the grain.",
        );
      }
      const match = sql.matchByInterval(stored.name, policy.grain, stage);
      return { kind: "interval", keys, match, column: stored.name, grain: policy.grain };
    }
  }
}

/**
 * What an increment of the relation will be put in by has to be there from its first build on.
 *
 * @throws ProblemError `unique-key`, `interval-column`.
 */
export function ensureKeyed(relation: Relation, columns: readonly Named[]): void {
  const { increment: policy } = relation;
  ensureKeys(relation, columns, "the table");
  if (policy.kind === "interval") intervalColumn(relation, policy.column, columns, "the table");
}

type Named = Pick<ColumnType, "name">;

const hints = {
  "the table":
    "Name a column that its query returns; a table that has no such column yet is built anew with --full-refresh.",
  "its query": "Let the query return it, in an increment too.",
} as const;

function ensureKeys({ target, uniqueKey }: Relation, columns: readonly Named[], where: keyof typeof hints): void {
  const lacking = uniqueKey.filter((key) => !find(columns, key));
  if (lacking.length === 0) return;
  const message = `${targetKey(target)} is incremented by its uniqueKey, of which ${where} has no column ${lacking.join(", ")}`;
  throw refuse("unique-key", message, hints[where]);
}

function intervalColumn<C extends Named>(
  { target }: Relation,
  name: string,
  columns: readonly C[],
  where: keyof typeof hints,
): C {
  const found = find(columns, name);
  if (found) return found;
  const message = `${targetKey(target)} is incremented by intervals of ${name}, a column that ${where} has not`;
  throw refuse("interval-column", message, hints[where]);
}

const isTemporal = (type: string) => type === "DATE" || type.startsWith("TIMESTAMP");

async function refuseDuplicates(relation: Relation, keys: readonly string[], { session, stage }: Workshop) {
  if (keys.length === 0) return;
  const [row] = await session.rows(sql.duplicateKeys(keys, stage));
  const twice = Number(row?.n ?? 0);
  if (twice === 0) return;
  throw refuse(
    "duplicate-key",
    `the increment of ${targetKey(relation.target)} holds ${twice} key${twice === 1 ? "" : "s"} more than once (${keys.join(", ")})`,
    "Let the query return one row for each uniqueKey.",
  );
}

/** A row that replaces another counts once; `anew` where the table was made anew, and so lost its comments. */
async function putIn(
  relation: Relation,
  how: How,
  shape: Shape,
  before: Existing,
  shop: Workshop,
): Promise<{ readonly changed: number; readonly anew: boolean }> {
  const { session, database, stage, mergeBy } = shop;
  let deleted = 0;
  if (how.kind === "missing") {
    for (const statement of sql.deleteKnown(relation, how.match, stage, database)) await session.run(statement);
  }
  if (how.kind === "replace" || how.kind === "interval") {
    const [row] = await session.rows(sql.countStaged(how.match, stage));
    const [staged, nulls] = [Number(row?.n ?? 0), Number(row?.nulls ?? 0)];
    if (staged === 0) return { changed: 0, anew: false };
    const wanted = mergeBy ?? (largeMerge(staged, before.rows) ? "rewrite" : "delete");
    if (wanted === "rewrite" && !before.bound) {
      await shop.roomFor(relation);
      const old = await count(sql.qualified(relation.target, database), shop);
      await session.run(sql.rewrite(relation, shape, how.match, stage, database));
      const kept = (await count(sql.qualified(relation.target, database), shop)) - staged;
      return { changed: Math.max(old - kept, staged), anew: true };
    }
    const [narrowed, binds] = await limits(how, shape, shop);
    const text = sql.deleteReplaced(relation, how.match, database) + narrowed;
    deleted = (await session.run(text, binds)).changed;
    if (nulls > 0) deleted += (await session.run(sql.deleteReplacedNulls(relation, how.match, database))).changed;
  }
  const { changed } = await session.run(sql.insertStaged(relation, shape.filled, stage, database));
  return { changed: Math.max(changed, deleted), anew: false };
}

/** What the deletion of intervals of a grain need not look at; nothing for the others, whose values the engine compares. */
async function limits(how: How, { columns }: Shape, { session, stage }: Workshop): Promise<[string, readonly Value[]]> {
  if (how.kind !== "interval" || how.grain === undefined) return ["", []];
  const [row] = await session.rows(sql.bounds(how.column, how.grain, stage));
  if (row?.low === null || row?.high === null || row === undefined) return ["", []];
  return [sql.within(how.column, find(columns, how.column)?.type ?? "TIMESTAMP"), [row.low ?? null, row.high ?? null]];
}
