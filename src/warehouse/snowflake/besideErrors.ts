/** Errors of statements that were sent with other names than their relations' own, told as people know these. */
import { EngineError } from "../engineError.js";
import { mark } from "./names.js";

const marked = new RegExp(`${mark.replace("$", "\\$")}\\w+`, "g");

const own = (text: string) => text.replace(marked, "");

export function underOwnNames(error: unknown): unknown {
  if (!(error instanceof EngineError)) return error;
  const [problem] = error.problems;
  const { place } = error;
  if (problem === undefined || !`${problem.message}${place?.sql ?? ""}`.includes(mark)) return error;
  const told = { ...problem, message: own(problem.message) };
  if (place === undefined) return new EngineError(told);
  const before = place.sql.split("\n")[place.line - 1]?.slice(0, (place.column ?? 1) - 1) ?? "";
  const shift = before.length - own(before).length;
  return new EngineError(told, {
    ...place,
    sql: own(place.sql),
    message: own(place.message),
    ...(place.column !== undefined && { column: place.column - shift }),
  });
}
