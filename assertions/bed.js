const { encounterOfPatient, event, flags } = require("../includes/event_rules.js");
const { codeSet, declare, findings, identified, known, noOrphans, nonNull, range } = require("../includes/declared.js");
const words = require("../includes/words.js");

declare(
  { schema: "silver", name: "bed" },
  { keys: ["bed_key"], rules: [...identified("bed"), known("bed", "facility")] },
);

findings("bed", flags("conflict"));

declare(
  { schema: "silver", name: "bed_day" },
  {
    keys: ["bed_day_key"],
    rules: [
      ...identified("bed_day"),
      nonNull("bed_day_dated", ["bed_date"]),
      noOrphans("bed_day_has_bed", ["bed_key"], ["silver", "bed"]),
      known("bed_day", "patient"),
      known("bed_day", "encounter"),
      codeSet("bed_day_status", "status", words.bedStatus),
    ],
  },
);

findings("bed_day", {
  patient_unresolved: "admitted, though the patient whom it names is not known",
  status_contradicted: "admitted, though a patient lies in a bed that is not occupied",
  ...flags("encounter_unresolved", "conflict"),
});

declare(
  { schema: "silver", name: "encounter_location" },
  {
    keys: ["encounter_location_key"],
    rules: [
      ...event("encounter_location"),
      encounterOfPatient("encounter_location"),
      known("encounter_location", "bed"),
      range("encounter_location_duration", "duration_seconds", { low: 0, optional: true }),
    ],
  },
);

findings("encounter_location", {
  end_before_start: "admitted, though it ends before it starts; duration NULL",
  bed_unresolved: "admitted, though the bed that it names is not known",
  ...flags("after_death", "outside_encounter", "encounter_unresolved", "conflict"),
});
