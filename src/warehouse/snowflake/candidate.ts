/** A relation on its way to being made anew: in its place where its shape stays, beside it otherwise. */
import { type Relation, type Target, targetKey } from "../../graph/index.js";
import { ensureKeyed } from "../putIn.js";
import { ensureOnce } from "../refuse.js";
import { type ColumnType, same } from "../shape.js";
import { clusteredOtherwise, type Existing, existing, isTable } from "./existing.js";
import { grantsAgain } from "./grants.js";
import { candidateOf } from "./names.js";
import { guard, type Policies, policiesOf } from "./policies.js";
import * as sql from "./statements.js";
import { type Step, withSign } from "./steps.js";
import { fits, made } from "./types.js";
import { nameOf, placeAt, redirected, type Work } from "./work.js";

/** What is ready to be filled within the transaction. */
export interface Ready {
  /** Where its rows go: its name, or its candidate's. */
  readonly at: string;
  /** Its columns as they will be, spelled as in the catalog. */
  readonly columns: readonly string[];
  /** What its query is as it reads what stands beside. */
  readonly query: string;
}

const described = (relation: Relation, columns: readonly ColumnType[], { masking }: Policies) =>
  columns.map(({ name, type }) => {
    const policy = masking(name);
    return { name, type, description: sql.descriptionOf(relation, name), ...(policy && { masking: policy }) };
  });

/** Makes ready for all rows anew. */
export async function readyTable(work: Work, relation: Relation, before: Existing | undefined): Promise<Ready> {
  const query = redirected(work, relation.query);
  const returned = await work.session.describe(query);
  ensureOnce(returned.map(({ name }) => name));
  if (relation.kind === "incremental") ensureKeyed(relation, returned);
  if (isTable(before) && isSame(relation, before, returned)) {
    await guard(work.session, relation, before, work.database);
    work.steps.push(...touches(work, relation, before));
    return { at: nameOf(work, relation.target), columns: before.columns.map(({ name }) => name), query };
  }
  const columns = returned.map(({ name, type }) => ({ name, type: made(type) }));
  const at = await freshTable(work, relation, columns, before, relation.transient);
  return { at, columns: columns.map(({ name }) => name), query };
}

/** Whether rows of the query can go into the table as it is. */
function isSame(relation: Relation, before: Existing, returned: readonly ColumnType[]): boolean {
  return (
    before.transient === relation.transient &&
    before.columns.length === returned.length &&
    before.columns.every(({ name, type }, index) => {
      const column = returned[index];
      return column !== undefined && same(column.name, name) && fits(type, column.type);
    })
  );
}

/** An empty candidate with these columns, which takes the relation's place after the commit. */
export async function freshTable(
  work: Work,
  relation: Relation,
  columns: readonly ColumnType[],
  before: Existing | undefined,
  transient: boolean,
): Promise<string> {
  const candidate = candidateOf(relation.target, work);
  const at = nameOf(work, candidate);
  const copyGrants = isTable(before);
  const policies = await policiesOf(work.session, relation, before, columns, work.database);
  // What is replaced next hands its grants on; it got them from the table.
  if (copyGrants) await work.session.run(sql.createLike(at, nameOf(work, relation.target), transient));
  const { clusterBy, description = "" } = relation;
  const kind = isTable(before) && before.transient === transient ? "swap" : "take";
  const comment = kind === "swap" ? withSign(description, work.batch) : description;
  const { rowAccess } = policies;
  await work.session.run(
    sql.createTable({
      name: at,
      columns: described(relation, columns, policies),
      transient,
      clusterBy,
      copyGrants,
      comment,
      ...(rowAccess && { rowAccess }),
    }),
  );
  if (before !== undefined && before.kind !== "table") {
    const turning = { target: relation.target, from: before.kind, to: "table", candidate } as const;
    work.steps.push(...(await grantsAgain(work.session, turning, work.database)));
  }
  replaces(work, relation, candidate, kind === "swap" ? "swap" : before === undefined ? "nothing" : "former");
  return at;
}

/** From here on texts read the candidate; after the commit it changes names with the table, or takes the name of what is there. */
export function replaces(
  work: Work,
  { target, description = "" }: Relation,
  candidate: Target,
  what: "swap" | "nothing" | "former",
) {
  work.places.push(placeAt(work, target, candidate));
  work.beside.push({ kind: "table", name: nameOf(work, candidate), taken: what !== "swap" });
  work.steps.push(what === "swap" ? { kind: "swap", target } : { kind: "take", target, from: what });
  if (what !== "swap") return;
  work.steps.push({ kind: "run", target, statement: sql.comment("table", nameOf(work, target), description) });
}

