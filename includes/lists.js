/** Lists. How an element is taken out of one differs; what goes on with a list goes on with json.js. */
const { byEngine } = require("./engine.js");

/** An aggregate: the values in an order (SQL) as a list, NULL left out; an empty list where nothing is left. */
const gathered = (x, order) =>
  byEngine({
    duckdb: `coalesce(array_agg(${x} order by ${order}) filter (where ${x} is not null), [])`,
    snowflake: `array_agg(${x}) within group (order by ${order})`,
  });

module.exports = { gathered };
