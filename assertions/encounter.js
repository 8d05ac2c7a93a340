const { event, flags } = require("../includes/event_rules.js");
const { codeSet, declare, findings, noOrphans, range } = require("../includes/declared.js");

const known = (name, column, parent) => noOrphans(name, [column], ["silver", parent], [column], { optional: [column] });

declare(
  { schema: "silver", name: "encounter" },
  {
    keys: ["encounter_key"],
    rules: [
      ...event("encounter", { hasEncounter: false }),
      codeSet("encounter_type_known", "encounter_type", [
        "office",
        "inpatient",
        "emergency",
        "telemedicine",
        "procedure",
        "consultation",
        "post_acute",
        "hospice",
        "home",
      ]),
      codeSet("encounter_status", "status", [
        "scheduled",
        "in_progress",
        "completed",
        "cancelled",
        "no_show",
        "voided",
      ]),
      range("encounter_duration", "duration_seconds", { low: 0, optional: true }),
      known("encounter_has_facility", "facility_key", "facility"),
      known("encounter_has_department", "department_key", "department"),
      known("encounter_has_provider", "provider_key", "provider"),
    ],
  },
);

findings("encounter", {
  end_before_start: "admitted without a duration: it ends before it starts",
  ...flags("after_death", "conflict"),
});
