const { column, encounterKey, encounterRaw, patientNamed, patientRaw, startOf, stopOf } = require("../columns.js");

module.exports = {
  name: "equipment_usage",
  description: "When equipment was used, with or without a patient: one row a usage id of the source.",
  key: column("equipment_usage_key", "text", "The use: a hash of tenant, source and source id.", ["phi:other"]),
  sent: [
    column("equipment_usage_id", "text", "The source's id of the use.", ["phi:other"]),
    column("equipment_raw", "text", "The equipment's id as the source sent it."),
    patientRaw,
    encounterRaw,
    ...startOf("When its use began"),
    ...stopOf("When its use ended"),
  ],
  references: ["equipment", "patient", "encounter"],
  judged: [
    column("equipment_key", "text", "The equipment."),
    patientNamed,
    encounterKey,
    column("used_seconds", "integer", "From start to end. NULL where it has not ended, or ends before it starts."),
  ],
};
