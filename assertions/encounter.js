const { event, flags } = require("../includes/event_rules.js");
const { codeSet, declare, findings, noOrphans, range, row } = require("../includes/declared.js");

const known = (name, column, parent) => noOrphans(name, [column], ["silver", parent], [column], { optional: [column] });

declare(
  { schema: "silver", name: "encounter" },
  {
    keys: ["encounter_key"],
    rows: "new of one",
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
      row(
        "encounter_duration_given",
        "a duration is given if, and only if, it has ended and not before it started",
        `(duration_seconds is not null) = coalesce(case
        when start_precision = 'instant' and stop_precision = 'instant' then stopped_at >= started_at
        else stop_date >= start_date
      end, false)`,
      ),
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
