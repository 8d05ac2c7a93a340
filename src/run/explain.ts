/** What the engine does not know and the project does: why a relation is not there, and what makes it. */
import { type Action, type Problem, targetLabel } from "../graph/index.js";
import type { Context } from "./context.js";

export function explain(problem: Problem, { target }: Action, context: Context): Problem {
  const name = /^relation (?:\S+\.)?(\S+) does not exist/.exec(problem.message)?.[1]?.toUpperCase();
  const missing = context
    .step(target)
    ?.missing?.flatMap((other) => context.action(other) ?? [])
    .find((other) => other.target.name.toUpperCase() === name);
  if (missing === undefined) return problem;
  const state = missing.disabled ? "is disabled, and does not exist" : "does not exist";
  return {
    ...problem,
    code: "input-missing",
    message: `it reads ${targetLabel(missing.target)}, which ${state}`,
    hint: hintOf(missing, target),
  };
}

function hintOf(missing: Action, reader: Action["target"]): string {
  if (missing.kind === "declaration")
    return `Load it, or list its columns in ${missing.fileName}: then it is made as an empty table.`;
  if (missing.disabled) return `Enable it in ${missing.fileName}, or disable what reads it.`;
  return `Run +${targetLabel(reader)}, which selects what it reads too.`;
}
