const { encounterOfPatient, event, flags } = require("../includes/event_rules.js");
const { declare, findings, range } = require("../includes/declared.js");

declare(
  { schema: "silver", name: "satisfaction" },
  {
    keys: ["satisfaction_key"],
    rules: [
      ...event("satisfaction", { at: "surveyed_at", date: "surveyed_date" }),
      encounterOfPatient("satisfaction"),
      range("satisfaction_score", "score", { low: 1, high: 5, optional: true }),
    ],
  },
);

findings("satisfaction", {
  value_out_of_range: "admitted, though its score is none from 1 to 5; score NULL",
  ...flags("after_death", "encounter_unresolved", "conflict"),
});
