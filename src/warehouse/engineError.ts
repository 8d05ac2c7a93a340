import { type Problem, ProblemError } from "../graph/index.js";
import type { Place } from "./sqltext.js";

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

/** What an engine's error was understood to be, and the place where there is one in the model's own text. */
export interface Understood {
  readonly problem: Problem;
  readonly place?: Place;
}

/** The problem with its place in words. */
export function withPlace({ problem, place }: Understood): Problem {
  if (place === undefined) return problem;
  const column = place.column === undefined ? "" : `, column ${place.column}`;
  return { ...problem, message: `${problem.message}, at line ${place.line}${column} of the statement` };
}

/** `sql` is the statement as it was run; its first `linesBefore` lines were written around the model's own text. */
export function engineError(understood: Understood, sql: string, linesBefore: number): EngineError {
  const { problem, place } = understood;
  const own = sql.split("\n").slice(linesBefore).join("\n");
  return new EngineError(withPlace(understood), place && { ...place, sql: own, message: problem.message });
}
