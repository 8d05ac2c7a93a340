/** What is left to do of a unit once it is known whether anything changed of what it reads. */
import { type Target, targetKey } from "../graph/index.js";
import type { Unit } from "../plan/index.js";
import type { Context } from "./context.js";

/**
 * A unit of which only such builds ask as changed nothing stays as it is published, and its rules with it; those that read
 * something else that changed are evaluated on what is published, and then gate nothing. Undefined where nothing is left.
 */
export function dueOf(unit: Unit, context: Context): Unit | undefined {
  if (unit.kind !== "publish") return unit;
  const kept = new Map(context.kept);
  for (const target of unit.members) {
    const { ifChanged, version, builds = [] } = context.step(target) ?? {};
    if (!ifChanged || version === undefined || !builds.every((key) => kept.has(key))) return unit;
    kept.set(targetKey(target), version);
  }
  for (const [key, version] of kept) context.kept.set(key, version);
  const rules = unit.rules.filter((rule) => !isIdle(rule, context));
  return rules.length === 0 ? undefined : { ...unit, kind: "assert", members: [], rules };
}

function isIdle(rule: Target, { reads, step, kept }: Context): boolean {
  const built = [...reads.ground(targetKey(rule))].filter((key) => {
    const target = reads.actions.get(key)?.target;
    return target !== undefined && step(target)?.decision === "build";
  });
  return step(rule)?.ifChanged === true && built.every((key) => kept.has(key));
}
