const { encounterOfPatient, event, flags } = require("../includes/event_rules.js");
const { declare, findings } = require("../includes/declared.js");

declare(
  { schema: "silver", name: "immunization" },
  {
    keys: ["immunization_key"],
    rules: [...event("immunization", { at: "given_at", date: "given_date" }), encounterOfPatient("immunization")],
  },
);

findings("immunization", flags("after_death", "outside_encounter", "encounter_unresolved"));
