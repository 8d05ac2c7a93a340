const { codeOf, column, encounterKey, encounterRaw, patientKey, reason, startOf, stopOf } = require("../columns.js");

module.exports = {
  name: "procedure",
  description: "Something that was done to or with a patient.",
  key: column("procedure_key", "text", "The procedure: a hash of its patient, encounter, code, start and ordinal.", [
    "phi:other",
  ]),
  cluster: ["patient_key", "start_date"],
  sent: [
    patientKey,
    encounterRaw,
    ...codeOf("the procedure"),
    ...startOf("When it began"),
    ...stopOf("When it ended"),
    ...reason,
    column(
      "ordinal",
      "integer",
      "Its place among the procedures of the encounter, as sent. NULL where the source orders none.",
    ),
    column("base_cost", "money", "Base cost in USD.", ["phi:other"]),
  ],
  references: ["encounter", "concept"],
  judged: [encounterKey],
};
