/** State as the fold of entries. Pure: the same entries give the same state, whoever folds them. */
import { targetKey } from "../graph/index.js";
import {
  aboutTargetSchema,
  descriptionSchema,
  evaluationSchema,
  loadFileSchema,
  publicationSchema,
  ruleOutcomeSchema,
  unpublishedSchema,
  viewsSchema,
} from "./schema.js";
import type { Commit, Entry, RuleState, RunState, SourceState, State, TargetState, Unpublished } from "./types.js";

export const emptyState: State = { targets: {}, sources: {}, rules: {}, lastRun: null, failed: {}, number: 0 };

/** The chain that an entry stands in. */
export interface ChainInfo {
  readonly id: string;
  readonly number: number;
  readonly kind: RunState["kind"];
  /** ISO instant. */
  readonly startedAt: string;
  readonly commit?: Commit;
}

/** A chain was opened; until it is sealed its run counts as interrupted. Loads and assertions leave the last run as it is. */
export function foldOpened(state: State, chain: ChainInfo): State {
  const numbered = { ...state, number: Math.max(state.number, chain.number) };
  if (chain.kind !== "run") return numbered;
  return {
    ...numbered,
    lastRun: {
      runId: chain.id,
      runNumber: chain.number,
      kind: chain.kind,
      startedAt: chain.startedAt,
      finishedAt: null,
      outcome: "interrupted",
      ...(chain.commit === undefined ? {} : { commit: chain.commit }),
    },
  };
}

/** A chain is sealed: what its seal will carry. */
export function foldSealed(state: State, chain: ChainInfo, outcome: RunState["outcome"], at: string): State {
  const opened = foldOpened(state, chain);
  if (chain.kind !== "run" || opened.lastRun === null) return opened;
  return { ...opened, lastRun: { ...opened.lastRun, finishedAt: at, outcome } };
}

/** A state that is being folded: its own copies, so that many entries cost one. */
interface Draft {
  readonly targets: Record<string, TargetState>;
  readonly sources: Record<string, SourceState>;
  readonly rules: Record<string, RuleState>;
  readonly failed: Record<string, Unpublished>;
}

function apply(draft: Draft, entry: Entry, chain: ChainInfo): void {
  switch (entry.kind) {
    case "publish": {
      const { version = chain.id, runNumber = chain.number, ...body } = publicationSchema.parse(entry.body);
      draft.targets[targetKey(body.target)] = { ...body, version, runNumber, publishedAt: entry.at, failing: false };
      delete draft.failed[targetKey(body.target)];
      return;
    }
    case "load-file": {
      const { target, batchId, rows } = loadFileSchema.parse(entry.body);
      const key = targetKey(target);
      const before = draft.sources[key]?.rows ?? 0;
      draft.sources[key] = { target, batchId, rows: before + rows, loadedAt: entry.at };
      return;
    }
    case "evaluation": {
      const evaluated = evaluationSchema.parse(entry.body);
      const outcome = ruleOutcomeSchema.parse(entry.outcome);
      draft.rules[`${targetKey(evaluated.assertion)}/${evaluated.rule}`] = { ...evaluated, outcome, at: entry.at };
      return;
    }
    case "standing": {
      const key = targetKey(aboutTargetSchema.parse(entry.body).target);
      const known = draft.targets[key];
      if (known !== undefined) draft.targets[key] = { ...known, failing: entry.outcome === "failing" };
      return;
    }
    case "describe": {
      const { target, metadata } = descriptionSchema.parse(entry.body);
      const key = targetKey(target);
      const known = draft.targets[key];
      if (known !== undefined) draft.targets[key] = { ...known, metadata };
      return;
    }
    case "discard":
      draft.failed[entry.subject] = unpublishedSchema.parse(entry.outcome);
      return;
    case "drop": {
      const key = targetKey(aboutTargetSchema.parse(entry.body).target);
      delete draft.targets[key];
      delete draft.failed[key];
      return;
    }
  }
}

/** Entries of one chain, in order; kinds that change nothing known (`intent`, …) leave the state as it is. */
export function foldEntries(state: State, entries: readonly Entry[], chain: ChainInfo): State {
  const { targets, sources, rules, failed } = state;
  const draft: Draft = { targets: { ...targets }, sources: { ...sources }, rules: { ...rules }, failed: { ...failed } };
  for (const entry of entries) apply(draft, entry, chain);
  const views = entries.findLast(({ kind }) => kind === "views");
  return { ...state, ...draft, ...(views === undefined ? {} : { views: viewsSchema.parse(views.body).fingerprint }) };
}

export function foldEntry(state: State, entry: Entry, chain: ChainInfo): State {
  return foldEntries(state, [entry], chain);
}
