const { column, encounterKey, encounterRaw, patientKey, startOf } = require("../columns.js");

module.exports = {
  name: "radiology_report",
  description:
    "What a radiologist wrote about a study, as its newest version says: one row a report id. Older versions stay in radiology_report_verdict as `superseded`.",
  key: column("radiology_report_key", "text", "The report: a hash of tenant, source and source id.", ["phi:other"]),
  cluster: ["patient_key", "reported_date"],
  hasVersions: true,
  sent: [
    column("radiology_report_id", "text", "The source's report id.", ["phi:other"]),
    column("study_raw", "text", "The id of the study as the source sent it.", ["phi:other"]),
    patientKey,
    encounterRaw,
    column("provider_raw", "text", "The id of the radiologist as the source sent it."),
    ...startOf("When it was reported", "reported_at", "reported_date", "reported_precision"),
    column("status_raw", "text", "Status as the source sent it."),
    column("status", "text", "`preliminary`, `final` or `amended`."),
    column("report_text", "text", "The report.", ["phi:other"]),
    column("reviewer_raw", "text", "The id of the provider who reviewed it, as the source sent it."),
    column("peer_review", "text", "`agree`, `minor` or `major` discrepancy, as sent. NULL: not reviewed."),
  ],
  references: ["encounter", "provider", "study"],
  judged: [
    encounterKey,
    column("provider_key", "text", "The radiologist. NULL where not known."),
    column("study_key", "text", "The study, of which imaging_study has the images. NULL where none is known.", [
      "phi:other",
    ]),
  ],
};
