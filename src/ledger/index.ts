/**
 * The append-only, hash-chained record of every run, load and evaluation, in the warehouse; state is its fold.
 * What must stay true: a record is never changed or removed, no value from a table enters one, and reading the state costs
 * what happened since the last seal.
 */
export * from "./entries.js";
export { type ChainInfo, emptyState, foldEntries, foldEntry } from "./fold.js";
export { type ChainHead, genesis, type LedgerRecord, recordHash, type Verdict, verifyChain } from "./hash.js";
export { canonicalJson } from "./json.js";
export { openLedger } from "./ledger.js";
export type { Unsealed } from "./read.js";
export { recoverMarkers } from "./recover.js";
export { exportLine, type LedgerScan, scanLedger } from "./scan.js";
export type * from "./types.js";
export { type HeadRow, type LedgerProblem, type LedgerVerdict, verifyLedger } from "./verify.js";
