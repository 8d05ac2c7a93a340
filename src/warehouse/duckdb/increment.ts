/**
 * An increment on its way into its table: staged, checked, the table's columns brought in line, then put in as the
 * relation's policy says. All of it within the transaction of the publishing scope.
 */
import type { Relation } from "../../graph/index.js";
import type { Built, Value } from "../contract.js";
import { runHooks } from "../hookRows.js";
import { checkedPolicy, type PutIn } from "../putIn.js";
import { duplicateKeys, withoutTable } from "../refuse.js";
import { type ColumnType, find, reshapes, type Shape, shapeOf } from "../shape.js";
import { isScattered, sortAnew } from "./clustering.js";
import type { Comments } from "./comments.js";
import { commentsOf, type Existing, existing, isBound, rowsOf } from "./existing.js";
import { isLarge, largeMerge } from "./merge.js";
import type { DuckDbSession } from "./session.js";
import * as sql from "./statements.js";
import { duckDbTypes } from "./types.js";

/** What an increment brought, kept until its transaction ends. */
export interface Staged {
  readonly relation: Relation;
  /** The temporary table that holds it. */
  readonly stage: string;
  readonly shape: Shape;
  /** Which rows of the table are staged ones; undefined where nothing tells. */
  readonly match: sql.Match | undefined;
}

/** A table made from a query. */
export interface FromQuery {
  /** Rows, where the engine says it. */
  readonly count: number | null;
  /** As the query returns them. */
  readonly columns: readonly ColumnType[];
}

export interface Workshop {
  readonly session: DuckDbSession;
  readonly database: string;
  /** The temporary table to stage in; of no other increment. */
  readonly stage: string;
  /** How merges go in; by their size where this does not say. */
  readonly mergeBy: "delete" | "rewrite" | undefined;
  /** Names and types of what a query returns, without running it. */
  describe(query: string): Promise<readonly ColumnType[]>;
  /** Runs a statement that makes a table from a query. */
  make(statement: string, table: string, query: string): Promise<FromQuery>;
  readonly comments: Comments;
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
  const hook = (text: string) => session.run(text);
  const first = await runHooks(relation.incrementalPreOps, "duckdb", hook);
  if (first === undefined) shop.comments.doubt();
  const before = await tableOf(relation, shop);
  const { count, columns: incoming } = await shop.make(sql.stageQuery(relation, query, stage), stage, query);
  const whole = await wholeOf(relation, before, incoming, shop);
  const shape = shapeOf(duckDbTypes, relation, before.columns, incoming, whole);
  const goes = how(checkedPolicy(relation, before.columns, incoming), stage);
  const inShape = sql.stageInShape(relation, { shape, returned: incoming, stage });
  if (inShape !== undefined) await session.run(inShape);

  if (count !== 0) await refuseDuplicates(relation, goes.asked.keys, shop);
  if (reshapes(shape)) {
    // A table whose rows a hook deleted already cannot be altered in the same transaction.
    if (relation.incrementalPreOps.length > 0) await session.run(sql.reshape(relation, shape, database));
    else for (const statement of sql.alter(relation, shape, database)) await session.run(statement);
  }
  const nothing = { changed: 0, anew: false };
  const put = count === 0 ? nothing : await putIn(relation, goes, shape, shop);
  const { changed } = put;
  const anew = put.anew || (changed > 0 && (await sorted(relation, before, shop)));

  const isOther = reshapes(shape) || anew;
  const after = isOther ? await tableOf(relation, shop) : before;
  const comments = await (isOther ? commentsOf : shop.comments.of)(session, relation.target, database);
  const names = (table: Existing) => table.columns.map(({ name }) => name);
  await shop.comment(relation, names(after), comments);
  const last = await runHooks(relation.incrementalPostOps, "duckdb", hook);
  if (last === undefined) shop.comments.doubt();
  const { columns } = relation.incrementalPostOps.length > 0 ? await tableOf(relation, shop) : after;
  const rows = await rowsOf(session, sql.qualified(relation.target, database));
  const unchanged = changed === 0 && first === 0 && last === 0 && !isOther && { unchanged: true as const };
  return {
    built: { rows, changed, ...unchanged, columns: columns.map(({ name }) => name) },
    staged: { relation, stage, shape, match: goes.match },
  };
}

