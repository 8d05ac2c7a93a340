/** Which published tables a rule of severity error fails on: what can no longer be thrown away is marked. */
import { type Assertion, type Graph, type Target, targetKey } from "../graph/index.js";
import type { State } from "../ledger/index.js";
import { readsOf } from "../plan/index.js";

export interface Standing {
  readonly target: Target;
  readonly failing: boolean;
}

export interface Evaluated {
  /** Assertions whose results of this run are about what is published now. */
  readonly settled: readonly Target[];
  /** Those that failed on it. */
  readonly failed: readonly Target[];
}

/** What changes. A mark goes where a rule was evaluated on what is published and none is left that does not hold there. */
export function standings(graph: Graph, { settled, failed }: Evaluated, state: State): readonly Standing[] {
  const marked = Object.entries(state.targets).filter(([, { failing }]) => failing);
  if (marked.length + failed.length === 0) return [];
  const reads = readsOf(graph);
  const readsBy = (target: Target) => {
    const key = targetKey(target);
    return [...reads.ground(key), ...reads.views(key)];
  };
  const readBy = (targets: readonly Target[]) => new Set(targets.flatMap(readsBy));
  const strict = graph.actions.filter(
    (action): action is Assertion =>
      action.kind === "assertion" && action.severity === "error" && action.disabled === false,
  );
  const isThere = (key: string) => reads.actions.get(key)?.kind === "declaration" || state.targets[key] !== undefined;
  // Skipped or broken, it may fail as it did before; unless it could not have been evaluated on what is published.
  const isDoubtful = ({ target, rules }: Assertion) =>
    readsBy(target).every(isThere) &&
    rules.some((rule) => {
      const outcome = state.rules[`${targetKey(target)}/${rule}`]?.outcome;
      return outcome !== undefined && outcome !== "pass" && outcome !== "warn";
    });
  const targetsOf = (assertions: readonly Assertion[]) => assertions.map(({ target }) => target);
  const bad = readBy(failed);
  const doubtful = readBy(targetsOf(strict.filter(isDoubtful)));
  const looked = readBy(settled);
  const ruled = readBy(targetsOf(strict));
  return [
    ...[...bad].flatMap((key): readonly Standing[] => {
      const known = state.targets[key];
      return known === undefined || known.failing ? [] : [{ target: known.target, failing: true }];
    }),
    ...marked
      .filter(([key]) => !bad.has(key) && !doubtful.has(key) && (looked.has(key) || !ruled.has(key)))
      .map(([, { target }]) => ({ target, failing: false })),
  ];
}
