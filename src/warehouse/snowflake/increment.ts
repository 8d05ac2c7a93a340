/**
 * An increment on its way into its table. Before the transaction: a stage, and where the table's columns change a candidate,
 * cloned and altered, or fresh where a type cannot be altered in its place. Within it: staged, checked, put in.
 */
import type { Relation } from "../../graph/index.js";
import type { Built } from "../contract.js";
import { checkedPolicy, type PutIn } from "../putIn.js";
import { duplicateKeys, ensureOnce, unknownNewRows, withoutTable } from "../refuse.js";
import { type ColumnType, find, reshapes, type Shape, shapeOf } from "../shape.js";
import { freshTable, type Ready, replaces, touches } from "./candidate.js";
import { type Existing, isTable } from "./existing.js";
import type { Hooks } from "./hooks.js";
import { candidateOf, newRowsOf, stageOf } from "./names.js";
import { declaredPolicies, guard } from "./policies.js";
import * as sql from "./statements.js";
import { withSign } from "./steps.js";
import { against, alterable, snowflakeTypes } from "./types.js";
import { nameOf, redirected, type Work } from "./work.js";

export interface ReadyIncrement extends Ready {
  readonly relation: Relation;
  readonly shape: Shape;
  readonly asked: PutIn;
  readonly match: sql.Match | undefined;
  readonly stage: string;
  /** The columns of the query as the stage takes them. */
  readonly filled: readonly { readonly name: string; readonly from: string; readonly as?: string }[];
  /** Columns of the table whose rows a fresh candidate gets first; undefined where it has them already. */
  readonly copied: readonly { readonly name: string; readonly as?: string }[] | undefined;
  /** A temporary table for the new rows as hooks left them. */
  readonly left: string | undefined;
}

export async function readyIncrement(
  work: Work,
  relation: Relation,
  before: Existing | undefined,
  hooks: Hooks,
): Promise<ReadyIncrement> {
  const { session } = work;
  if (!isTable(before)) throw withoutTable(relation, before === undefined ? undefined : "view");
  const text = relation.incrementalQuery ?? relation.query;
  const returned = await session.describe(redirected(work, text));
  ensureOnce(returned.map(({ name }) => name));
  const incoming = against(before.columns, returned);
  const shape = shapeOf(
    snowflakeTypes,
    relation,
    before.columns,
    incoming,
    await wholeOf(work, relation, before, incoming),
  );
  const asked = checkedPolicy(relation, before.columns, incoming);
  const { at, copied } = await reshaped(work, relation, before, shape);
  const stage = nameOf(work, stageOf(relation.target));
  await session.run(sql.createStage(stage, at));
  const match = matchOf(asked);
  const left = hooks.last.length > 0 && match !== undefined ? nameOf(work, newRowsOf(relation.target)) : undefined;
  if (left !== undefined) await session.run(sql.createStage(left, at));
  return {
    at,
    columns: shape.columns.map(({ name }) => name),
    query: redirected(work, text),
    relation,
    shape,
    asked,
    match,
    stage,
    filled: filledBy(shape, returned),
    copied,
    left,
  };
}

/** What the query for a full build returns, asked for only where the increment's types differ from the table's. */
async function wholeOf(work: Work, relation: Relation, before: Existing, incoming: readonly ColumnType[]) {
  const { query, incrementalQuery } = relation;
  if (incrementalQuery === undefined || incrementalQuery === query) return undefined;
  if (incoming.every(({ name, type }) => find(before.columns, name)?.type === type)) return undefined;
  try {
    return against(before.columns, await work.session.describe(redirected(work, query)));
  } catch {
    // It may read what only its own hooks make.
    return undefined;
  }
}

