const { encounterOfPatient, event, flags } = require("../includes/event_rules.js");
const { declare, findings } = require("../includes/declared.js");

declare(
  { schema: "silver", name: "infection" },
  {
    keys: ["infection_key"],
    rules: [...event("infection", { at: "diagnosed_at", date: "diagnosed_date" }), encounterOfPatient("infection")],
  },
);

findings("infection", flags("after_death", "outside_encounter", "encounter_unresolved", "conflict"));
