/**
 * Executes a plan: scheduling, gates, retry, cancel, resume; tells what happens in one stream of typed events. What must stay true: nothing
 * becomes visible before every rule that gates it has been evaluated, in the same transaction.
 */
export { dispositions as readDispositions, dispositionsTag } from "./dispositions.js";
export type * from "./events.js";
export { defaultThreads, executeAssert, executeRun, type RunOptions } from "./execute.js";
export { proofRule } from "./prove/index.js";
export { defaultRetry, type RetryPolicy } from "./repeat.js";
export { noRun, planResumed, type Resumable, readResumable } from "./resume.js";
export { readSituation, type Situation } from "./situation.js";
export * from "./unit-test/index.js";
