const { encounterOfPatient, event, flags } = require("../includes/event_rules.js");
const { declare, findings } = require("../includes/declared.js");

for (const entity of ["adverse_event", "medication_error"]) {
  declare(
    { schema: "silver", name: entity },
    {
      keys: [`${entity}_key`],
      rules: [...event(entity, { at: "occurred_at", date: "occurred_date" }), encounterOfPatient(entity)],
    },
  );

  findings(entity, flags("after_death", "outside_encounter", "encounter_unresolved", "out_of_order", "conflict"));
}
