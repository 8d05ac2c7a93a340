const { codeOf, column, patientKey, reason, startOf, stopOf } = require("../columns.js");

module.exports = {
  name: "encounter",
  description: "A meeting of a patient with care, from a call to a stay: one row an encounter id of the source.",
  key: column("encounter_key", "text", "The encounter: a hash of tenant, source and source id.", ["phi:other"]),
  cluster: ["patient_key", "start_date"],
  sent: [
    column("encounter_id", "text", "The source's encounter id.", ["phi:other"]),
    patientKey,
    column("facility_raw", "text", "The facility's id as the source sent it."),
    column("provider_raw", "text", "The provider's id as the source sent it."),
    column("payer_raw", "text", "The payer's id as the source sent it."),
    column("encounter_class", "text", "Class as the source sent it."),
    column(
      "encounter_type",
      "text",
      "`office`, `inpatient`, `emergency`, `telemedicine`, `procedure`, `consultation`, `post_acute`, `hospice` or `home`.",
    ),
    column(
      "status",
      "text",
      "`completed` where an end is given, else `in_progress`; as sent where the source has a status.",
    ),
    ...startOf("When it began"),
    ...stopOf("When it ended"),
    ...codeOf("the kind of encounter"),
    ...reason,
    column(
      "admission_source",
      "text",
      "Where the patient was admitted from, as sent. NULL where the source does not say.",
    ),
    column(
      "discharge_disposition",
      "text",
      "Where the patient was discharged to, as sent. NULL where the source does not say, or says it of the last place in silver.encounter_location.",
    ),
    column("base_cost", "money", "Base cost in USD.", ["phi:other"]),
    column("total_claim_cost", "money", "Total of what was claimed in USD.", ["phi:other"]),
    column("payer_coverage", "money", "What the payer covered in USD.", ["phi:other"]),
  ],
  references: ["facility", "provider"],
  judged: [
    column("facility_key", "text", "The facility. NULL where not known."),
    column("provider_key", "text", "The provider. NULL where not known."),
    column(
      "department_key",
      "text",
      "The department: the facility's, for this class. NULL where the facility is not known.",
    ),
    column("duration_seconds", "integer", "From start to end. NULL where it has not ended, or ends before it starts."),
  ],
};
