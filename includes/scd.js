/**
 * Slowly changing dimensions, for any model: what follows the CTEs of a model that ends in a log of changes.
 *
 *     with change as (select customer_key, city, changed_at, loaded_at from …)
 *
 *     ${scd.type2({ from: "change", key: ["customer_key"], attributes: ["city"], at: "changed_at", recorded: "loaded_at" })}
 *
 * (types 2 and 3 go on with CTEs: set a comma after the model's own.)
 *
 * - `from`: the CTE of changes, one row for each time that the key's state was told. It holds every change of each of its keys:
 *   an increment takes the keys of which something is new, whole. Key, `at` and `recorded` are never NULL.
 * - `key`, `attributes`, `carried`: columns. A change of an attribute is a new state; what is carried along is not. An attribute
 *   that is no text says its type: `{ name: "income", type: "money" }` (types.js, asText).
 * - `at`: since when it was so, as the source says; `order`: columns that say which of two for the same time is the later word, the first
 *   of them decides; never when it was loaded, where a source sends again what it sent before.
 * - `recorded` (type 2): when the warehouse learned it; what comes later has a later one.
 * - `self` (type 2): the table, in an increment. Then only versions come out that are new or have ended.
 * - `validType` (type 2): the type of `at`, `instant` (unless told) or `date`.
 *
 * All three are functions of the changes alone: late, corrected, repeated and disordered changes, in whatever increments they
 * come, leave what a full rebuild makes. A type 2 table only grows: what a source or the model says anew of the past is recorded
 * as learned at the next change. A type 2 table has the uniqueKey key, valid_from, recorded_from; types 1 and 3 the key.
 */
const { column } = require("./columns.js");
const dates = require("./dates.js");
const { type1 } = require("./scd/type1.js");
const { type2 } = require("./scd/type2.js");
const { type3 } = require("./scd/type3.js");

/** Descriptions of the columns that type 2 adds, for a config's `columns`. */
const versionColumns = [
  column("valid_from", "instant", "Since when it was so, in UTC."),
  column("valid_to", "instant", "Until when it was so, in UTC, not included. NULL: still."),
  column("recorded_from", "instant", "Since when the warehouse knew it, in UTC."),
  column(
    "recorded_to",
    "instant",
    "Until when the warehouse held it to be so, in UTC, not included. NULL: it is what is known now.",
  ),
  column("is_current", "boolean", "Whether it is so now, as far as is known."),
  column("version_hash", "text", "Hash over this version and all of its key that were recorded before it."),
];

/** Condition that a version was held to be so at an instant (SQL): what the warehouse would have answered then. */
const knownAt = (instant, alias) => {
  const of = alias === undefined ? "" : `${alias}.`;
  return `${of}recorded_from <= ${instant} and (${of}recorded_to is null or ${of}recorded_to > ${instant})`;
};

/** Condition that a version is so at an instant (SQL), by what is known now. */
const validAt = (instant, alias) => {
  const of = alias === undefined ? "" : `${alias}.`;
  return `${of}recorded_to is null and ${of}valid_from <= ${instant} and (${of}valid_to is null or ${of}valid_to > ${instant})`;
};

/**
 * Condition on rows of the relation `log`: their key is one of which something was recorded since `self` was built. For the CTE
 * of changes in an increment.
 */
const affected = ({ log, key, recorded, self }) => `(${key.join(", ")}) in (
    select ${key.join(", ")}
    from ${log}
    where ${recorded} > (select coalesce(max(recorded_from), ${dates.at("0001-01-01 00:00:00")}) from ${self})
  )`;

module.exports = { affected, knownAt, type1, type2, type3, validAt, versionColumns };
