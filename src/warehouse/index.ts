/**
 * The contract that every engine keeps, and the engines behind it, a folder each. What an engine cannot do is an error
 * before a run, never a silent difference.
 */
export type * from "./contract.js";
