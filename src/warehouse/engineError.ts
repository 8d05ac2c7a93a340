import { type Problem, ProblemError } from "../graph/index.js";

/** Where in a statement of the project an engine stumbled. */
export interface StatementPlace {
  /** The statement as compiled, without lines that were written around it. */
  readonly sql: string;
  /** 1-based. */
  readonly line: number;
  readonly column?: number;
  /** The problem's message without the place, for who can name a better one. */
  readonly message: string;
}

/** An error of the engine in our own words. The place is kept out of what is printed: it holds the statement. */
export class EngineError extends ProblemError {
  readonly #place: StatementPlace | undefined;

  constructor(problem: Problem, place?: StatementPlace) {
    super(problem);
    this.#place = place;
  }

  get place(): StatementPlace | undefined {
    return this.#place;
  }
}
