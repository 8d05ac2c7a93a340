const { flags } = require("../includes/event_rules.js");
const { declare, findings, identified, known, noOrphans, nonNull, range } = require("../includes/declared.js");

declare(
  { schema: "silver", name: "equipment" },
  { keys: ["equipment_key"], rules: [...identified("equipment"), known("equipment", "facility")] },
);

findings("equipment", {
  value_out_of_range: "admitted, though a day has not so many minutes",
  ...flags("conflict"),
});

declare(
  { schema: "silver", name: "equipment_usage" },
  {
    keys: ["equipment_usage_key"],
    rules: [
      ...identified("equipment_usage"),
      nonNull("equipment_usage_dated", ["started_at", "start_date"]),
      noOrphans("equipment_usage_has_equipment", ["equipment_key"], ["silver", "equipment"]),
      known("equipment_usage", "patient"),
      known("equipment_usage", "encounter"),
      range("equipment_usage_duration", "used_seconds", { low: 0, optional: true }),
    ],
  },
);

findings("equipment_usage", {
  patient_unresolved: "admitted, though the patient whom it names is not known",
  end_before_start: "admitted, though it ends before it starts; duration NULL",
  ...flags("encounter_unresolved", "conflict"),
});
