const { encounterOfPatient, event, flags } = require("../includes/event_rules.js");
const { declare, findings, noOrphans, nonNull, row } = require("../includes/declared.js");

declare(
  { schema: "silver", name: "prescription" },
  {
    keys: ["prescription_key"],
    rules: [
      ...event("prescription"),
      encounterOfPatient("prescription"),
      nonNull("prescription_period_judged", ["is_period_valid"]),
      row(
        "prescription_period",
        "a valid period does not stop before it starts",
        "not is_period_valid or stopped_at is null or stop_date >= start_date",
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
  ...flags("after_death", "outside_encounter", "encounter_unresolved", "conflict"),
});
