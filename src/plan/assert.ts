import { type Graph, ownFingerprint, type Selection, selectActions, targetKey } from "../graph/index.js";
import { readsOf } from "./reads.js";
import type { Plan, Step, Unit } from "./types.js";

/**
 * Evaluates rules on what is published now and builds nothing: the selected assertions, and those that read a selected
 * relation. Disabled ones are left out.
 *
 * @throws ProblemError of selection.
 */
export function planAssert(graph: Graph, selection: Selection, asOf: string | null = null): Plan {
  const reads = readsOf(graph);
  const selected = selectActions(graph, selection);
  const steps: Step[] = [];
  const units: Unit[] = [];
  for (const [key, action] of reads.actions) {
    if (action.kind !== "assertion" || action.disabled) continue;
    const read = [...reads.ground(key), ...reads.views(key)];
    if (!selected.has(key) && !read.some((other) => selected.has(other))) continue;
    const { target } = action;
    const print = ownFingerprint(action, graph.engine);
    const asked = { decision: "assert", reason: "asked for", fingerprint: print, inputs: {}, builds: [] } as const;
    steps.push({ target, type: "assertion", ...asked });
    units.push({ id: targetKey(target), kind: "assert", members: [], rules: [target], needs: [], after: [] });
  }
  return { asOf, fullRefresh: false, steps, units, landings: [], described: [] };
}
