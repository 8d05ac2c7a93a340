/** What is said where something was committed and cannot be put into place: of what, why, and both ways on. */
import { ProblemError, type Target, targetKey } from "../../graph/index.js";
import { EngineError } from "../engineError.js";
import { refuse } from "../refuse.js";
import { isTransient } from "../transient.js";
import { underOwnNames } from "./besideErrors.js";

const giveUp = (target: Target) =>
  `\`medform clean --drop ${targetKey(target)}\` gives it up: the next run builds it anew`;

export const candidateMissing = (target: Target, candidate: string): ProblemError =>
  refuse(
    "candidate-missing",
    `${targetKey(target)} was committed by a run, but the table that was to take its place, ${candidate}, is gone; what is there is what was published before`,
    `Bring it back with \`undrop table ${candidate}\` and run again; or ${giveUp(target)}.`,
  );

/** An engine's refusal of a step, by the relation that it was for; any other error as it is. */
export function pendingStep(error: unknown, target: Target): unknown {
  if (!(error instanceof EngineError) || isTransient(error)) return error;
  const told = underOwnNames(error);
  const [problem] = told instanceof ProblemError ? told.problems : [];
  if (problem === undefined) return error;
  return refuse(
    "pending-step",
    `${targetKey(target)} was committed by a run, but cannot be put into place: ${problem.message}`,
    `Nothing else is done before it. Mend the cause and run again, which goes on from there; or ${giveUp(target)}.`,
  );
}

/** Of a statement what it does, and nothing that could be a value. */
export const firstWords = (statement: string): string =>
  /^\s*((?:[a-z]+\s+){0,4}[a-z]+)\b/i.exec(statement)?.[1]?.replace(/\s+/g, " ").toLowerCase() ?? "a statement";

/** A hook, or a grant, that failed when its relation was published already. */
export function afterPublish(error: unknown, target: Target, statement: string): unknown {
  if (!(error instanceof ProblemError)) return error;
  const [problem] = error.problems;
  if (problem === undefined) return error;
  return refuse(
    "hook-after-publish",
    `${targetKey(target)} was published, but a hook that runs after that failed (${firstWords(statement)} …): ${problem.message}`,
    problem.hint,
  );
}

/** A hook of a process that died: to carry it out twice could do harm, and so could not to say so. */
export const hookUnknown = (target: Target, statement: string): ProblemError =>
  refuse(
    "hook-unknown",
    `${targetKey(target)} was published by a process that died; whether its hook that runs after that (${firstWords(statement)} …) was carried out is not known, and it is not carried out again`,
    "See what it should have done, and do it by hand; or build the table anew with --full-refresh.",
  );
