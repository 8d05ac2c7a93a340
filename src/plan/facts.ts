/** What `state:modified` and `state:failed` select. */
import {
  fingerprint,
  type Graph,
  ownFingerprint,
  type Selection,
  type StateFacts,
  selectsByState,
  targetKey,
} from "../graph/index.js";
import type { State } from "../ledger/index.js";
import { aboveOf } from "./decide.js";
import { orderOf } from "./groups.js";
import { hashKeyDigest } from "./inputs.js";
import { readsOf } from "./reads.js";
import { subjectOf } from "./subject.js";

/** Only where the selection asks, for it fingerprints the whole project. */
export function factsFor(asked: {
  readonly graph: Graph;
  readonly selection: Selection;
  readonly state: State;
  readonly hashKey?: string;
}): StateFacts | undefined {
  const { graph, selection, state, hashKey } = asked;
  return selectsByState(selection) ? stateFacts(graph, state, hashKey) : undefined;
}

/** Modified is measured against the project as it stands, all of it: what stands on changed SQL is changed too. */
function stateFacts(graph: Graph, state: State, hashKey?: string): StateFacts {
  const digest = hashKeyDigest(hashKey);
  const prints = new Map<string, string>();
  const modified = new Set<string>();
  const reads = readsOf(graph);
  const order = orderOf(reads);
  const failed = new Set(Object.keys(state.failed));
  for (const [key, { failing }] of Object.entries(state.targets)) if (failing) failed.add(key);
  for (const [key, action] of reads.actions) {
    const own = ownFingerprint(action, graph.engine);
    if (action.kind === "assertion") {
      if (action.disabled) continue;
      const results = action.rules.map((rule) => state.rules[`${key}/${rule}`]);
      if (results.some((result) => !result || (result.fingerprint ?? own) !== own)) modified.add(key);
      if (!results.some((result) => result?.outcome === "fail" || result?.outcome === "error")) continue;
      failed.add(key);
      const subject = subjectOf(action, reads, order);
      if (subject) failed.add(targetKey(subject));
      continue;
    }
    if (action.kind === "declaration") continue;
    const print = fingerprint(own, aboveOf(action, prints, { reads, hashKey: digest, engine: graph.engine }));
    const published = state.targets[key]?.fingerprint;
    prints.set(key, action.disabled ? (published ?? "") : print);
    if (!action.disabled && published !== print) modified.add(key);
  }
  return { modified, failed };
}
