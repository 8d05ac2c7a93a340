/** Names of what medform puts beside a relation while it is published, and how such a name is known again. */
import { quoteTarget, type Target } from "../../graph/index.js";

/** Stands in every such name; none of the project's own relations has it. */
export const mark = "$medform_";

export function qualified(target: Target, database: string): string {
  return quoteTarget({ ...target, database: target.database ?? database });
}

const beside = (target: Target, what: string): Target => ({ ...target, name: `${target.name}${mark}${what}` });

/** Where a relation is made that cannot be made in its place. `token` is the lease's: who lost it writes to no other's. */
export const candidateOf = (target: Target, token: number): Target => beside(target, `c${token}`);

/** Where the former relation stands for the moment in which another one takes its name. */
export const formerOf = (target: Target, token: number): Target => beside(target, `f${token}`);

/** The rows of an increment: a temporary table. */
export const stageOf = (target: Target): Target => beside(target, "stage");

/** Those rows as hooks left them in the table: a temporary table. */
export const newRowsOf = (target: Target): Target => beside(target, "new");

/** What is published of a table that is built anew to be compared with it: a temporary table. */
export const keptOf = (target: Target): Target => beside(target, "kept");

/** Whether something is no relation of the project, but stands beside one. */
export const isBeside = ({ name }: Pick<Target, "name">): boolean => /\$medform_(?:[cf]\d+|stage|new|kept)$/.test(name);

/** Under which lease a candidate or former relation was put there; undefined for what is neither. */
export function besideToken({ name }: Pick<Target, "name">): number | undefined {
  const found = /\$medform_[cf](\d+)$/.exec(name)?.[1];
  return found === undefined ? undefined : Number(found);
}
