/**
 * The contract that every engine keeps, and the engines behind it, a folder each. What an engine cannot do is an error
 * before a run, never a silent difference. No value of a table ever leaves in an error.
 */
export type * from "./contract.js";
export { type Digest, digestFrom, digestOf, digestSums, quickDigestOf, rowText } from "./duckdb/digest.js";
export type { BeforeStatement, OpenOptions } from "./duckdb/instance.js";
export { openDuckDb } from "./duckdb/open.js";
export { type OpenedSnapshot, openSnapshot } from "./duckdb/snapshot-open.js";
export { EngineError, type StatementPlace } from "./engineError.js";
export type * from "./lander.js";
export * from "./landing.js";
export { leaseLost } from "./leaseLost.js";
export { namesRelation, type Reading } from "./redirect.js";
export { accessFrom, type SnowflakeAccess } from "./snowflake/access.js";
export { ungatedHooks } from "./snowflake/hooks.js";
export { keyScript } from "./snowflake/keys.js";
export { loginProblem } from "./snowflake/login.js";
export { openSnowflake } from "./snowflake/open.js";
export { type Compute, type SnowflakeOptions, warehouseFor } from "./snowflake/options.js";
export { whoAmI } from "./snowflake/statements-session.js";
export * from "./snowflake/statements-task.js";
export { isTransient } from "./transient.js";
