/** When rows are replaced by making the table anew instead of deleting and inserting. */

/** Rows staged for a table, from which on a rewrite is considered at all. */
const staged = 2_000_000;

/** Staged rows as a part of the table's. */
const part = 0.2;

export function largeMerge(incoming: number, present: number): boolean {
  return incoming >= staged && incoming >= part * present;
}
