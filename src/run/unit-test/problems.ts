/** What the engine says of a unit test, at the line of the file that it is about. */
import { locateInSource } from "../../compile/index.js";
import { type Position, type Problem, ProblemError } from "../../graph/index.js";
import { EngineError, type StatementPlace } from "../../warehouse/index.js";

type SourceOf = (file: string) => string | undefined;

/** Tells an error of the engine with what was being done, at its line in the first of these files that has it. */
export async function during<T>(
  what: string,
  files: readonly string[],
  sourceOf: SourceOf,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const place = error instanceof EngineError ? error.place : undefined;
    const at = place && positionOf(place, files, sourceOf);
    const [problem] = error.problems;
    const known: Problem = { code: "engine-error", message: error.message, ...problem };
    throw new ProblemError({ ...known, message: `${what}${at ? place.message : known.message}`, ...(at && { at }) });
  }
}

function positionOf(place: StatementPlace, files: readonly string[], sourceOf: SourceOf): Position | undefined {
  for (const file of files) {
    const source = file === "" ? undefined : sourceOf(file);
    const found = source === undefined ? undefined : locateInSource(place.sql, source, place);
    if (found) return { file, ...found };
  }
  return undefined;
}
