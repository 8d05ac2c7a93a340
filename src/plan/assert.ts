import {
  type Graph,
  ownFingerprint,
  type Selection,
  type StateFacts,
  selectActions,
  targetKey,
} from "../graph/index.js";
import { orderOf } from "./groups.js";
import { readsOf } from "./reads.js";
import { needsSubject, subjectOf } from "./subject.js";
import type { Plan, Step, Unit } from "./types.js";

/**
 * Evaluates rules on what is published now and builds nothing: the selected assertions, and those that read a selected
 * relation. Disabled ones are left out.
 *
 * @throws ProblemError of selection.
 */
export function planAssert(graph: Graph, selection: Selection, facts?: StateFacts): Plan {
  const reads = readsOf(graph);
  const order = orderOf(reads);
  const selected = selectActions(graph, selection, facts);
  const steps: Step[] = [];
  const units: Unit[] = [];
  for (const [key, action] of reads.actions) {
    if (action.kind !== "assertion" || action.disabled) continue;
    const read = [...reads.ground(key), ...reads.views(key)];
    if (!selected.has(key) && !read.some((other) => selected.has(other))) continue;
    const { target } = action;
    const print = ownFingerprint(action, graph.engine);
    const asked = { decision: "assert", reason: "asked for", fingerprint: print, inputs: {}, builds: [] } as const;
    const subject = needsSubject(action) ? subjectOf(action, reads, order) : undefined;
    steps.push({ target, type: "assertion", ...asked, ...(subject && { subject }) });
    units.push({ id: targetKey(target), kind: "assert", members: [], rules: [target], needs: [], after: [] });
  }
  return { asOf: null, fullRefresh: false, steps, units, landings: [], described: [], behind: [] };
}
