const { codeSet, declare, key, noOrphans } = require("../includes/declared.js");

for (const type of ["interaction", "duplicate_therapy", "allergy_conflict", "age_warning"]) {
  const name = `alert_${type}`;
  declare(
    { schema: "gold", name },
    {
      keys: ["alert_key"],
      rules: [
        key(`${name}_key`),
        codeSet(`${name}_severity`, "severity", ["contraindicated", "serious", "caution"]),
        noOrphans(`${name}_is_current`, ["prescription_key"], ["gold", "current_medications"]),
      ],
    },
  );
}

declare(
  { schema: "gold", name: "current_ingredient" },
  {
    keys: ["person_id", "medication_code", "ingredient"],
    rules: [
      key("current_ingredient_key"),
      noOrphans("current_ingredient_is_current", ["prescription_key"], ["gold", "current_medications"]),
    ],
  },
);
declare(
  { schema: "gold", name: "medication_ingredient" },
  { keys: ["medication_code", "code_system", "medication", "ingredient"], rules: [key("medication_ingredient_key")] },
);
