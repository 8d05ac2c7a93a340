/**
 * The compiled project as plain data: actions, targets, dependencies, selection, fingerprints.
 * Pure: no I/O, no clock, nothing of an engine or of hospitals.
 */

export * from "./problem.js";
export type * from "./types.js";
