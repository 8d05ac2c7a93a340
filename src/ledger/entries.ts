/** The entries that a run or a load writes, each made in one place, so that the fold finds what it needs. Counts and names only. */
import { type Target, type Threshold, targetKey } from "../graph/index.js";
import type { Entry, RuleState, TargetState, Unpublished } from "./types.js";

type Kind = TargetState["kind"];

/** What the engine was asked for, and how long it took. */
export interface Work {
  /** SHA-256 in hex of the compiled SQL that was run: `sqlHash` of src/graph. */
  readonly sqlHash?: string;
  /** Under which the engine's own records know the statements. */
  readonly queryIds?: readonly string[];
  readonly milliseconds?: number;
}

/** Before a target is published: what a crash between commit and record leaves behind to recover from. */
export function intentEntry(about: {
  readonly at: string;
  readonly target: Target;
  readonly kind: Kind;
  readonly fingerprint: string;
  readonly inputs: Readonly<Record<string, string>>;
  /** Under which the fence and the COMMIT are about to be sent, where the engine is told so. */
  readonly requestIds?: readonly string[];
}): Entry {
  const { at, ...body } = about;
  return { kind: "intent", subject: targetKey(about.target), outcome: "publish", at, body };
}

/** At the beginning of a run: what it is about to do, for who wants to go on from it. */
export function planEntry(about: { readonly at: string } & Readonly<Record<string, unknown>>): Entry {
  const { at, ...body } = about;
  return { kind: "plan", subject: "plan", outcome: "planned", at, body };
}

/** Before a load: which files it is about to land, by `<table key>:<content hash>`. */
export function loadIntentEntry(about: {
  readonly at: string;
  readonly batchId: string;
  readonly files: readonly string[];
}): Entry {
  const { at, ...body } = about;
  return { kind: "intent", subject: about.batchId, outcome: "load", at, body };
}

/** After a target was published, in the chain of the run that published it. `version` and `runNumber` default to that run. */
export function publishEntry(
  about: {
    readonly at: string;
    readonly target: Target;
    readonly kind: Kind;
    readonly fingerprint: string;
    readonly rows: number | null;
    readonly columns: readonly string[];
    readonly metadata?: string;
    readonly inputs: Readonly<Record<string, string>>;
    readonly version?: string;
    readonly runNumber?: number;
    /** Rows that the build inserted, updated or deleted; null where that has no meaning. */
    readonly changed?: number | null;
    /** Why it was built: the plan's reason. */
    readonly reason?: string;
    /** How many of its hooks ran outside of its transaction, so that no rule gated what they wrote. */
    readonly ungated?: number;
  } & Work,
  outcome: "published" | "recovered" = "published",
): Entry {
  const { at, ...body } = about;
  return { kind: "publish", subject: targetKey(about.target), outcome, at, body };
}

/** After a published target was given other descriptions; its data is as it was. */
export function describeEntry(about: {
  readonly at: string;
  readonly target: Target;
  readonly metadata: string;
}): Entry {
  const { at, ...body } = about;
  return { kind: "describe", subject: targetKey(about.target), outcome: "described", at, body };
}

/** After an attempt that published nothing; the published target is as it was. */
export function discardEntry(
  about: { readonly at: string; readonly target: Target; readonly reason: string } & Work,
  outcome: Unpublished = "discarded",
): Entry {
  const { at, ...body } = about;
  return { kind: "discard", subject: targetKey(about.target), outcome, at, body };
}

/** Between two attempts of which the first published nothing: an error of this code, and how long until the next. */
export function retryEntry(about: {
  readonly at: string;
  readonly target: Target;
  readonly attempt: number;
  readonly attempts: number;
  readonly milliseconds: number;
  readonly code: string;
}): Entry {
  const { at, ...body } = about;
  return { kind: "retry", subject: targetKey(about.target), outcome: "repeated", at, body };
}

