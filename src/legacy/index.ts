/**
 * Looks at a source that is to be left, and compares it with what replaced it: in counts, sums, hashes and names.
 * What must stay true: nothing here writes to a warehouse or to a source, and no value of either is told, but for sums that
 * somebody asked for.
 */
export { type ColumnProfile, profileRelation, type RelationProfile } from "./profile.js";
export { type Reconciled, type ReconcileOptions, reconcile } from "./reconcile.js";
export { type Found, findSource, ofWarehouse, openSource, type Source } from "./source.js";