/** Where the increment goes: into the table, or where its columns change into a candidate with its rows. */
async function reshaped(
  work: Work,
  relation: Relation,
  before: Existing,
  shape: Shape,
): Promise<Pick<ReadyIncrement, "at" | "copied">> {
  const name = nameOf(work, relation.target);
  await guard(work.session, relation, before, work.database);
  if (!reshapes(shape)) {
    work.steps.push(...touches(work, relation, before));
    return { at: name, copied: undefined };
  }
  const typeBefore = (column: string) => find(before.columns, column)?.type ?? "";
  const declared = declaredPolicies(relation, shape.columns, work.database);
  // A policy is of one type.
  const staysAsItIs = ({ name: column, type }: ColumnType) =>
    alterable(typeBefore(column), type) && declared.masking(column) === undefined;
  if (!shape.widened.every(staysAsItIs)) {
    const at = await freshTable(work, relation, shape.columns, before, before.transient);
    const copied = shape.columns
      .filter((column) => !shape.added.includes(column))
      .map((column) => ({ name: column.name, ...(find(shape.widened, column.name) && { as: column.type }) }));
    return { at, copied };
  }
  const { session, batch } = work;
  const candidate = candidateOf(relation.target, work);
  const at = nameOf(work, candidate);
  await session.run(sql.cloneTable(at, name, before.transient));
  await session.run(sql.comment("table", at, withSign(relation.description ?? "", batch)));
  for (const column of shape.added) {
    const masking = declared.masking(column.name);
    const description = sql.descriptionOf(relation, column.name);
    await session.run(sql.alterAdd(at, { ...column, description, ...(masking && { masking }) }));
  }
  for (const column of shape.widened) await session.run(sql.alterType(at, column));
  for (const column of shape.dropped) await session.run(sql.alterDrop(at, column));
  replaces(work, relation, candidate, "swap");
  const kept = before.columns.filter(({ name: column }) => !shape.dropped.includes(column));
  // The relation's own comment is set anew already.
  const described = { ...before, description: relation.description ?? "", columns: kept };
  work.steps.push(...touches(work, relation, described));
  return { at, copied: undefined };
}

/** A key is compared as it will be stored: as a number, a staged 1 would be the text '01' of the table. */
function filledBy({ columns }: Shape, returned: readonly ColumnType[]): ReadyIncrement["filled"] {
  return returned.flatMap(({ name: from, type }) => {
    const column = find(columns, from);
    if (column === undefined) return [];
    const [asStored] = against([column], [{ name: from, type }]);
    return [{ name: column.name, from, ...(asStored?.type !== column.type && { as: column.type }) }];
  });
}

function matchOf(asked: PutIn): sql.Match | undefined {
  switch (asked.kind) {
    case "append":
      return undefined;
    case "interval":
      return { columns: [asked.column], ...(asked.grain !== undefined && { grain: asked.grain }) };
    default:
      return { columns: asked.keys };
  }
}

/** Within the transaction, between the hooks. A row that replaces another counts once. */
export async function putIn(work: Work, ready: ReadyIncrement): Promise<Pick<Built, "changed">> {
  const { session } = work;
  const { at, stage, asked, shape, match, relation, filled } = ready;
  await session.execute(sql.fillStage(stage, filled, ready.query), { linesBefore: sql.linesBefore });
  if (asked.keys.length > 0) {
    const [row] = await session.rows(sql.duplicateKeys(stage, asked.keys));
    const twice = Number(row?.N ?? 0);
    if (twice > 0) throw duplicateKeys(relation, asked.keys, twice);
  }
  const columns = shape.columns.map(({ name }) => name);
  if (asked.kind === "replace") return session.run(sql.merge(at, stage, asked.keys, columns));
  if (asked.kind === "missing") await session.run(sql.deleteKnown(stage, at, asked.keys));
  const deleted =
    asked.kind === "interval" && match !== undefined
      ? (await session.run(sql.deleteReplaced(at, stage, match))).changed
      : 0;
  const inserted = await session.run(
    sql.copyRows(
      at,
      columns.map((name) => ({ name })),
      stage,
    ),
  );
  return { changed: Math.max(inserted.changed, deleted) };
}

/** Where the rows that came in are read: in the stage, or as hooks left them in the table. */
export async function newRows(work: Work, ready: ReadyIncrement, hooks: Hooks): Promise<string> {
  if (hooks.last.length === 0) return ready.stage;
  const { left, match, at, stage, shape, relation } = ready;
  if (left === undefined || match === undefined) throw unknownNewRows(relation.target);
  const columns = shape.columns.map(({ name }) => name);
  await work.session.run(sql.fillNewRows(left, at, stage, match, columns));
  return left;
}
