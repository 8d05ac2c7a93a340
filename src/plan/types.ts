/** A plan as data: it can be printed, stored and compared before anything is touched. */
import type { Target } from "../graph/index.js";
import type { BuildMode } from "../warehouse/index.js";

export type StepType = "table" | "view" | "incremental" | "operation" | "assertion";

export interface Step {
  readonly target: Target;
  readonly type: StepType;
  readonly decision: "build" | "assert" | "skip" | "block";
  /** For `build` of a relation. */
  readonly mode?: BuildMode;
  /** Why, for people. */
  readonly reason: string;
  /** What it is published (an assertion: evaluated) with. */
  readonly fingerprint: string;
  /** Versions of what it reads and this run does not build, by key; see `TargetState.inputs`. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Keys of what it reads and this run builds: their version will be this run's id, where any row of them changes. */
  readonly builds: readonly string[];
  /** Of a relation that was published: the version that it has until it changes. */
  readonly version?: string;
  /**
   * Of a build: only `builds` asks for it, so where nothing of them changes it stays as it is. Of an assertion: so where
   * nothing changes of what is built among that which it reads.
   */
  readonly ifChanged?: true;
  /** Of a build: what it depends on, and is neither there nor built in this run. */
  readonly missing?: readonly Target[];
  /** Of a build on Snowflake: how many of its hooks run outside of its transaction, so that no rule gates what they write. */
  readonly ungated?: number;
  /** Of an assertion: the relation whose publication it can stop; absent where it gates nothing. */
  readonly gate?: Target;
  /** Of an assertion that bears a share of rows, or looks at new rows only: the table whose rows these are. */
  readonly subject?: Target;
  /** Of an assertion: keys of what it reads, does not exist yet, and is built in this run. */
  readonly awaits?: readonly string[];
}

/**
 * What is published, or thrown away, together. `publish`: relations and the rules that gate them, in one transaction.
 * `operation`: one operation. `assert`: one assertion, on what is published.
 */
export interface Unit {
  readonly id: string;
  readonly kind: "publish" | "operation" | "assert";
  /** In the order of building; for `assert` empty. */
  readonly members: readonly Target[];
  /** Assertions, in the order of evaluation. */
  readonly rules: readonly Target[];
  /** Units that must have succeeded; else this one is skipped. */
  readonly needs: readonly string[];
  /** Units that must have ended, however. */
  readonly after: readonly string[];
}

/** A declared source that a run makes as an empty table, or to which it adds the columns that it lacks. */
export interface Landing {
  readonly target: Target;
  readonly columns: readonly string[];
  /** Of a table that is there, those that it lacks. */
  readonly added?: readonly string[];
}

export interface Plan {
  readonly asOf: string | null;
  readonly fullRefresh: boolean;
  /** Selected actions, and the assertions that gate what is built, in the graph's order. */
  readonly steps: readonly Step[];
  /** What there is to do, in an order that respects `needs` and `after`. */
  readonly units: readonly Unit[];
  /** Declared sources that do not exist yet, which the run creates empty. */
  readonly landings: readonly Landing[];
  /** Relations that stay as they are, but were published with other descriptions. */
  readonly described: readonly Target[];
  /** Published relations above the selection that are behind what was loaded or changed, and not selected: they stay as they are. */
  readonly behind: readonly Target[];
}
