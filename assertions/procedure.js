const { encounterOfPatient, event, flags, notEndedBeforeStart } = require("../includes/event_rules.js");
const { declare, findings } = require("../includes/declared.js");

declare(
  { schema: "silver", name: "procedure" },
  {
    keys: ["procedure_key"],
    rules: [...event("procedure"), encounterOfPatient("procedure")],
    warn: [notEndedBeforeStart("procedure")],
  },
);

findings("procedure", flags("after_death", "outside_encounter", "encounter_unresolved"));
