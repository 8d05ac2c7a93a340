/** The one stream that the terminal, the CI log, `--json` and the ledger read. */
import type { Problem, Severity, Target, Threshold } from "../graph/index.js";

export type ActionStatus =
  | "built"
  /** Nothing new since it was built: left as it is. */
  | "unchanged"
  /** Built, then thrown away because a gating rule failed or errored. */
  | "discarded"
  /** The build itself failed. */
  | "failed"
  /** Something that it depends on was discarded, failed or skipped. */
  | "skipped"
  /** Refused by the plan: disabled, protected. */
  | "blocked"
  | "cancelled";

export type EvaluationOutcome = "pass" | "warn" | "fail" | "error" | "skipped";

export interface RunStarted {
  readonly kind: "run-started";
  readonly runId: string;
  readonly runNumber: number;
  /** The run that it goes on from. */
  readonly resumes?: string;
  readonly at: string;
  readonly environment: string;
  readonly engine: string;
  /** Actions that this run will build or assert, and rules that it should and cannot, for what they read is not there. */
  readonly actions: number;
  readonly unchanged: number;
}

export interface ActionStarted {
  readonly kind: "action-started";
  readonly at: string;
  readonly target: Target;
  readonly type: "table" | "view" | "incremental" | "operation" | "assertion";
}

/** Another transaction came between: nothing of the attempt was published, and all of it is done again. */
export interface Retry {
  readonly kind: "retry";
  readonly at: string;
  readonly target: Target;
  /** The attempt that failed, counted from 1, of so many at most. */
  readonly attempt: number;
  readonly attempts: number;
  /** Until the next one. */
  readonly milliseconds: number;
  readonly problem: Problem;
}

export interface ActionFinished {
  readonly kind: "action-finished";
  readonly at: string;
  readonly target: Target;
  readonly type: ActionStarted["type"];
  readonly status: ActionStatus;
  /** Rows in the relation after the build, else null. */
  readonly rows: number | null;
  /** Rows inserted, updated or deleted by the build, else null. */
  readonly changed: number | null;
  readonly milliseconds: number;
  /** Why: the plan's reason, or what it was skipped on. */
  readonly reason: string;
  /** For `skipped`: the action that failed first. */
  readonly on?: Target;
  readonly problem?: Problem;
}

export interface Evaluation {
  readonly kind: "evaluation";
  readonly at: string;
  readonly rule: string;
  readonly assertion: Target;
  /** The table whose publication the rule can stop, where there is one. */
  readonly gate?: Target;
  readonly severity: Severity;
  readonly outcome: EvaluationOutcome;
  /** Failing rows; null where it was not evaluated. */
  readonly failing: number | null;
  /** How many failing rows it bears; up to that the outcome is `warn`. */
  readonly threshold?: Threshold;
  /** Where the threshold is a share and rows failed: the rows that it is a share of. */
  readonly of?: number;
  /** `new`: only rows that this run's increment brought were evaluated. */
  readonly rows?: "new";
  readonly milliseconds: number;
  /** Under which the engine's own records know its statements; absent where none was sent. */
  readonly queryIds?: readonly string[];
  readonly problem?: Problem;
}

export interface ProofStarted {
  readonly kind: "proof-started";
  readonly at: string;
  readonly target: Target;
}

/** Whether increments made of a table what a full refresh makes; no value of a row, counts and names only. */
export interface Proof {
  readonly kind: "proof";
  readonly at: string;
  readonly target: Target;
  /** `warn`: it differs, and keeps history of its own, so that it may. */
  readonly outcome: EvaluationOutcome;
  /** Why it was skipped or may differ, else empty. */
  readonly reason: string;
  /** Rows on both sides, and those that have no equal on the other; null where nothing was compared. */
  readonly rows: {
    readonly published: number;
    readonly rebuilt: number;
    readonly onlyPublished: number;
    readonly onlyRebuilt: number;
  } | null;
  /** Columns in which rows of the same uniqueKey differ, with how many. */
  readonly columns: readonly { readonly name: string; readonly rows: number }[];
  readonly columnsOnly: { readonly onlyPublished: readonly string[]; readonly onlyRebuilt: readonly string[] };
  readonly milliseconds: number;
  readonly problem?: Problem;
}

/** What happened to source rows, read at the end from relations tagged `medform:dispositions`. */
export interface Dispositions {
  readonly kind: "dispositions";
  readonly rows: readonly {
    readonly route: string;
    readonly disposition: string;
    readonly rule: string | null;
    readonly count: number;
  }[];
}

/** A copy of the warehouse for readers was published, after the run was recorded. */
export interface SnapshotTaken {
  readonly kind: "snapshot";
  /** ISO instant of what it shows. */
  readonly at: string;
  /** The last run that had published something; null before the first. */
  readonly runId: string | null;
  /** Absolute. */
  readonly file: string;
  readonly bytes: number;
  readonly milliseconds: number;
}

export interface RunFinished {
  readonly kind: "run-finished";
  readonly runId: string;
  readonly at: string;
  readonly outcome: "succeeded" | "failed" | "cancelled" | "error";
  readonly milliseconds: number;
  readonly counts: Readonly<Record<ActionStatus, number>>;
  readonly rules: Readonly<Record<EvaluationOutcome, number>>;
  /** Present where incremental tables were proved. */
  readonly proofs?: Readonly<Record<EvaluationOutcome, number>>;
  /** 0 done, 1 error, 2 a rule of severity error or a proof failed, 3 overtaken by a newer run, 130/143 by a signal. */
  readonly exitCode: number;
}

export interface Notice {
  readonly kind: "notice";
  readonly problem: Problem;
}

export type RunEvent =
  | RunStarted
  | ActionStarted
  | Retry
  | ActionFinished
  | Evaluation
  | ProofStarted
  | Proof
  | Dispositions
  | Notice
  | SnapshotTaken
  | RunFinished;

export type Listener = (event: RunEvent) => void;
