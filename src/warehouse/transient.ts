import { type Problem, ProblemError } from "../graph/index.js";

/**
 * Another transaction came between, or the session was lost before COMMIT was sent; the engine undid the transaction as a
 * whole, or does so when its session ends, and the same again may well succeed.
 */
const transient: ReadonlySet<string> = new Set(["conflict", "connection-lost"]);

/**
 * Whether it makes sense, and does no harm, to repeat what failed with this error: true only where the engine is known to
 * have undone all of the transaction, and another attempt can end otherwise. What is not known is not repeated. What is
 * repeated is the whole transaction, from its first statement.
 */
export function isTransient(error: unknown): boolean {
  if (error instanceof ProblemError) {
    return error.problems.length > 0 && error.problems.every(({ code }) => transient.has(code));
  }
  return isProblem(error) && transient.has(error.code);
}

function isProblem(value: unknown): value is Problem {
  return (
    typeof value === "object" &&
    value !== null &&
    !(value instanceof Error) &&
    "code" in value &&
    typeof value.code === "string" &&
    "message" in value
  );
}
