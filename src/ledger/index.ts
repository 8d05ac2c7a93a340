/**
 * The append-only, hash-chained record of every run, load and evaluation, in the warehouse; state is its fold.
 * What must stay true: a record is never changed or removed, no value from a table enters one, and reading the state costs
 * what happened since the last seal.
 */
export { type Anchor, type AnchorLine, anchorLine, anchorLines, signAnchor, signedText } from "./anchor.js";
export { readAnchorFile, touchAnchorFile } from "./anchor-file.js";
export {
  type AnchorProblem,
  type AnchorVerdict,
  mainChainOf,
  type PublicKeys,
  verifyAnchors,
} from "./anchor-verify.js";
export { type Anchoring, fileAnchoring } from "./anchoring.js";
export * from "./entries.js";
export { type ChainInfo, emptyState, foldEntries, foldEntry } from "./fold.js";
export { type ChainHead, genesis, type LedgerRecord, recordHash, type Verdict, verifyChain } from "./hash.js";
export { canonicalJson } from "./json.js";
export { type KeyFiles, makeKeys, publicKeysOf, readPublicKeys, readSigningKey, type SigningKey } from "./keys.js";
export { type LedgerOptions, openLedger } from "./ledger.js";
export type { Unsealed } from "./read.js";
export { recoverMarkers } from "./recover.js";
export { exportLine, type LedgerScan, scanLedger } from "./scan.js";
export { createLedger } from "./store.js";
export type * from "./types.js";
export { type HeadRow, type LedgerProblem, type LedgerVerdict, verifyLedger } from "./verify.js";
export { ledgerViewRelations } from "./views.js";
