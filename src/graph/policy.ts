/** What tags ask of a build or a rule. Dataform has no words for it, so tags say it; every one has a default without a tag. */
import type { Assertion, Relation, Target } from "./types.js";

export type IntervalGrain = "hour" | "day" | "week" | "month" | "year";

/**
 * How an increment goes into its table. `insert`: new rows only; with a uniqueKey those whose key is there already are left
 * out. `merge`: replaces the rows with the same uniqueKey. `interval`: every interval of `column` that the query returns rows
 * of is replaced as a whole; without a grain each value is an interval of its own.
 */
export type IncrementPolicy =
  | { readonly kind: "insert" }
  | { readonly kind: "merge" }
  | { readonly kind: "interval"; readonly column: string; readonly grain?: IntervalGrain };

/**
 * What an increment does where its query's columns are no longer the table's. `extend`: a new column is added, a removed one
 * is kept and NULL in new rows. `fail`: nothing is built. `ignore`: new columns are left out. `sync`: as `extend`, but a
 * removed column is dropped. A type that would lose something is refused by all of them.
 */
export type SchemaChange = "extend" | "fail" | "ignore" | "sync";

/** What changed SQL of an incremental means: `rebuild` makes it anew, `increment` keeps what is there and goes on from it. */
export type SqlChange = "rebuild" | "increment";

/** How many failing rows a rule bears: as a number of rows, or as a share (0 to 1) of the rows of its table. */
export type Threshold = { readonly rows: number } | { readonly share: number };

const grains: readonly string[] = ["hour", "day", "week", "month", "year"] satisfies readonly IntervalGrain[];

const schemaChanges: readonly string[] = ["extend", "fail", "ignore", "sync"] satisfies readonly SchemaChange[];

const sqlChanges: readonly string[] = ["rebuild", "increment"] satisfies readonly SqlChange[];

const valueIn = (tags: readonly string[], prefix: string): string | undefined =>
  tags.find((tag) => tag.startsWith(prefix))?.slice(prefix.length);

function incrementOf(value: string): IncrementPolicy | undefined {
  if (value === "insert" || value === "merge") return { kind: value };
  const [kind, column = "", grain, ...rest] = value.split(":");
  if (kind !== "interval" || column === "" || rest.length > 0) return undefined;
  if (grain === undefined) return { kind, column };
  return grains.includes(grain) ? { kind, column, grain: grain as IntervalGrain } : undefined;
}

function thresholdOf(value: string): Threshold | undefined {
  const share = /^(\d+(?:\.\d+)?)%$/.exec(value)?.[1];
  if (share !== undefined) return Number(share) <= 100 ? { share: Number(share) / 100 } : undefined;
  return /^\d{1,15}$/.test(value) ? { rows: Number(value) } : undefined;
}

/** The policies of a relation with these tags and this uniqueKey; a tag that says nothing known counts as absent. */
export function relationPolicies(
  tags: readonly string[],
  uniqueKey: readonly string[],
): Pick<Relation, "increment" | "onSchemaChange" | "onSqlChange"> {
  const asked = incrementOf(valueIn(tags, "increment:") ?? "");
  const schema = valueIn(tags, "on_schema_change:") ?? "";
  const sql = valueIn(tags, "on_sql_change:") ?? "";
  return {
    increment: asked ?? { kind: uniqueKey.length > 0 ? "merge" : "insert" },
    onSchemaChange: schemaChanges.includes(schema) ? (schema as SchemaChange) : "extend",
    onSqlChange: sqlChanges.includes(sql) ? (sql as SqlChange) : "rebuild",
  };
}

/** The policies of an assertion with these tags. */
export function assertionPolicies(tags: readonly string[]): Pick<Assertion, "threshold" | "onlyNew" | "newRowsOf"> {
  const threshold = thresholdOf(valueIn(tags, "threshold:") ?? "");
  const [which, of] = rowsOf(valueIn(tags, "rows:") ?? "") ?? [];
  return { ...(threshold && { threshold }), onlyNew: which === "new", ...(of !== undefined && { newRowsOf: of }) };
}

/** `new`, or `new` and the name of a table. */
function rowsOf(value: string): readonly ["all" | "new", string?] | undefined {
  if (value === "all" || value === "new") return [value];
  const name = /^new:(.+)$/.exec(value)?.[1];
  return name === undefined ? undefined : ["new", name];
}

/** Whether a name, `child` or `silver.child`, is that of a relation. */
export function isNamed(name: string, { schema, name: own }: Pick<Target, "schema" | "name">): boolean {
  const wanted = name.toLowerCase();
  return wanted === own.toLowerCase() || wanted === `${schema}.${own}`.toLowerCase();
}

const said = ["increment", "on_schema_change", "on_sql_change", "severity", "threshold", "rows"];

/** Tags of which only one can hold, where there are more: of the first such policy. */
export function policyConflict(tags: readonly string[]): readonly string[] | undefined {
  return said
    .map((policy) => [...new Set(tags.filter((tag) => tag.startsWith(`${policy}:`)))])
    .find((same) => same.length > 1);
}

/** What a tag that looks like a policy should be, if it is none: for who reports it. */
export function policyComplaint(tag: string): string | undefined {
  const [prefix = "", ...rest] = tag.split(":");
  const value = rest.join(":");
  if (rest.length === 0) return undefined;
  switch (prefix) {
    case "increment":
      return incrementOf(value)
        ? undefined
        : `increment:insert, increment:merge, increment:interval:COLUMN or increment:interval:COLUMN:GRAIN (${grains.join(", ")})`;
    case "on_schema_change":
      return schemaChanges.includes(value) ? undefined : schemaChanges.map((each) => `${prefix}:${each}`).join(", ");
    case "on_sql_change":
      return sqlChanges.includes(value) ? undefined : sqlChanges.map((each) => `${prefix}:${each}`).join(" or ");
    case "severity":
      return value === "error" || value === "warn" ? undefined : "severity:error or severity:warn";
    case "threshold":
      return thresholdOf(value)
        ? undefined
        : "threshold:ROWS, such as threshold:10, or threshold:SHARE%, such as threshold:0.5%";
    case "rows":
      return rowsOf(value) ? undefined : "rows:all, rows:new, or rows:new:TABLE where the rule reads several";
    default:
      return undefined;
  }
}
