const { encounterOfPatient, event, flags } = require("../includes/event_rules.js");
const { declare, findings, nonNull } = require("../includes/declared.js");

declare(
  { schema: "silver", name: "imaging_study" },
  {
    keys: ["imaging_study_key"],
    rules: [
      ...event("imaging_study", { at: "performed_at", date: "performed_date" }),
      encounterOfPatient("imaging_study"),
      nonNull("imaging_study_identified", ["imaging_study_id", "study_key"]),
    ],
  },
);

findings("imaging_study", flags("after_death", "outside_encounter", "encounter_unresolved", "conflict"));
