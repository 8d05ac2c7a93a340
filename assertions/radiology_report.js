const { encounterOfPatient, event, flags } = require("../includes/event_rules.js");
const { codeSet, declare, findings, noOrphans } = require("../includes/declared.js");

declare(
  { schema: "silver", name: "radiology_report" },
  {
    keys: ["radiology_report_key"],
    rules: [
      ...event("radiology_report", { at: "reported_at", date: "reported_date" }),
      encounterOfPatient("radiology_report"),
      codeSet("radiology_report_status", "status", ["preliminary", "final", "amended"]),
      noOrphans("radiology_report_has_study", ["study_key"], ["silver", "imaging_study"], ["study_key"], {
        optional: ["study_key"],
      }),
    ],
  },
);

findings("radiology_report", {
  study_unresolved: "admitted, though no image of its study is known",
  ...flags("after_death", "encounter_unresolved", "author_unresolved", "out_of_order", "value_missing", "conflict"),
});
