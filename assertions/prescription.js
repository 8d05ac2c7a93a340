const { encounterOfPatient, event, flags } = require("../includes/event_rules.js");
const { declare, findings, noOrphans, row } = require("../includes/declared.js");

declare(
  { schema: "silver", name: "prescription" },
  {
    keys: ["prescription_key"],
    rows: "new of one",
    rules: [
      ...event("prescription"),
      encounterOfPatient("prescription"),
      row(
        "prescription_period",
        "the period is valid if, and only if, it does not stop before it starts: by instant where both are, else by day",
        `is_period_valid = (stopped_at is null or case
        when start_precision = 'instant' and stop_precision = 'instant' then stopped_at >= started_at
        else stop_date >= start_date
      end)`,
      ),
      noOrphans("prescription_has_prescriber", ["prescriber_key"], ["silver", "provider"], ["provider_key"], {
        optional: ["prescriber_key"],
      }),
    ],
  },
);

findings("prescription", {
  stop_before_start: "admitted and never current: it stops before it starts",
  prescriber_unresolved: "admitted, though its prescriber is not known",
  ...flags("after_death", "outside_encounter", "encounter_unresolved"),
});