/** Sorts a table in which increments have scattered the keys; true where it did. */
async function sorted(
  relation: Relation,
  { columns }: Existing,
  { session, database, roomFor }: Workshop,
): Promise<boolean> {
  const { target, clusterBy } = relation;
  if (clusterBy.length === 0) return false;
  const rows = await rowsOf(session, sql.qualified(target, database));
  if (!(await isScattered(session, relation, { columns, rows }, database))) return false;
  if (await isBound(session, target, database)) return false;
  await roomFor(relation);
  await session.run(sortAnew(relation, database));
  return true;
}

async function tableOf(relation: Relation, { session, database }: Workshop): Promise<Existing> {
  const found = await existing(session, relation, database);
  if (found?.kind === "table") return found;
  throw withoutTable(relation, found?.kind);
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

/** How the increment goes in, with what finds the rows that it meets there. */
type How = { readonly asked: PutIn; readonly match: sql.Match | undefined };

function how(asked: PutIn, stage: string): How {
  switch (asked.kind) {
    case "append":
      return { asked, match: undefined };
    case "missing":
    case "replace":
      return { asked, match: sql.matchByKeys(asked.keys, stage) };
    case "interval":
      return { asked, match: sql.matchByInterval(asked.column, asked.grain, stage) };
  }
}

async function refuseDuplicates(relation: Relation, keys: readonly string[], { session, stage }: Workshop) {
  if (keys.length === 0) return;
  const [row] = await session.rows(sql.duplicateKeys(keys, stage));
  const twice = Number(row?.n ?? 0);
  if (twice === 0) return;
  throw duplicateKeys(relation, keys, twice);
}

/** A row that replaces another counts once; `anew` where the table was made anew, and so lost its comments. */
async function putIn(
  relation: Relation,
  { asked, match }: How,
  shape: Shape,
  shop: Workshop,
): Promise<{ readonly changed: number; readonly anew: boolean }> {
  const { session, database, stage, mergeBy } = shop;
  let deleted = 0;
  if (asked.kind === "missing" && match !== undefined) {
    for (const statement of sql.deleteKnown(relation, match, stage, database)) await session.run(statement);
  }
  if (asked.kind !== "missing" && match !== undefined) {
    const [row] = await session.rows(sql.countStaged(match, stage));
    const [staged, nulls] = [Number(row?.n ?? 0), Number(row?.nulls ?? 0)];
    if (staged === 0) return { changed: 0, anew: false };
    const table = sql.qualified(relation.target, database);
    const large = async () => isLarge(staged) && largeMerge(staged, await rowsOf(session, table));
    const wanted = mergeBy ?? ((await large()) ? "rewrite" : "delete");
    if (wanted === "rewrite" && !(await isBound(session, relation.target, database))) {
      await shop.roomFor(relation);
      const old = await rowsOf(session, table);
      await session.run(sql.rewrite(relation, shape, match, stage, database));
      const kept = (await rowsOf(session, table)) - staged;
      return { changed: Math.max(old - kept, staged), anew: true };
    }
    const [narrowed, binds] = await limits(asked, shape, shop);
    const text = sql.deleteReplaced(relation, match, database) + narrowed;
    deleted = (await session.run(text, binds)).changed;
    if (nulls > 0) deleted += (await session.run(sql.deleteReplacedNulls(relation, match, database))).changed;
  }
  const { changed } = await session.run(sql.insertStaged(relation, shape.filled, stage, database));
  return { changed: Math.max(changed, deleted), anew: false };
}

/** What the deletion of intervals of a grain need not look at; nothing for the others, whose values the engine compares. */
async function limits(
  asked: PutIn,
  { columns }: Shape,
  { session, stage }: Workshop,
): Promise<[string, readonly Value[]]> {
  if (asked.kind !== "interval" || asked.grain === undefined) return ["", []];
  const [row] = await session.rows(sql.bounds(asked.column, asked.grain, stage));
  if (row?.low === null || row?.high === null || row === undefined) return ["", []];
  return [
    sql.within(asked.column, find(columns, asked.column)?.type ?? "TIMESTAMP"),
    [row.low ?? null, row.high ?? null],
  ];
}
