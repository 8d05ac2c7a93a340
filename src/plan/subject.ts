/** The table that an assertion speaks of: whose rows a share is measured against, and whose new rows a rule may look at. */
import { type Assertion, isNamed, type Target, targetKey } from "../graph/index.js";
import type { Order } from "./groups.js";
import type { Reads } from "./reads.js";

/**
 * The relation whose config declares it, or that a tag `rows:new:TABLE` names; else the only one that it names; of several the
 * last in the project's order, which is its gate where all of them are built. The same in every run, whatever that builds.
 */
export function subjectOf(assertion: Assertion, reads: Reads, order: Order): Target | undefined {
  if (assertion.parent) return assertion.parent;
  const named = assertion.dependencies.map(targetKey).filter((key) => {
    const action = reads.actions.get(key);
    return action !== undefined && action.kind !== "assertion" && (action.kind !== "operation" || action.hasOutput);
  });
  const { newRowsOf } = assertion;
  const told = named.map((key) => reads.actions.get(key)?.target);
  const asked = newRowsOf === undefined ? undefined : told.find((target) => target && isNamed(newRowsOf, target));
  if (asked) return asked;
  const tables = named.filter((key) => reads.actions.get(key)?.kind !== "view");
  return reads.actions.get(order.greatest(tables.length > 0 ? tables : named) ?? "")?.target;
}

/** Whether its evaluation has to know. */
export function needsSubject({ threshold, onlyNew }: Assertion): boolean {
  return onlyNew || (threshold !== undefined && "share" in threshold);
}