/** One rule's result; one that was not evaluated has no count. */
export function evaluationEntry(
  about: {
    readonly at: string;
    readonly assertion: Target;
    readonly rule: string;
    readonly severity: RuleState["severity"];
    readonly outcome: RuleState["outcome"];
    readonly failing: number | null;
    readonly gate?: Target;
    readonly threshold?: Threshold;
    readonly of?: number;
    /** `new`: only rows that the run's increment brought were evaluated. */
    readonly rows?: "new";
    readonly fingerprint?: string;
  } & Work,
): Entry {
  const { at, outcome, ...body } = about;
  return { kind: "evaluation", subject: `${targetKey(about.assertion)}/${about.rule}`, outcome, at, body };
}

/** Whether a rule of severity error fails on what is published; publishing a target makes it sound again. */
export function standingEntry(about: {
  readonly at: string;
  readonly target: Target;
  readonly failing: boolean;
}): Entry {
  return {
    kind: "standing",
    subject: targetKey(about.target),
    outcome: about.failing ? "failing" : "sound",
    at: about.at,
    body: { target: about.target },
  };
}

/** The warehouse was brought back from a backup: what follows goes on from what was published and recorded until then. */
export function restoreEntry(about: {
  readonly at: string;
  /** ISO instant at which the backup was taken. */
  readonly takenAt: string;
  /** The last run that had published something; null before the first. */
  readonly runId: string | null;
  readonly relations: number;
  readonly rows: number;
  /** The end of the main chain in the backup. */
  readonly head: { readonly seq: string; readonly hash: string } | null;
}): Entry {
  const { at, ...body } = about;
  return { kind: "restore", subject: about.takenAt, outcome: "restored", at, body };
}

/** The views over the ledger were made, from the text that gives this fingerprint. */
export function viewsEntry(at: string, fingerprint: string): Entry {
  return { kind: "views", subject: "MEDFORM", outcome: "made", at, body: { fingerprint } };
}

/** What is known of a relation whose model is gone, when it is dropped. */
interface Dropping {
  readonly at: string;
  readonly target: Target;
  readonly kind: Kind;
  /** The run that published it last, and the rows that it had then. */
  readonly version: string;
  readonly rows: number | null;
}

/** Before a relation is dropped: what a crash between that and its record leaves behind to be read. */
export function dropIntentEntry({ at, ...body }: Dropping): Entry {
  return { kind: "intent", subject: targetKey(body.target), outcome: "drop", at, body };
}

/**
 * A relation is no longer published: `dropped` now, `gone` already when it was to be; `forgotten`, of an operation, whose
 * relation medform did not make.
 */
export function dropEntry({ at, ...body }: Dropping, outcome: "dropped" | "gone" | "forgotten"): Entry {
  return { kind: "drop", subject: targetKey(body.target), outcome, at, body };
}

/** A publication that could not be put into place, and was given up on request: the relation counts as never built. */
export function giveUpEntry(about: {
  readonly at: string;
  readonly target: Target;
  /** What was left to be done, in words. */
  readonly steps: readonly string[];
}): Entry {
  return {
    kind: "drop",
    subject: targetKey(about.target),
    outcome: "given-up",
    at: about.at,
    body: { target: about.target, steps: about.steps },
  };
}

/** `<table key>:<content hash>`: what makes a file that was loaded once known again. */
export const fileSubject = (target: Target, contentHash: string): string => `${targetKey(target)}:${contentHash}`;

/** One landed file; `rows` that it landed. */
export function loadFileEntry(
  about: {
    readonly at: string;
    readonly target: Target;
    readonly contentHash: string;
    readonly batchId: string;
    readonly rows: number;
    readonly rejected?: number;
    readonly file?: string;
  },
  outcome: "landed" | "recovered" = "landed",
): Entry {
  const { at, ...body } = about;
  return { kind: "load-file", subject: fileSubject(about.target, about.contentHash), outcome, at, body };
}
