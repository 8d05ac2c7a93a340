const { encounterOfPatient, event, flags } = require("../includes/event_rules.js");
const { declare, findings } = require("../includes/declared.js");

declare(
  { schema: "silver", name: "procedure" },
  { keys: ["procedure_key"], rules: [...event("procedure"), encounterOfPatient("procedure")] },
);

findings("procedure", flags("after_death", "outside_encounter", "encounter_unresolved", "conflict"));
