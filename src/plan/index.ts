/**
 * Graph, selection and state become a plan: what a run will do, and why, as data. Pure: no I/O, no clock; the same input
 * gives the same plan. Rules are never left out: whatever is built is gated by every rule that reads it.
 */
export { planAssert } from "./assert.js";
export { behindProblem } from "./behind.js";
export { type Estimate, estimateOf, type RelationEstimate } from "./estimate.js";
export { factsFor } from "./facts.js";
export { emptySource, hashKeyInput } from "./inputs.js";
export { makePlan, type PlanInput } from "./plan.js";
export { type Reads, readsOf } from "./reads.js";
export { type Asked, type PlanRecord, planDifferences, planRecordSchema, recordPlan } from "./resume.js";
export * from "./types.js";
