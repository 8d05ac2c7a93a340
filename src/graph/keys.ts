/**
 * Keys that the project's own rules hold. What an assertion's query says of a key nobody can read out of its SQL, so a tag says it:
 * `key:RULE:TABLE(COLUMN,…)`, the columns are given in each row of TABLE and stand once; `references:RULE:TABLE(COLUMN,…):PARENT(COLUMN,…)`,
 * what is given of them stands in PARENT. TABLE and PARENT are names of relations that the assertion reads.
 */
import { sameTarget, targetKey } from "./targets.js";
import type { Assertion, Graph, Relation, Target } from "./types.js";

/** A table's columns, and the rule that holds them. */
export interface HeldKey {
  readonly table: Target;
  readonly columns: readonly string[];
  readonly rule: string;
}

export interface HeldReference extends HeldKey {
  readonly parent: Target;
  /** As many as `columns`, in their order. */
  readonly parentColumns: readonly string[];
}

export interface HeldKeys {
  /** In the graph's order; of a table the first one is what tells its rows apart. */
  readonly keys: readonly HeldKey[];
  /** Only such whose parent has these columns as a key. */
  readonly references: readonly HeldReference[];
}

interface Side {
  readonly name: string;
  readonly columns: readonly string[];
}

const sideOf = (text: string): Side | undefined => {
  const [, name = "", columns = ""] = /^([^()]+)\(([^()]+)\)$/.exec(text) ?? [];
  return name === "" ? undefined : { name, columns: columns.split(",") };
};

/** A rule that judges only new rows, bears some, or stops nothing says nothing of all that is published. */
const holds = ({ severity, threshold, onlyNew, disabled }: Assertion) =>
  severity === "error" && threshold === undefined && !onlyNew && !disabled;

const has = (columns: readonly string[], wanted: readonly string[]) =>
  columns.length === wanted.length && wanted.every((column) => columns.includes(column));

/** Of tables alone: what a view shows its tables hold. */
export function heldKeys({ actions }: Graph): HeldKeys {
  const tables = new Map<string, Relation>();
  for (const action of actions)
    if (action.kind === "table" || action.kind === "incremental") tables.set(targetKey(action.target), action);
  const assertions = actions.filter((action): action is Assertion => action.kind === "assertion" && holds(action));

  /** By its name alone, for a suffix may stand behind its schema; undefined where no table, or several, are called so. */
  const tableOf = ({ dependencies }: Assertion, { name }: Side): Target | undefined => {
    const found = dependencies.filter((target) => target.name.toUpperCase() === name.toUpperCase());
    const [only] = found;
    return found.length === 1 && only !== undefined && tables.has(targetKey(only)) ? only : undefined;
  };

  const keys = assertions.flatMap((assertion) =>
    assertion.tags.flatMap((tag): readonly HeldKey[] => {
      const [word, rule = "", text = ""] = tag.split(":");
      const side = word === "key" && assertion.rules.includes(rule) ? sideOf(text) : undefined;
      const table = side && tableOf(assertion, side);
      return side && table ? [{ table, columns: side.columns, rule }] : [];
    }),
  );
  const references = assertions.flatMap((assertion) =>
    assertion.tags.flatMap((tag): readonly HeldReference[] => {
      const [word, rule = "", text = "", parentText = ""] = tag.split(":");
      if (word !== "references" || !assertion.rules.includes(rule)) return [];
      const [side, parentSide] = [sideOf(text), sideOf(parentText)];
      const table = side && tableOf(assertion, side);
      const parent = parentSide && tableOf(assertion, parentSide);
      if (!side || !parentSide || !table || !parent) return [];
      const isKey = keys.some((key) => sameTarget(key.table, parent) && has(key.columns, parentSide.columns));
      return isKey ? [{ table, columns: side.columns, rule, parent, parentColumns: parentSide.columns }] : [];
    }),
  );
  return { keys, references };
}
