/** Type 1: the newest value overwrites. */
const { newestFirst } = require("../order.js");
const { checked, list, namesOf } = require("./text.js");

/** One row a key, as its newest change says. See scd.js. */
const type1 = (options) => {
  const needed = ["from", "key", "attributes", "at"];
  const { from, key, attributes, at, order, carried = [] } = checked("type1", options, needed);
  return `select
  ${list([...key, ...namesOf(attributes), ...carried], 2)}
from ${from}
qualify row_number() over (partition by ${key.join(", ")} order by ${newestFirst([at, ...order])}) = 1`;
};

module.exports = { type1 };
