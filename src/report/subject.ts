/** Which relation an assertion is about, and what it says of each of its rules. */
import { type Assertion, type Target, targetKey } from "../graph/index.js";

/**
 * The relation whose config declares it, else the one that its name begins with (`silver_patient_keys`, the longest such name), else
 * the last of what it reads, by place in the graph.
 */
export function subjectOf(assertion: Assertion, position: ReadonlyMap<string, number>): Target {
  const name = assertion.target.name.toLowerCase();
  const named = assertion.dependencies
    .filter((target) => `${name}_`.startsWith(`${target.schema}_${target.name}_`.toLowerCase()))
    .toSorted((a, b) => b.name.length - a.name.length)[0];
  const last = assertion.dependencies.toSorted(
    (a, b) => (position.get(targetKey(b)) ?? -1) - (position.get(targetKey(a)) ?? -1),
  )[0];
  return assertion.parent ?? named ?? last ?? assertion.target;
}

/** A line `rule: what it says` of the assertion's description; the whole of it where it has one rule only. */
export function descriptionOf({ description, rules }: Assertion, rule: string): string | undefined {
  const start = `${rule.toLowerCase()}:`;
  const line = description?.split("\n").find((each) => each.trim().toLowerCase().startsWith(start));
  if (line !== undefined) return line.trim().slice(start.length).trim();
  return rules.length === 1 ? description : undefined;
}
