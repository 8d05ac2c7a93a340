/**
 * What stands behind the wire: the statements of Snowflake sessions, answered by a DuckDB that nobody else reaches. It
 * transpiles nothing, and knows nothing of src/, so that it can disagree with what is sent.
 */
export * from "./types.js";
