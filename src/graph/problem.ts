/** Every error that a person sees is one of these; it is built where the cause is known and rendered in the CLI only. */

export interface Position {
  /** Relative to the project, forward slashes. */
  readonly file: string;
  /** 1-based, in the source as written (SQLX, JS or JSON), never in generated code. */
  readonly line?: number;
  readonly column?: number;
}

export interface Problem {
  /** Stable, lower case, dashed: `compile-syntax`, `load-not-csv`, `engine-conversion`. */
  readonly code: string;
  /** What happened, for people; no value from a table. */
  readonly message: string;
  readonly at?: Position;
  /** What to do about it. */
  readonly hint?: string;
}

/** Thrown where a caller cannot go on. `exitCode` as DESIGN's commands: 1 error, 3 refused, 4 the ledger does not verify. */
export class ProblemError extends Error {
  readonly problems: readonly Problem[];
  readonly exitCode: 1 | 3 | 4;

  constructor(problems: Problem | readonly Problem[], exitCode: 1 | 3 | 4 = 1, options?: ErrorOptions) {
    const list: readonly Problem[] = "code" in problems ? [problems] : problems;
    super(list.map((problem) => problem.message).join("\n"), options);
    this.name = "ProblemError";
    this.problems = list;
    this.exitCode = exitCode;
  }
}
