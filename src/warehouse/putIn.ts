/** How an increment goes into its table: what its policy asks for, held against the columns that there are. */
import { type Relation, targetKey } from "../graph/index.js";
import { refuse } from "./refuse.js";
import { type ColumnType, find } from "./shape.js";

/** `missing`: rows whose key the table has not; `replace`: rows of the table with the same key go. Keys spelled as stored. */
export type PutIn =
  | { readonly kind: "append" | "missing" | "replace"; readonly keys: readonly string[] }
  | {
      readonly kind: "interval";
      readonly keys: readonly string[];
      readonly column: string;
      readonly grain: string | undefined;
    };

/**
 * What is asked for, each column of it in the table already and in what comes in.
 *
 * @throws ProblemError `unique-key`, `interval-column`.
 */
export function checkedPolicy(
  relation: Relation,
  columns: readonly ColumnType[],
  incoming: readonly ColumnType[],
): PutIn {
  const { uniqueKey, increment: policy } = relation;
  const name = targetKey(relation.target);
  ensureKeys(relation, columns, "the table");
  ensureKeys(relation, incoming, "its query");
  const keys = uniqueKey.map((key) => find(columns, key)?.name ?? key);
  switch (policy.kind) {
    case "insert":
      return { kind: keys.length === 0 ? "append" : "missing", keys };
    case "merge":
      if (keys.length > 0) return { kind: "replace", keys };
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
      return { kind: "interval", keys, column: stored.name, grain: policy.grain };
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
