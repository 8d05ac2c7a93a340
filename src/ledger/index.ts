/** The append-only, hash-chained record of every run, load and evaluation, in the warehouse; state is its fold. */
export type * from "./types.js";
