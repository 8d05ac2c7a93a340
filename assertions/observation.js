const { encounterOfPatient, event, flags } = require("../includes/event_rules.js");
const { codeSet, declare, findings } = require("../includes/declared.js");

const measured = {
  value_out_of_range: "admitted, though its value is out of the plausible range",
  unit_unknown: "admitted and not converted: its unit is not known for its code",
};

for (const entity of ["lab_result", "vital_sign", "observation"]) {
  declare(
    { schema: "silver", name: entity },
    {
      keys: [`${entity}_key`],
      rules: [
        ...event(entity, { at: "observed_at", date: "observed_date" }),
        encounterOfPatient(entity),
        codeSet(`${entity}_comparator`, "comparator", ["<", "<=", ">", ">="], { optional: true }),
      ],
    },
  );

  findings(entity, {
    ...(entity === "observation" ? {} : measured),
    ...flags("after_death", "outside_encounter", "encounter_unresolved"),
  });
}
