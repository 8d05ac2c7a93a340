/** What the engine says, with what the project knows: the place in its files, and why a relation is not there. */
import { locateInSource } from "../compile/index.js";
import { type Action, type Position, type Problem, ProblemError, targetLabel } from "../graph/index.js";
import { EngineError } from "../warehouse/index.js";
import type { Context } from "./context.js";

/** The first problem of an error of the engine, in the file of the action. Rethrows what is no problem of the project. */
export function problemOf(error: unknown, action: Action, context: Context): Problem {
  if (!(error instanceof ProblemError)) throw error;
  const [problem] = error.problems;
  const known = { code: "engine-error", message: error.message, ...problem, at: { file: action.fileName } };
  return explained({ ...known, ...located(error, action, context) }, action, context);
}

/** The line of the file instead of that of the compiled statement, where it can be told. */
function located(
  error: ProblemError,
  { fileName }: Action,
  { sourceOf }: Context,
): { readonly message: string; readonly at: Position } | undefined {
  const place = error instanceof EngineError ? error.place : undefined;
  const source = place && sourceOf(fileName);
  const found = source === undefined ? undefined : locateInSource(place?.sql ?? "", source, place ?? { line: 0 });
  return place && found && { message: place.message, at: { file: fileName, ...found } };
}

function explained(problem: Problem, action: Action, context: Context): Problem {
  const { target } = action;
  if (
    action.kind === "assertion" &&
    action.countsByRule &&
    /^column rule does not exist here$/i.test(problem.message) &&
    !problem.at?.line
  )
    return {
      ...problem,
      code: "rule-column",
      message: "its query has no column RULE",
      hint: "Where tags declare rules (rule:NAME), each row of the query says in this column which one it breaks.",
    };
  if (problem.code !== "engine-catalog") return problem;
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