/** Where comments or cluster keys of a table differ from its model's. */
export function touches(work: Work, relation: Relation, before: Existing): readonly Step[] {
  const { target, description = "", clusterBy } = relation;
  const name = nameOf(work, target);
  const statements: string[] = [];
  if (clusteredOtherwise(before, clusterBy)) statements.push(sql.clusterBy(name, clusterBy));
  if (before.description !== description) statements.push(sql.comment("table", name, description));
  for (const column of before.columns) {
    const wanted = sql.descriptionOf(relation, column.name);
    if (column.description !== wanted) statements.push(sql.commentColumn(name, column.name, wanted));
  }
  return statements.map((statement) => ({ kind: "run", target, statement }));
}

/** Makes a candidate, which shows that the view can be made, and through which rules read what is new. */
export async function readyView(work: Work, relation: Relation, before: Existing | undefined): Promise<Ready> {
  const { target } = relation;
  const query = redirected(work, relation.query);
  const returned = await work.session.describe(query);
  const columns = ensureOnce(returned.map(({ name }) => name));
  const policies = await policiesOf(work.session, relation, before, returned, work.database);
  const candidate = candidateOf(target, work);
  // Who may read whatever will be made in its schema may read the candidate too.
  const view = viewOf(relation, columns, policies);
  const at = nameOf(work, candidate);
  await work.session.execute(sql.createView({ ...view, name: at, copyGrants: false, query }), {
    linesBefore: sql.linesBefore,
  });
  work.places.push(placeAt(work, target, candidate));
  const wanted = relation.materialized ? "materialized view" : "view";
  work.beside.push({ kind: wanted, name: at, taken: false });
  if (before !== undefined && before.kind !== wanted) {
    work.steps.push({ kind: "away", target, wanted });
    const turning = { target, from: before.kind, to: wanted, candidate } as const;
    work.steps.push(...(await grantsAgain(work.session, turning, work.database)));
  }
  const statement = sql.createView({ ...view, name: nameOf(work, target), copyGrants: before?.kind === wanted });
  work.steps.push({ kind: "run", target, statement });
  return { at, columns, query };
}

function viewOf(
  relation: Relation,
  columns: readonly string[],
  policies?: Policies,
): Omit<sql.NewView, "name" | "copyGrants"> {
  const { secure, materialized, clusterBy, description = "", query } = relation;
  const rowAccess = policies?.rowAccess;
  return {
    columns: columns.map((name) => {
      const masking = policies?.masking(name);
      return { name, description: sql.descriptionOf(relation, name), ...(masking && { masking }) };
    }),
    ...(rowAccess && { rowAccess }),
    secure,
    materialized,
    clusterBy,
    comment: description,
    query,
  };
}

/** What gives a relation that is there the descriptions and policies of its model. A view gets them by being made anew. */
export async function describing(work: Work, relation: Relation, before: Existing): Promise<readonly Step[]> {
  const { target, description = "" } = relation;
  const name = nameOf(work, target);
  if (before.kind === "table") {
    await guard(work.session, relation, before, work.database);
    return touches(work, relation, before);
  }
  const same =
    relation.guards === undefined &&
    before.description === description &&
    before.columns.every((column) => column.description === sql.descriptionOf(relation, column.name));
  if (same) return [];
  const columns = before.columns.map((column) => column.name);
  const policies = await policiesOf(work.session, relation, before, before.columns, work.database);
  const statement =
    before.kind === "view"
      ? sql.createView({ ...viewOf(relation, columns, policies), materialized: false, name, copyGrants: true })
      : sql.comment(before.kind, name, description);
  return [{ kind: "run", target, statement }];
}

/** Views between that read what stands beside: each gets a candidate that reads it there. */
export async function readyBetween(work: Work, views: readonly Relation[]): Promise<void> {
  for (const view of views) {
    const query = redirected(work, view.query);
    if (query === view.query) continue;
    const { target } = view;
    const candidate = candidateOf(target, work);
    const there = (await existing(work.session, [target], work.database)).get(targetKey(target));
    const columns = await work.session.describe(query);
    const policies = await policiesOf(work.session, view, there, columns, work.database);
    const shown = viewOf(
      view,
      columns.map((column) => column.name),
      policies,
    );
    const name = nameOf(work, candidate);
    await work.session.run(sql.createView({ ...shown, materialized: false, name, copyGrants: false, query }));
    if (work.places.some((place) => place.place === name)) continue;
    work.places.push(placeAt(work, view.target, candidate));
    work.beside.push({ kind: "view", name, taken: false });
  }
}
