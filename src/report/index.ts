/**
 * The page for auditors and engineers: one self-contained HTML file with the verdict, the rules and their results, what
 * became of source rows, the tables and the sources. It holds names and counts; no value of a row ever enters its model,
 * everything is escaped, and the page makes no request and runs no script.
 */
export { reportModel } from "./model.js";
export { type ReferenceOptions, renderReference } from "./reference.js";
export { renderReport } from "./render.js";
export type { ReportInput, ReportModel } from "./types.js";
export { age } from "./words.js";
