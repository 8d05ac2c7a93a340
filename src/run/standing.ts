/** Which published tables a rule of severity error fails on: what can no longer be thrown away is marked. */
import { type Assertion, type Graph, type Target, targetKey } from "../graph/index.js";
import type { State } from "../ledger/index.js";
import { readsOf } from "../plan/index.js";

export interface Standing {
  readonly target: Target;
  readonly failing: boolean;
}

/** What changes: `failed` are the assertions that were evaluated on what is published, and failed. */
export function standings(
  graph: Graph,
  evaluated: readonly Target[],
  failed: readonly Target[],
  state: State,
): readonly Standing[] {
  if (evaluated.length === 0 && failed.length === 0) return [];
  const reads = readsOf(graph);
  const readBy = (targets: readonly Target[]) =>
    new Set(targets.map(targetKey).flatMap((key) => [...reads.ground(key), ...reads.views(key)]));
  const stillFailing = graph.actions.filter(
    (action): action is Assertion =>
      action.kind === "assertion" &&
      action.severity === "error" &&
      action.rules.some((rule) => state.rules[`${targetKey(action.target)}/${rule}`]?.outcome === "fail"),
  );
  const bad = readBy(failed);
  const doubtful = readBy(stillFailing.map(({ target }) => target));
  return [...readBy([...evaluated, ...failed])].flatMap((key): readonly Standing[] => {
    const known = state.targets[key];
    if (!known) return [];
    if (bad.has(key)) return known.failing ? [] : [{ target: known.target, failing: true }];
    return known.failing && !doubtful.has(key) ? [{ target: known.target, failing: false }] : [];
  });
}
