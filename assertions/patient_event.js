const { codeSet, declare, key, noOrphans, nonNull } = require("../includes/declared.js");
const { events } = require("../includes/timeline.js");

/** Every row of every event entity is on the timeline of its own patient, and nothing else is there. */
const complete = {
  name: "patient_event_complete",
  description: "the events are the rows of their entities, each of the same patient and day",
  kind: "set",
  sql: ({ ctx, table }) => `
select 'patient_event_complete' as rule, cast(coalesce(expected.event_key, timeline.event_key) as varchar) as key_1
from (
${events
  .map(
    ({ entity, event_date }) =>
      `  select '${entity}' as event_type, ${entity}_key as event_key, patient_key, ${event_date} as event_date from ${ctx.ref("silver", entity)}`,
  )
  .join("\n  union all\n")}
) as expected
full outer join ${table} as timeline
  on timeline.event_key = expected.event_key
  and timeline.event_type = expected.event_type
  and timeline.patient_key = expected.patient_key
  and timeline.event_date = expected.event_date
where expected.event_key is null
  or timeline.event_key is null`,
};

declare(
  { schema: "silver", name: "patient_event" },
  {
    keys: ["event_key"],
    rules: [
      key("patient_event_key"),
      nonNull("patient_event_dated", ["patient_key", "event_at", "event_date"]),
      noOrphans("patient_event_has_patient", ["patient_key"], ["silver", "patient"]),
      complete,
    ],
  },
);

declare(
  { schema: "silver", name: "finding" },
  {
    keys: ["rule", "entity", "record_key"],
    rules: [key("finding_key"), codeSet("finding_severity", "severity", ["warn"])],
  },
);
