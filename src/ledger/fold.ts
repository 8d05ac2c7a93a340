/** State as the fold of entries. Pure: the same entries give the same state, whoever folds them. */
import { targetKey } from "../graph/index.js";
import { aboutTargetSchema, evaluationSchema, loadFileSchema, publicationSchema, ruleOutcomeSchema } from "./schema.js";
import type { Entry, RunState, State } from "./types.js";

export const emptyState: State = { targets: {}, sources: {}, rules: {}, lastRun: null, number: 0 };

/** The chain that an entry stands in. */
export interface ChainInfo {
  readonly id: string;
  readonly number: number;
  readonly kind: RunState["kind"];
  /** ISO instant. */
  readonly startedAt: string;
}

/** A chain was opened; until it is sealed its run counts as interrupted. */
export function foldOpened(state: State, chain: ChainInfo): State {
  return {
    ...state,
    number: Math.max(state.number, chain.number),
    lastRun: {
      runId: chain.id,
      runNumber: chain.number,
      kind: chain.kind,
      startedAt: chain.startedAt,
      finishedAt: null,
      outcome: "interrupted",
    },
  };
}

/** A chain is sealed: what its seal will carry. */
export function foldSealed(state: State, chain: ChainInfo, outcome: RunState["outcome"], at: string): State {
  const opened = foldOpened(state, chain);
  return {
    ...opened,
    lastRun: opened.lastRun === null ? null : { ...opened.lastRun, finishedAt: at, outcome },
  };
}

/** One entry of a chain; kinds that change nothing known (`intent`, `discard`, …) leave the state as it is. */
export function foldEntry(state: State, entry: Entry, chain: ChainInfo): State {
  switch (entry.kind) {
    case "publish": {
      const { version = chain.id, runNumber = chain.number, ...body } = publicationSchema.parse(entry.body);
      const published = { ...body, version, runNumber, publishedAt: entry.at, failing: false };
      return { ...state, targets: { ...state.targets, [targetKey(body.target)]: published } };
    }
    case "load-file": {
      const { target, batchId, rows } = loadFileSchema.parse(entry.body);
      const key = targetKey(target);
      const before = state.sources[key]?.rows ?? 0;
      return {
        ...state,
        sources: { ...state.sources, [key]: { target, batchId, rows: before + rows, loadedAt: entry.at } },
      };
    }
    case "evaluation": {
      const evaluated = evaluationSchema.parse(entry.body);
      const { assertion, rule } = evaluated;
      const outcome = ruleOutcomeSchema.parse(entry.outcome);
      const key = `${targetKey(assertion)}/${rule}`;
      return {
        ...state,
        rules: { ...state.rules, [key]: { ...evaluated, outcome, at: entry.at } },
      };
    }
    case "standing": {
      const key = targetKey(aboutTargetSchema.parse(entry.body).target);
      const known = state.targets[key];
      if (known === undefined) return state;
      return { ...state, targets: { ...state.targets, [key]: { ...known, failing: entry.outcome === "failing" } } };
    }
    case "drop": {
      const { [targetKey(aboutTargetSchema.parse(entry.body).target)]: _gone, ...targets } = state.targets;
      return { ...state, targets };
    }
    default:
      return state;
  }
}

export function foldEntries(state: State, entries: readonly Entry[], chain: ChainInfo): State {
  return entries.reduce((folded, entry) => foldEntry(folded, entry, chain), state);
}
