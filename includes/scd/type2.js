/** Type 2: a version for each state, with the time in which it was so and the time in which it was held to be so. */
const keys = require("../keys.js");
const numbers = require("../numbers.js");
const { chained } = require("./chain.js");
const { oldestFirst } = require("../order.js");
const { checked, columnOf, list, namesOf, qualified, same } = require("./text.js");

/** The versions that the log makes, as CTEs up to `version`. */
const versions = ({ from, key, attributes, at, recorded, order, self }, told) => {
  const ofKey = `partition by ${key.join(", ")}`;
  const asLearned = `${ofKey} order by ${recorded}, place`;
  const atMoment = `${ofKey}, moment_at`;
  const ofSpell = `${ofKey}, valid_from, valid_to, state_hash`;
  // The model may have changed since the table was built: what it says now is held against what stands there.
  const newest = self === undefined ? "" : `\n    or ${recorded} = newest_at`;

  return `stated as (
  select
    ${from}.*,
    ${keys.content(attributes.map(columnOf))} as state_hash,
    row_number() over (${ofKey} order by ${oldestFirst([at, ...order])}) as place
  from ${from}
),

learned as (
  select
    stated.*,
    lag(place) over (${asLearned}) as place_before,
    lag(state_hash) over (${asLearned}) as state_before,
    max(place) over (${asLearned} rows between unbounded preceding and 1 preceding) as newest_before,
    max(${recorded}) over (${ofKey}) as newest_at
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
    or state_hash <> state_before${newest}
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
    order by stated.place desc nulls last
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
)`;
};

/**
 * An increment, as CTEs up to `story`: what stands in the table stays, and from the first new moment on what the log makes
 * stands beside it. Where the log and the model say what they said before, that is what a full rebuild makes; where they say
 * something else of the past, it is recorded as learned at that moment.
 */
const continued = ({ self, key, attributes, columns }) => {
  const alike = [...key, "valid_from"].map((name) => `stored.${name} = version.${name}`);
  const open = [...namesOf(attributes), "valid_to"].map(
    (name) => `stored.${name} is not distinct from version.${name}`,
  );
  const standing = "version.recorded_from <= news.news_at";
  const goesOn = [...alike, ...open, "stored.recorded_to is null", standing].join("\n    and ");
  const fresh = columns.map((name) =>
    name === "recorded_from"
      ? `${numbers.greatest("version.recorded_from", "news.news_at")} as recorded_from`
      : `version.${name}`,
  );
  const stays = columns.map((name) =>
    name === "recorded_to"
      ? `case
      when stored.recorded_to is not null then stored.recorded_to
      when version.recorded_from is null then news.news_at
      else version.recorded_to
    end as recorded_to`
      : `stored.${name}`,
  );
  return `last_moment as (
  select
    ${list([...key, "max(recorded_from) as last_at"])}
  from ${self}
  group by ${key.join(", ")}
),

-- The first moment of each key that the table knows nothing of.
news as (
  select
    ${list([...qualified("numbered", key), "min(numbered.moment_at) as news_at"])}
  from numbered
  left join last_moment
    on ${same("last_moment", "numbered", key).join("\n    and ")}
  where last_moment.last_at is null
    or numbered.moment_at > last_moment.last_at
  group by ${qualified("numbered", key).join(", ")}
),

story as (
  select
    ${list(fresh)},
    cast(null as varchar) as given_hash,
    true as is_news
  from version
  inner join news
    on ${same("news", "version", key).join("\n    and ")}
    and (version.recorded_to is null or version.recorded_to > news.news_at)
  left join ${self} as stored
    on ${goesOn}
  where stored.recorded_from is null
  union all
  select
    ${list(stays)},
    stored.version_hash as given_hash,
    stored.recorded_to is null and (version.recorded_from is null or version.recorded_to is not null) as is_news
  from ${self} as stored
  inner join news
    on ${same("news", "stored", key).join("\n    and ")}
  left join version
    on ${goesOn}
    and (version.recorded_to is null or version.recorded_to > news.news_at)
)`;
};

/**
 * One row a version: key, attributes, carried columns, `valid_from`, `valid_to` (not included; NULL: still), `recorded_from`,
 * `recorded_to` (not included; NULL: it is what is known), `is_current`, `version_hash`. See scd.js.
 */
const type2 = (options) => {
  const needed = ["from", "key", "attributes", "at", "recorded"];
  const complete = checked("type2", options, needed);
  const { key, attributes, carried = [], self, validType } = complete;
  const told = [...key, ...namesOf(attributes), ...carried];
  const columns = [...told, "valid_from", "valid_to", "recorded_from", "recorded_to"];
  const id = [...key, "valid_from", "recorded_from"];
  const history = { key, attributes, validType };
  const made = versions(complete, told);
  const last = (version, hash, also = "") => `select
  ${list(
    [
      ...qualified(version, columns),
      `${version}.valid_to is null and ${version}.recorded_to is null as is_current`,
      `${hash} as version_hash`,
    ],
    2,
  )}
from ${version}
left join chain
  on ${same("chain", version, id).join("\n  and ")}${also}`;
  if (self === undefined)
    return `${made},

${chained("version", history)}

${last("version", "chain.version_hash")}`;
  return `${made},

${continued({ self, key, attributes, columns })},

${chained("story", history)}

${last("story", "coalesce(story.given_hash, chain.version_hash)", "\nwhere story.is_news")}`;
};

module.exports = { type2 };
