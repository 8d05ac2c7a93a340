/** The versions of a key: their order, what becomes of each, and which verdicts are written. */
const order = require("../order.js");
const silver = require("../silver.js");
const { isDescribed } = require("./references.js");
const { indent, list, names } = require("./text.js");

/** The order of versions, oldest first: the source's own time, delivery, file, row; never the time of loading. */
const oldestNames = ["recorded_at", "delivered_at", "file_name", "batch_id", "record_number"];
const oldestFirst = order.oldestFirst(oldestNames);
const newestFirst = order.newestFirst(oldestNames);

/**
 * What becomes of each row among the valid versions of its key. A copy says what the version before it says. The current one
 * is the first of those that say what the newest says; it is a conflict where the version before it came in the same file.
 */
const disposed = (entity) => {
  const versions = `(
      partition by judged.${entity.key.name}, broken_rules is null
      order by ${oldestFirst}
    )`;
  const onward = versions.replace(/\n {4}\)$/, "\n      rows between current row and unbounded following\n    )");
  // Where a source sends versions on purpose, those that its own time tells apart are no conflict.
  const sameTime = entity.hasVersions
    ? `\n        and recorded_at is not distinct from lag(recorded_at) over ${versions}`
    : "";
  const key = entity.key.name;
  return `repeated as (
  select ${key}
  from judged
  group by ${key}
  having count(*) > 1
),

versioned as (
  select
    judged.*,
    coalesce(row_hash = lag(row_hash) over ${versions}, false) as is_copy,
    coalesce(
      batch_id = lag(batch_id) over ${versions}
        and file_name = lag(file_name) over ${versions}${sameTime},
      false
    ) as follows_in_file,
    min(row_hash) over ${onward} as least_from_here,
    max(row_hash) over ${onward} as greatest_from_here
  from judged
  inner join repeated
    on repeated.${key} = judged.${key}
),

-- Most keys stand once, and have no version to be compared with.
disposed as (
  select
    versioned.*,
    case
      when broken_rules is not null then 'quarantined'
      when is_copy then 'duplicate'
      when row_hash = least_from_here and row_hash = greatest_from_here then 'current'
      else 'superseded'
    end as disposition
  from versioned
  union all
  select
    judged.*,
    false as is_copy,
    false as follows_in_file,
    judged.row_hash as least_from_here,
    judged.row_hash as greatest_from_here,
    case when judged.broken_rules is null then 'current' else 'quarantined' end as disposition
  from judged
  left join repeated
    on repeated.${key} = judged.${key}
  where repeated.${key} is null
)`;
};

const verdictValues = (canConflict) => ({
  flags: `case
    when disposed.disposition = 'current' then ${
      canConflict
        ? `nullif(ltrim(
      coalesce(',' || disposed.broken_flags, '') || case when disposed.follows_in_file then ',conflict' else '' end,
      ','
    ), '')`
        : "disposed.broken_flags"
    }
  end`,
  run_id: "cast(getvariable('MEDFORM_RUN_ID') as varchar)",
  judged_run: "cast(getvariable('MEDFORM_RUN_NUMBER') as bigint)",
});

/** The verdicts; an increment keeps only those that are new or have changed. */
const verdicts = (entity, self, hasOwnKey) => {
  const values = verdictValues(hasOwnKey || entity.optionalId !== undefined);
  const columns = names(silver.verdictColumns(entity.name)).map((name) =>
    values[name] === undefined ? `disposed.${name}` : `${values[name]} as ${name}`,
  );
  const all = `select
  ${list(columns, 2)}
from disposed`;
  if (self === undefined) return all;
  const times = entity.timedByEncounter ? ["started_at", "start_date"] : [];
  const texts = isDescribed(entity) ? ["description"] : [];
  const compared = [...names(entity.judged), ...times, ...texts, "disposition", "broken_rules", "flags"];
  return `,

verdict as (
  ${indent(all)}
)

select
  ${list(
    names(silver.verdictColumns(entity.name)).map((name) => `verdict.${name}`),
    2,
  )}
from verdict
left join again as stored
  on stored.source_record = verdict.source_record
  and stored.route = verdict.route
where stored.source_record is null
  ${compared.map((name) => `or stored.${name} is distinct from verdict.${name}`).join("\n  ")}`;
};

module.exports = { disposed, newestFirst, oldestFirst, oldestNames, verdicts };
