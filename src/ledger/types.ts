/** What the ledger keeps and what is folded from it. Everything here is plain JSON; no value from a table ever enters it. */
import type { Target, Threshold } from "../graph/index.js";
import type { Unsealed } from "./read.js";

/** What is known of one published target. Keys of `State.targets` are `targetKey(target)` of src/graph. */
export interface TargetState {
  readonly target: Target;
  readonly kind: "table" | "view" | "incremental" | "operation";
  /** Build fingerprint that it was published with. */
  readonly fingerprint: string;
  /**
   * Id of the run that last changed it, which is the last that published it but for increments that changed nothing: its data
   * version, which dependents compare with their `inputs`.
   */
  readonly version: string;
  readonly runNumber: number;
  /** ISO instant. */
  readonly publishedAt: string;
  readonly rows: number | null;
  readonly columns: readonly string[];
  /** Fingerprint of the descriptions and tags that it carries; absent where nobody knows. */
  readonly metadata?: string;
  /** Versions of what it read, by target key: of sources the last batch id, of relations their `version`. */
  readonly inputs: Readonly<Record<string, string>>;
  /** A rule of severity error fails on what is published. */
  readonly failing: boolean;
}

/** What is known of one landing table. */
export interface SourceState {
  readonly target: Target;
  /** The last batch that landed rows in it. */
  readonly batchId: string;
  /** Rows landed in all batches. */
  readonly rows: number;
  readonly loadedAt: string;
}

export interface RuleState {
  readonly assertion: Target;
  readonly rule: string;
  readonly severity: "error" | "warn";
  readonly outcome: "pass" | "warn" | "fail" | "error" | "skipped";
  readonly failing: number | null;
  /** How many failing rows it bears, and the rows that a share was measured against. */
  readonly threshold?: Threshold;
  readonly of?: number;
  readonly at: string;
  /** Of the assertion that was evaluated: another one is another question. */
  readonly fingerprint?: string;
}

/** The commit of the project that a chain began with. */
export interface Commit {
  readonly id: string;
  /** Whether tracked or new files of the project differed from it. */
  readonly dirty: boolean;
}

export interface RunState {
  readonly runId: string;
  readonly runNumber: number;
  readonly kind: "run" | "load" | "assert" | "clean" | "restore";
  readonly startedAt: string;
  readonly finishedAt: string | null;
  /** `interrupted`: opened, never sealed. */
  readonly outcome: "succeeded" | "failed" | "cancelled" | "error" | "interrupted";
  /** Where the project was under git. */
  readonly commit?: Commit;
}

/** How an attempt ended that published nothing. */
export type Unpublished = "discarded" | "failed" | "skipped" | "cancelled";

/** The fold of the whole ledger; each seal carries it, so reading it costs one record. */
export interface State {
  readonly targets: Readonly<Record<string, TargetState>>;
  readonly sources: Readonly<Record<string, SourceState>>;
  /** Last result of each rule, by `<assertion key>/<rule>`. */
  readonly rules: Readonly<Record<string, RuleState>>;
  /** The last chain that was a run; a load or an assertion is none. */
  readonly lastRun: RunState | null;
  /** Targets whose last attempt ended without a publication, and how; a publication or a drop takes them out. */
  readonly failed: Readonly<Record<string, Unpublished>>;
  /** Fingerprint of the views over the ledger that were last made. */
  readonly views?: string;
  /** Number of the last chain that was opened; rises strictly. */
  readonly number: number;
}

/** For whom a chain was opened: several projects and environments may share a warehouse and its ledger. */
export interface Owner {
  readonly project?: string;
  readonly environment?: string;
}

/** One fact of a chain, before it is numbered and hashed. */
export interface Entry {
  /** `publish`, `discard`, `evaluation`, `intent`, `load-file`, `recovered`, … */
  readonly kind: string;
  /** What it is about: a target key, a rule, a content hash. */
  readonly subject: string;
  readonly outcome: string;
  /** ISO instant. */
  readonly at: string;
  /** Counts, durations, fingerprints, names: JSON, no values from tables. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface SealOptions {
  /** Without one the ledger folds it itself. */
  readonly state?: State;
  /** How many of what: counts by name. */
  readonly counts?: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** A run's or load's own chain: opened and sealed in the main chain by compare-and-swap on its head. */
export interface Chain {
  readonly id: string;
  /** Strictly rising over all chains of a warehouse: the run's number and fencing token. */
  readonly number: number;
  /** Appends in order, grouped with what else is waiting; resolves when durable. */
  append(entries: readonly Entry[]): Promise<void>;
  /**
   * Writes the seal with the folded state, in which `lastRun` and `number` are set here, and what it is told to count.
   * Nothing can be appended after it.
   */
  seal(outcome: RunState["outcome"], about?: SealOptions): Promise<void>;
}

export interface Ledger extends AsyncDisposable {
  /** Folded from the last seal and whatever follows it (interrupted chains included). */
  state(): Promise<State>;
  /** `about`: command, environment, actor, project commit and dirty flag, selection … */
  open(kind: RunState["kind"], about: Readonly<Record<string, unknown>>): Promise<Chain>;
  /** Which of these `subject`s (`<table key>:<content hash>`) have a `load-file` record. */
  loaded(subjects: readonly string[]): Promise<ReadonlySet<string>>;
  /** Chains since the last seal that were opened and never sealed, those that are open here aside. */
  unsealed(): Promise<readonly Unsealed[]>;
  /** Whose chains these are, by id; those that are not known are left out. */
  owners(chainIds: readonly string[]): Promise<ReadonlyMap<string, Owner>>;
  /** What a chain has recorded of itself, in order; empty for one that is not known. */
  entries(chainId: string): Promise<readonly Entry[]>;
  /** Appends to the main chain which chains were interrupted, and what the warehouse knows and the ledger lacks; `recoverMarkers` finds it. */
  recover(entries: readonly Entry[]): Promise<void>;
}
