/** Type 2: a version for each state, with the time in which it was so and the time in which it was held to be so. */
const keys = require("../keys.js");
const { chained } = require("./chain.js");
const { checked, columnOf, list, namesOf, oldestFirst, qualified, same } = require("./text.js");

/**
 * One row a version: key, attributes, carried columns, `valid_from`, `valid_to` (not included; NULL: still), `recorded_from`,
 * `recorded_to` (not included; NULL: it is what is known), `is_current`, `version_hash`. See scd.js.
 */
const type2 = (options) => {
  const needed = ["from", "key", "attributes", "at", "recorded"];
  const {
    from,
    key,
    attributes,
    at,
    recorded,
    order,
    carried = [],
    self,
    validType,
  } = checked("type2", options, needed);
  const names = namesOf(attributes);
  const ofKey = `partition by ${key.join(", ")}`;
  const asLearned = `${ofKey} order by ${recorded}, place`;
  const atMoment = `${[ofKey, "moment_at"].join(", ")}`;
  const ofSpell = `${[ofKey, "valid_from", "valid_to", "state_hash"].join(", ")}`;
  const told = [...key, ...names, ...carried];
  const id = [...key, "valid_from", "recorded_from"];
  const version = [...told, "valid_from", "valid_to", "recorded_from", "recorded_to"];
  const state = keys.content(attributes.map(columnOf));

  const steps = `stated as (
  select
    ${from}.*,
    ${state} as state_hash,
    row_number() over (${ofKey} order by ${oldestFirst([at, ...order])}) as place
  from ${from}
),

learned as (
  select
    stated.*,
    lag(place) over (${asLearned}) as place_before,
    lag(state_hash) over (${asLearned}) as state_before,
    max(place) over (${asLearned} rows between unbounded preceding and 1 preceding) as newest_before
  from stated
),

-- When something was learned of a key that was not known: what only repeats the newest state teaches nothing.
moment as (
  select distinct
    ${list([...key, `${recorded} as moment_at`])}
  from learned
  where newest_before is null
    or place < newest_before
    or place_before < newest_before
    or state_hash <> state_before
),

numbered as (
  select
    moment.*,
    lead(moment_at) over (${ofKey} order by moment_at) as until_at,
    row_number() over (${ofKey} order by moment_at) as moment_number
  from moment
),

-- What was known at each moment: of what was said for the same time, the last word.
known as (
  select
    stated.*,
    numbered.moment_at,
    numbered.until_at,
    numbered.moment_number
  from numbered
  inner join stated
    on ${same("stated", "numbered", key).join("\n    and ")}
    and stated.${recorded} <= numbered.moment_at
  qualify row_number() over (
    partition by ${qualified("stated", key).join(", ")}, numbered.moment_at, stated.${at}
    order by stated.place desc
  ) = 1
),

turn as (
  select *
  from known
  qualify row_number() over (${atMoment} order by ${at}) = 1
    or state_hash <> lag(state_hash) over (${atMoment} order by ${at})
),

period as (
  select
    turn.*,
    ${at} as valid_from,
    lead(${at}) over (${atMoment} order by ${at}) as valid_to
  from turn
),

-- A version is recorded from the moment when it was first known to the one when it no longer was.
spelled as (
  select
    period.*,
    moment_number - row_number() over (${ofSpell} order by moment_number) as spell
  from period
),

version as (
  select
    ${list([...told, "valid_from", "valid_to", "moment_at as recorded_from"])},
    last_value(until_at) over (
      ${ofSpell}, spell
      order by moment_number
      rows between unbounded preceding and unbounded following
    ) as recorded_to
  from spelled
  qualify row_number() over (${ofSpell}, spell order by moment_number) = 1
),

${chained("version", { key, attributes, validType })}`;

  const hash = self === undefined ? "chain.version_hash" : "coalesce(stored.version_hash, chain.version_hash)";
  const last = `select
  ${list(
    [
      ...qualified("version", version),
      "version.valid_to is null and version.recorded_to is null as is_current",
      `${hash} as version_hash`,
    ],
    2,
  )}
from version
left join chain
  on ${same("chain", "version", id).join("\n  and ")}`;
  if (self === undefined) return `${steps}\n\n${last}`;
  // A version that stands there keeps the hash that it was given: had it been rewritten since, the chain would not fit.
  return `${steps}

${last}
left join ${self} as stored
  on ${same("stored", "version", id).join("\n  and ")}
where stored.recorded_from is null
  or stored.recorded_to is distinct from version.recorded_to`;
};

module.exports = { type2 };
