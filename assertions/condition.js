const { encounterOfPatient, event, flags, notEndedBeforeStart } = require("../includes/event_rules.js");
const { declare, findings } = require("../includes/declared.js");

declare(
  { schema: "silver", name: "condition" },
  {
    keys: ["condition_key"],
    rules: [...event("condition"), encounterOfPatient("condition")],
    warn: [notEndedBeforeStart("condition")],
  },
);

findings("condition", flags("after_death", "outside_encounter", "encounter_unresolved"));
