/** What running unit tests tells. Rows stand in it: a unit test's rows are written in the project. */
import type { Position, Problem, Target } from "../../graph/index.js";
import type { Row } from "../../warehouse/index.js";

export interface UnitTestResult {
  readonly kind: "unit-test";
  readonly name: string;
  /** The relation that it tests, where that is known. */
  readonly dataset?: Target;
  readonly at: Position;
  /** Of an incremental table: what was tested. */
  readonly form?: "first-run" | "increment";
  readonly outcome: "pass" | "fail" | "error" | "cancelled";
  readonly milliseconds: number;
  /** Of `fail`. */
  readonly difference?: RowDifference;
  /** Of `error`. */
  readonly problem?: Problem;
}

/** Where only the columns differ no rows are compared. */
export interface RowDifference {
  readonly expectedRows: number;
  readonly actualRows: number;
  readonly missingColumns: readonly string[];
  readonly unexpectedColumns: readonly string[];
  /** How many rows were expected and not made; of them at most 20 are in `missing`. */
  readonly missingRows: number;
  readonly missing: readonly Row[];
  /** How many rows were made and not expected; of them at most 20 are in `unexpected`. */
  readonly unexpectedRows: number;
  readonly unexpected: readonly Row[];
}

export interface UnitTestsFinished {
  readonly kind: "unit-tests-finished";
  readonly counts: Readonly<Record<UnitTestResult["outcome"], number>>;
  readonly milliseconds: number;
  /** 0 all passed, 1 one could not be run, 2 one failed; 130 or 143 cancelled by a signal. */
  readonly exitCode: number;
}

export type UnitTestEvent = UnitTestResult | UnitTestsFinished;
