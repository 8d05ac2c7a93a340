/** Names of what medform puts beside a relation while it is published, and how such a name is known again. */
import { createHash } from "node:crypto";
import { quoteTarget, type Target } from "../../graph/index.js";

/** Stands in every such name; none of the project's own relations has it. */
export const mark = "$medform_";

export function qualified(target: Target, database: string): string {
  return quoteTarget({ ...target, database: target.database ?? database });
}

/** Characters that Snowflake lets a name have. */
const longest = 255;

/** A name that leaves no room is cut, and told from others that begin like it by its digest. */
function beside(target: Target, what: string): Target {
  const suffix = `${mark}${what}`;
  const room = longest - suffix.length;
  if (target.name.length <= room) return { ...target, name: `${target.name}${suffix}` };
  const digest = createHash("sha256").update(target.name).digest("hex").slice(0, 16);
  return { ...target, name: `${target.name.slice(0, room - digest.length - 1)}~${digest}${suffix}` };
}

/** Whose lease it is: the one of this warehouse, of which another may write into the same database. */
export interface Holding {
  readonly database: string;
  readonly token: number;
}

const ofWarehouse = ({ database }: Pick<Holding, "database">) =>
  createHash("sha256").update(database).digest("hex").slice(0, 8);

/** Where a relation is made that cannot be made in its place. Under the lease: who lost it writes to no other's. */
export const candidateOf = (target: Target, lease: Holding): Target =>
  beside(target, `c${lease.token}_${ofWarehouse(lease)}`);

/** Where the former relation stands for the moment in which another one takes its name. */
export const formerOf = (target: Target, lease: Holding): Target =>
  beside(target, `f${lease.token}_${ofWarehouse(lease)}`);

/** The rows of an increment: a temporary table. */
export const stageOf = (target: Target): Target => beside(target, "stage");

/** Those rows as hooks left them in the table: a temporary table. */
export const newRowsOf = (target: Target): Target => beside(target, "new");

/** What is published of a table that is built anew to be compared with it: a temporary table. */
export const keptOf = (target: Target): Target => beside(target, "kept");

/** Whether something is no relation of the project, but stands beside one. */
export const isBeside = ({ name }: Pick<Target, "name">): boolean =>
  /\$medform_(?:[cf]\d+_[0-9a-f]{8}|stage|new|kept)$/.test(name);

/** Under which token of this warehouse's lease a candidate or former relation was put there; undefined for what is neither. */
export function besideToken({ name }: Pick<Target, "name">, warehouse: Pick<Holding, "database">): number | undefined {
  const [, token, whose] = /\$medform_[cf](\d+)_([0-9a-f]{8})$/.exec(name) ?? [];
  return whose === ofWarehouse(warehouse) ? Number(token) : undefined;
}
