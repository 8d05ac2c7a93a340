/**
 * Unit tests of models: each runs on an empty warehouse in memory, whose inputs are the rows that the test writes down, so that
 * it needs neither data nor an account; nothing of one test is seen by another.
 */
export type * from "./events.js";
export { runUnitTests, type UnitTestOptions } from "./run.js";
export { selectUnitTests } from "./select.js";
