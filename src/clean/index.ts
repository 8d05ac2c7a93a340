/**
 * What runs have left behind: relations whose model is gone from the project, found, and dropped on request.
 * What must stay true: nothing is dropped that medform did not publish for this project and environment, that somebody else has
 * changed since, or that a view still reads; and who dropped what when stands in the ledger.
 */
export { type Dropped, droppable, dropStale } from "./drop.js";
export { findStale, type Left, type Stale } from "./stale.js";
