/**
 * Rules over periods: `of` names the columns whose rows follow one another in time, by `valid_from` and `valid_to` (not
 * included; NULL: still). With `recorded`, for tables of scd.type2, they hold for what was known at each moment when something
 * was recorded, and not for today only.
 */
const { chained } = require("../scd/chain.js");
const { same } = require("../scd/text.js");
const { keyColumns } = require("./text.js");

const set = (name, description, sql) => ({ name, description, kind: "set", sql });

/** The rows that stand together, each beside the end of those before it, and whether one before it has no end. */
const standing = (table, of, recorded) => {
  const rows = recorded
    ? `(
    select
      version.*,
      moment.recorded_from as moment_at
    from ${table} as version
    inner join (select distinct ${of.join(", ")}, recorded_from from ${table}) as moment
      on ${same("moment", "version", of).join(" and ")}
      and moment.recorded_from >= version.recorded_from
      and (version.recorded_to is null or moment.recorded_from < version.recorded_to)
  ) as standing`
    : table;
  const before = `(
      partition by ${[...of, ...(recorded ? ["moment_at"] : [])].join(", ")}
      order by valid_from
      rows between unbounded preceding and 1 preceding
    )`;
  return `(
  select
    *,
    max(valid_to) over ${before} as ended_before,
    max(case when valid_to is null then 1 else 0 end) over ${before} as is_open_before
  from ${rows}
) as placed`;
};

/** Each row begins before it ends; one without an end has begun. */
function period(name) {
  return {
    name,
    description: "valid_from is before valid_to",
    kind: "row",
    failing: "not coalesce(valid_from is not null and (valid_to is null or valid_from < valid_to), false)",
  };
}

/** No two rows of one `of` hold at the same time. */
function noOverlap(name, of, { recorded = false } = {}) {
  return set(
    name,
    `the periods of one ${of.join(", ")} do not overlap`,
    ({ table, keys }) => `
select distinct '${name}' as rule, ${keyColumns(keys)}
from ${standing(table, of, recorded)}
where is_open_before = 1
  or ended_before > valid_from`,
  );
}

/** Among the rows of one `of`, each begins where the one before it ends. */
function noGap(name, of, { recorded = false } = {}) {
  return set(
    name,
    `each period of one ${of.join(", ")} begins where the one before it ends`,
    ({ table, keys }) => `
select distinct '${name}' as rule, ${keyColumns(keys)}
from ${standing(table, of, recorded)}
where is_open_before = 0
  and not coalesce(ended_before >= valid_from, false)`,
  );
}

/**
 * History of a table of scd.type2 only ever grew: each version's hash is the one over itself and all that were recorded before
 * it, and each that ended did so when another one was recorded. `attributes` and `validType` as the model says them.
 */
function neverRewritten(name, of, attributes, { validType } = {}) {
  return set(
    name,
    "no version was changed, taken out or put between others after it was recorded",
    ({ table, keys }) => `
select '${name}' as rule, ${keyColumns(keys, "version.")}
from (
  with ${chained(table, { key: of, attributes, validType }).replaceAll("\n", "\n  ")}

  select
    version.*,
    chain.version_hash as rightful_hash
  from ${table} as version
  left join chain
    on ${[...same("chain", "version", of), "chain.valid_from = version.valid_from", "chain.recorded_from = version.recorded_from"].join("\n    and ")}
) as version
left join (select distinct ${of.join(", ")}, recorded_from from ${table}) as moment
  on ${same("moment", "version", of).join("\n  and ")}
  and moment.recorded_from = version.recorded_to
where not coalesce(version.version_hash = version.rightful_hash, false)
  or version.recorded_to is not null and (
    moment.recorded_from is null
    or version.recorded_to <= version.recorded_from
  )`,
  );
}

module.exports = { neverRewritten, noGap, noOverlap, period };
