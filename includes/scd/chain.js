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
 * Two CTEs over the relation `versions`: `content`, and `chain` with the hash that each version must carry, by key,
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

chain as (
  select
    ${list(qualified("content", id))},
    md5(${texts.gathered("earlier.content_hash", "", "earlier.recorded_from, earlier.valid_from")}) as version_hash
  from content
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
