/** Type 3: the current value and the one before it, each with the time since when it was so. */
const { newestFirst } = require("../order.js");
const { checked, list, namesOf } = require("./text.js");

/** One row a key. A value that is said again is not a new one. See scd.js. */
const type3 = (options) => {
  const needed = ["from", "key", "attributes", "at"];
  const { from, key, attributes, at, order, carried = [] } = checked("type3", options, needed);
  const names = namesOf(attributes);
  const ofKey = `partition by ${key.join(", ")} order by ${at}`;
  const changed = names.map((name) => `${name} is distinct from lag(${name}) over (${ofKey})`);
  return `-- Of what was said for the same time the last word counts.
settled as (
  select *
  from ${from}
  qualify row_number() over (partition by ${[...key, at].join(", ")} order by ${newestFirst(order)}) = 1
),

turn as (
  select *
  from settled
  qualify row_number() over (${ofKey}) = 1
    or ${changed.join("\n    or ")}
)

select
  ${list(
    [
      ...key,
      ...names,
      `${at} as current_since`,
      ...names.map((name) => `lag(${name}) over (${ofKey}) as previous_${name}`),
      `lag(${at}) over (${ofKey}) as previous_since`,
      ...carried,
    ],
    2,
  )}
from turn
qualify row_number() over (partition by ${key.join(", ")} order by ${newestFirst([at])}) = 1`;
};

module.exports = { type3 };
