const { column, departmentKey, encounterKey, encounterRaw, patientKey, startOf, stopOf } = require("../columns.js");

module.exports = {
  name: "encounter_location",
  description: "Where a patient lay during an encounter: one row a location id of the source.",
  key: column("encounter_location_key", "text", "The place and time: a hash of tenant, source and source id.", [
    "phi:other",
  ]),
  cluster: ["patient_key", "start_date"],
  sent: [
    column("encounter_location_id", "text", "The source's id of the place and time.", ["phi:other"]),
    patientKey,
    encounterRaw,
    column("bed_raw", "text", "The bed's id as the source sent it."),
    column("department_raw", "text", "The department as the source sent it."),
    ...startOf("When the patient came there"),
    ...stopOf("When the patient left it"),
    column(
      "discharge_disposition",
      "text",
      "Where the patient was discharged to from there, as sent. NULL where the patient went to another place of the encounter, or the source does not say.",
    ),
  ],
  references: ["encounter", "bed"],
  judged: [
    encounterKey,
    column("bed_key", "text", "The bed. NULL where the source names none or one that is not known."),
    departmentKey,
    column("duration_seconds", "integer", "From start to end. NULL where it has not ended, or ends before it starts."),
  ],
};
