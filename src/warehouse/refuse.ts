/** Refusals that every engine makes in the same words. */
import { ProblemError, type Relation, type Target, targetKey } from "../graph/index.js";
import type { Marker } from "./contract.js";

export const refuse = (code: string, message: string, hint?: string): ProblemError =>
  new ProblemError(hint === undefined ? { code, message } : { code, message, hint });

/** Exit 3: not an error of the project, but somebody else was there first. */
export function fenced(markers: readonly Marker[]): ProblemError {
  const names = markers.map(({ target }) => targetKey(target)).join(", ");
  const message = `a newer run has published ${names} meanwhile; nothing of this run was published there`;
  return new ProblemError({ code: "fenced", message, hint: "Run again: what the newer run published stands." }, 3);
}

export const ended = (): ProblemError =>
  refuse("transaction-ended", "the transaction was published or discarded already");

export const aborted = (): ProblemError =>
  refuse("transaction-aborted", "an earlier statement failed, so this transaction can only be discarded");

/** Somebody else has put something into the place of what was published. */
export function relationChanged(target: Target, published: "table" | "view", there: "table" | "view"): ProblemError {
  return refuse(
    "relation-changed",
    `${targetKey(target)} was published as a ${published}, and is a ${there} now: somebody else made it, and it is not dropped`,
    "Drop it by hand if it is of no use, or give it another name; then clean again.",
  );
}

export function withoutTable({ target }: Relation, there: "view" | undefined): ProblemError {
  return refuse(
    "increment-without-table",
    `${targetKey(target)} cannot be incremented: ${there === undefined ? "it does not exist" : "it is a view"}`,
    "Build it anew with --full-refresh.",
  );
}

export function duplicateKeys({ target }: Relation, keys: readonly string[], twice: number): ProblemError {
  return refuse(
    "duplicate-key",
    `the increment of ${targetKey(target)} holds ${twice} key${twice === 1 ? "" : "s"} more than once (${keys.join(", ")})`,
    "Let the query return one row for each uniqueKey.",
  );
}

/** Of rules over new rows, where hooks may have changed these and nothing identifies them. */
export function unknownNewRows(target: Target): ProblemError {
  return refuse(
    "rows-new-hooks",
    `only new rows of ${targetKey(target)} are asked for, but its post operations may have changed them, and it has no uniqueKey to find them by`,
    "Set uniqueKey, or take the tag rows:new away.",
  );
}

/** Names compare as the engines compare them, without case. */
export function ensureOnce(names: readonly string[]): readonly string[] {
  const twice = names.filter(
    (name, index) => names.findIndex((other) => other.toLowerCase() === name.toLowerCase()) !== index,
  );
  if (twice.length > 0) throw refuse("duplicate-column", `the query returns a column twice: ${twice.join(", ")}`);
  return names;
}
