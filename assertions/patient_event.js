const { codeSet, declare, key, keyColumns, noOrphans, nonNull } = require("../includes/declared.js");
const { events } = require("../includes/timeline.js");

/**
 * Each event is a row of its entity, judged by the same run: rows of older ones need not be read. That none of these is missing says
 * silver.accounting, which counts both.
 */
const complete = {
  name: "patient_event_complete",
  description: "each event is a row of its entity, of the same patient and day",
  kind: "set",
  isOfOneRow: true,
  sql: ({ ctx, table, keys }) => `
select 'patient_event_complete' as rule, ${keyColumns(keys, "timeline.")}
from ${table} as timeline
left join (
${events
  .map(
    ({ entity, event_date }) =>
      `  select '${entity}' as event_type, ${entity}_key as event_key, patient_key, ${event_date} as event_date
  from ${ctx.ref("silver", entity)}
  cross join (select min(judged_run) as first_run from ${table}) as since
  where judged_run >= since.first_run`,
  )
  .join("\n  union all\n")}
) as expected
  on expected.event_key = timeline.event_key
  and expected.event_type = timeline.event_type
  and expected.patient_key = timeline.patient_key
  and expected.event_date = timeline.event_date
where expected.event_key is null`,
};

declare(
  { schema: "silver", name: "patient_event" },
  {
    keys: ["event_key"],
    rules: [key("patient_event_key"), noOrphans("patient_event_has_patient", ["patient_key"], ["silver", "patient"])],
  },
);
// An event is built anew whenever its row is judged anew: what was sound stays so.
declare(
  { schema: "silver", name: "patient_event" },
  {
    keys: ["event_key"],
    rows: "new",
    rules: [nonNull("patient_event_dated", ["patient_key", "event_at", "event_date"]), complete],
  },
);

declare(
  { schema: "silver", name: "finding" },
  {
    keys: ["rule", "entity", "record_key"],
    rules: [key("finding_key"), codeSet("finding_severity", "severity", ["warn"])],
  },
);
