/** Orders that both engines sort alike: without a word about NULL, `desc` begins with it on Snowflake and ends with it on DuckDB. */
const oldestFirst = (columns) => columns.map((column) => `${column} asc nulls first`).join(", ");
const newestFirst = (columns) => columns.map((column) => `${column} desc nulls last`).join(", ");

module.exports = { newestFirst, oldestFirst };
