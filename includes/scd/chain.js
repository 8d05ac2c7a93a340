/**
 * The chain over the versions of a key: each carries the hash of itself and of all that were recorded before it, so that a
 * version that is changed, taken out or put between later on is found. `recorded_to` is not in it: it is what may still change.
 */
const keys = require("../keys.js");
const texts = require("../texts.js");
const { columnOf, list, qualified, same } = require("./text.js");

/** What a version says and since when it was known, as one hash. */
const content = (alias, { key, attributes, validType = "instant" }) =>
  keys.content(
    [
      ...key.map((name) => ({ name, type: "text" })),
      ...attributes.map(columnOf),
      { name: "valid_from", type: validType },
      { name: "valid_to", type: validType },
      { name: "recorded_from", type: "instant" },
    ].map(({ name, type }) => ({ name: `${alias}.${name}`, type })),
  );

/**
 * CTEs over the relation `versions`: `content`, `several`, and `chain` with the hash that each version must carry, by key,
 * `valid_from` and `recorded_from`.
 */
const chained = (versions, history) => {
  const id = [...history.key, "valid_from", "recorded_from"];
  return `content as (
  select
    ${list(qualified("version", id))},
    ${content("version", history)} as content_hash
  from ${versions} as version
),

several as (
  select
    ${list(history.key)}
  from content
  group by ${history.key.join(", ")}
  having count(*) > 1
),

-- Most keys have one version, which has none before it.
chain as (
  select
    ${list(qualified("content", id))},
    md5(content.content_hash) as version_hash
  from content
  left join several
    on ${same("several", "content", history.key).join("\n    and ")}
  where several.${history.key[0]} is null
  union all
  select
    ${list(qualified("content", id))},
    md5(${texts.gathered("earlier.content_hash", "", "earlier.recorded_from, earlier.valid_from")}) as version_hash
  from content
  inner join several
    on ${same("several", "content", history.key).join("\n    and ")}
  inner join content as earlier
    on ${same("earlier", "content", history.key).join("\n    and ")}
    and (
      earlier.recorded_from < content.recorded_from
      or earlier.recorded_from = content.recorded_from and earlier.valid_from <= content.valid_from
    )
  group by
    ${list(qualified("content", id))}
)`;
};

module.exports = { chained };
