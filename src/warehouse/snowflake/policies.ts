/**
 * Policies that guard a relation go over to what takes its place, in its CREATE: one that is attached afterwards leaves the
 * rows open for a moment, and one that is forgotten for good.
 */
import { quoteTarget, type Target, targetKey } from "../../graph/index.js";
import type { Row } from "../contract.js";
import { refuse } from "../refuse.js";
import { find } from "../shape.js";
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

interface Named {
  readonly name: string;
}

/**
 * Those of a relation that is there, for what will have these columns.
 *
 * @throws ProblemError `policy-lost` where one cannot go over.
 */
export async function policiesOf(
  session: Pick<PublishSession, "rows">,
  target: Target,
  before: Existing | undefined,
  columns: readonly Named[],
  database: string,
): Promise<Policies> {
  if (before === undefined) return none;
  const text = sql.policies(target.database ?? database, qualified(target, database), before.kind);
  const rows = await session.rows(text);
  const masking = new Map<string, sql.Policy>();
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
      if (spelled.length < by.length) throw lost(target, kind, name);
      masking.set(column, { name, columns: [column, ...spelled] });
    } else if (kind === "ROW_ACCESS_POLICY" && row.TAG === null && spelled.length === by.length) {
      rowAccess = { name, columns: spelled };
    } else {
      throw lost(target, kind, name);
    }
  }
  return { masking: (column) => masking.get(column), rowAccess };
}

const nameOf = (row: Row) =>
  quoteTarget({ database: String(row.DATABASE), schema: String(row.SCHEMA), name: String(row.NAME) });

/** `[ "STATE", "CITY" ]`, as the engine writes an array. */
function namesIn(list: Row[string] | undefined): readonly string[] {
  if (list === null || list === undefined || list === "") return [];
  const names: unknown = JSON.parse(String(list));
  return Array.isArray(names) ? names.map(String) : [];
}

const lost = (target: Target, kind: string, name: string) =>
  refuse(
    "policy-lost",
    `${targetKey(target)} has to be made anew, but is guarded by ${name} (${kind.toLowerCase().replaceAll("_", " ")}), which cannot go over to what takes its place`,
    "Keep the columns that the policy goes by, or take it off, run, and attach another.",
  );
