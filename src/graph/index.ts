/**
 * The compiled project as plain data: actions, targets, dependencies, selection, fingerprints.
 * Pure: no I/O, no clock, nothing of an engine or of hospitals.
 */

export type * from "./compiled.js";
export {
  fingerprint,
  hooksOf,
  mentions,
  metadataFingerprint,
  ownFingerprint,
  sameAction,
  sqlOf,
} from "./fingerprint.js";
export type * from "./guards.js";
export { guardsAsked, guardsOf, namesPolicy, policyVars } from "./guards.js";
export { type HeldKey, type HeldKeys, type HeldReference, heldKeys } from "./keys.js";
export { nearest } from "./nearest.js";
export { normalise } from "./normalise.js";
export { type Node, topologicalOrder } from "./order.js";
export { plainRelation } from "./plain.js";
export type * from "./policy.js";
export { isNamed, policyComplaint, policyConflict } from "./policy.js";
export * from "./problem.js";
export { quoteName, quoteTarget, quoteText } from "./quote.js";
export { type Selection, type StateFacts, selectActions, selectsByState } from "./selection.js";
export { sqlHash } from "./sql-hash.js";
export { compareText, sameTarget, targetKey, targetLabel } from "./targets.js";
export { statements, type Token, type TokenKind, tokenize } from "./tokens.js";
export type * from "./types.js";
