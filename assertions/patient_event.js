const { codeSet, declare, key, noOrphans, nonNull } = require("../includes/declared.js");

const types = [
  "encounter",
  "appointment",
  "condition",
  "procedure",
  "prescription",
  "allergy",
  "lab_result",
  "vital_sign",
  "observation",
];

/** Every event of every entity is on the timeline, and nothing else: counts for each type are equal. */
const complete = {
  name: "patient_event_complete",
  description: "each type has as many events as its entity has rows",
  kind: "set",
  sql: ({ ctx, table }) => `
select 'patient_event_complete' as rule, expected.event_type as key_1
from (
${types.map((type) => `  select '${type}' as event_type, count(*) as row_count from ${ctx.ref("silver", type)}`).join("\n  union all\n")}
) as expected
left join (
  select event_type, count(*) as row_count
  from ${table}
  group by event_type
) as timeline
  on timeline.event_type = expected.event_type
where expected.row_count <> coalesce(timeline.row_count, 0)`,
};

declare(
  { schema: "silver", name: "patient_event" },
  {
    keys: ["event_key"],
    rules: [
      key("patient_event_key"),
      nonNull("patient_event_dated", ["patient_key", "event_at", "event_date"]),
      noOrphans("patient_event_has_patient", ["patient_key"], ["silver", "patient"]),
      codeSet("patient_event_type", "event_type", types),
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
