const { encounterOfPatient, event, flags } = require("../includes/event_rules.js");
const { codeSet, declare, findings } = require("../includes/declared.js");

declare(
  { schema: "silver", name: "medication_administration" },
  {
    keys: ["medication_administration_key"],
    rows: "new of one",
    rules: [
      ...event("medication_administration", { at: "occurred_at", date: "occurred_date" }),
      encounterOfPatient("medication_administration"),
      codeSet("medication_administration_status", "status", ["given", "refused", "held", "missed"]),
    ],
  },
);

findings(
  "medication_administration",
  flags("after_death", "outside_encounter", "encounter_unresolved", "value_missing", "conflict"),
);
