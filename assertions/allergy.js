const { encounterOfPatient, event, flags, notEndedBeforeStart } = require("../includes/event_rules.js");
const { declare, findings } = require("../includes/declared.js");

declare(
  { schema: "silver", name: "allergy" },
  {
    keys: ["allergy_key"],
    rules: [...event("allergy"), encounterOfPatient("allergy")],
    warn: [notEndedBeforeStart("allergy")],
  },
);

findings("allergy", flags("after_death", "outside_encounter", "encounter_unresolved"));
