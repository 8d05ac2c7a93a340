/**
 * Policies that guard a relation stand in its CREATE: those that the project asks for, and those that what it replaces has
 * beside. One that is attached afterwards leaves the rows open for a moment, and one that is forgotten for good.
 */
import { quoteTarget, type Relation, type Target, targetKey } from "../../graph/index.js";
import type { Row } from "../contract.js";
import { refuse } from "../refuse.js";
import { type ColumnType, find } from "../shape.js";
import type { Existing } from "./existing.js";
import { qualified } from "./names.js";
import * as sql from "./statements.js";
import type { PublishSession } from "./work.js";

export interface Policies {
  /** Of a column; undefined where nothing masks it. */
  masking(column: string): sql.Policy | undefined;
  readonly rowAccess: sql.Policy | undefined;
}

const none: Policies = { masking: () => undefined, rowAccess: undefined };

/** What a policy of a column is called for its type: `VARCHAR`, `NUMBER`, `NUMBER_4` with four digits behind the point. */
function typeWord(type: string): string {
  const [, kind = type, scale = "0"] = /^(\w+)(?:\(\d+(?:,\s*(\d+))?\))?$/.exec(type) ?? [];
  return kind === "NUMBER" && scale !== "0" ? `${kind}_${scale}` : kind;
}

/** Names without quotes, as Snowflake reads them; without a database that of the project. */
function policyName(policy: string, database: string): string {
  const [name = "", schema = "", owner = database] = policy.split(".").reverse();
  return quoteTarget({
    database: owner === database ? database : owner.toUpperCase(),
    schema: schema.toUpperCase(),
    name: name.toUpperCase(),
  });
}

/** What the project asks for, of what will have these columns. */
export function declaredPolicies(
  { guards }: Pick<Relation, "guards">,
  columns: readonly ColumnType[],
  database: string,
): Policies {
  if (guards === undefined) return none;
  const named = Object.entries(guards.masking).map(([name, policy]) => ({ name, policy }));
  const by = guards.rowAccess && find(columns, guards.rowAccess.column)?.name;
  return {
    masking(column) {
      const type = find(columns, column)?.type;
      const policy = find(named, column)?.policy;
      if (type === undefined || policy === undefined) return undefined;
      return { name: policyName(policy.replaceAll("{TYPE}", typeWord(type)), database), columns: [column] };
    },
    rowAccess:
      guards.rowAccess === undefined || by === undefined
        ? undefined
        : { name: policyName(guards.rowAccess.policy, database), columns: [by] },
  };
}

/**
 * Those of what will have these columns: as the project asks, else as they are on the relation that is there.
 *
 * @throws ProblemError `policy-lost` where one cannot go over.
 */
export async function policiesOf(
  session: Pick<PublishSession, "rows">,
  relation: Pick<Relation, "target" | "guards">,
  before: Existing | undefined,
  columns: readonly ColumnType[],
  database: string,
): Promise<Policies> {
  const declared = declaredPolicies(relation, columns, database);
  if (before === undefined) return declared;
  const there = await attached(session, relation.target, before, columns, database);
  const [stuck] = there.lost;
  if (stuck !== undefined) throw policyLost(relation.target, stuck.kind, stuck.name);
  return {
    masking: (column) => declared.masking(column) ?? there.masking(column),
    rowAccess: declared.rowAccess ?? there.rowAccess,
  };
}

/**
 * Gives a table that stays in its place the policies that the project asks for, where it has not got them. It is DDL, for before
 * a transaction: rows that go in then are guarded from the first moment. A policy that nobody asks for stays.
 */
export async function guard(
  session: Pick<PublishSession, "rows" | "run">,
  relation: Pick<Relation, "target" | "guards">,
  before: Existing,
  database: string,
): Promise<void> {
  if (relation.guards === undefined) return;
  const name = qualified(relation.target, database);
  const { masking, rowAccess } = declaredPolicies(relation, before.columns, database);
  const there = await attached(session, relation.target, before, before.columns, database);
  if (rowAccess !== undefined && JSON.stringify(rowAccess) !== JSON.stringify(there.rowAccess)) {
    await session.run(sql.setRowAccess(name, rowAccess, there.rowAccess));
  }
  for (const column of before.columns) {
    const wanted = masking(column.name);
    if (wanted === undefined || wanted.name === there.masking(column.name)?.name) continue;
    await session.run(sql.setMasking(name, column.name, wanted));
  }
}

interface Attached extends Policies {
  /** What cannot go over to another relation with these columns. */
  readonly lost: readonly { readonly kind: string; readonly name: string }[];
}

async function attached(
  session: Pick<PublishSession, "rows">,
  target: Target,
  before: Existing,
  columns: readonly ColumnType[],
  database: string,
): Promise<Attached> {
  const text = sql.policies(target.database ?? database, qualified(target, database), before.kind);
  const rows = await session.rows(text);
  const masking = new Map<string, sql.Policy>();
  const lost: Attached["lost"][number][] = [];
  let rowAccess: sql.Policy | undefined;
  for (const row of rows) {
    const kind = String(row.KIND);
    const by = namesIn(row.ARGUMENTS).map((name) => find(columns, name)?.name);
    const spelled = by.filter((name) => name !== undefined);
    const name = nameOf(row);
    if (kind === "MASKING_POLICY" && row.TAG === null) {
      const column = find(columns, String(row.COLUMN))?.name;
      // With a column its mask goes.
      if (column === undefined) continue;
      if (spelled.length < by.length) lost.push({ kind, name });
      masking.set(column, { name, columns: [column, ...spelled] });
    } else if (kind === "ROW_ACCESS_POLICY" && row.TAG === null && spelled.length === by.length) {
      rowAccess = { name, columns: spelled };
    } else lost.push({ kind, name });
  }
  return { masking: (column) => masking.get(column), rowAccess, lost };
}

const nameOf = (row: Row) =>
  quoteTarget({ database: String(row.DATABASE), schema: String(row.SCHEMA), name: String(row.NAME) });

/** `[ "STATE", "CITY" ]`, as the engine writes an array. */
function namesIn(list: Row[string] | undefined): readonly string[] {
  if (list === null || list === undefined || list === "") return [];
  const names: unknown = JSON.parse(String(list));
  return Array.isArray(names) ? names.map(String) : [];
}

const policyLost = (target: Target, kind: string, name: string) =>
  refuse(
    "policy-lost",
    `${targetKey(target)} has to be made anew, but is guarded by ${name} (${kind.toLowerCase().replaceAll("_", " ")}), which cannot go over to what takes its place`,
    "Keep the columns that the policy goes by, or take it off, run, and attach another.",
  );
