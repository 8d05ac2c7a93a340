/** When rows are replaced by making the table anew instead of deleting and inserting. */

/** Rows staged, from which on a rewrite is considered at all. */
const staged = 1_000_000;

/** Whether it is worth knowing how many rows the table has. */
export const isLarge = (incoming: number): boolean => incoming >= staged;

/** Staged rows as a part of the table's. */
const part = 0.5;

/**
 * Deleting and inserting costs what comes in, a rewrite what the table holds, and it writes the table sorted again. Measured
 * with rows of some 80 bytes and 2 threads (delete, rewrite; CPU seconds, and megabytes of the process at the most):
 * 10M replaced of 20M: 38 and 54 s, 550 and 500 MB under a limit of 300 MB; 5M of 20M: 13 and 30 s, 900 and 1,150 MB under
 * 600 MB; 1M of 20M: 4 and 20 s. By the clock the rewrite overtakes where half of the table comes in (48 and 37 s).
 * Neither ran out of memory; MERGE did, for 5M into 20M under 600 MB.
 */
export function largeMerge(incoming: number, present: number): boolean {
  return isLarge(incoming) && incoming >= part * present;
}
