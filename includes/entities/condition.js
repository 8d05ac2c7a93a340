const { codeOf, column, encounterKey, encounterRaw, patientKey, startOf, stopOf } = require("../columns.js");

module.exports = {
  name: "condition",
  description: "A problem or diagnosis of a patient.",
  key: column("condition_key", "text", "The condition: a hash of its patient, encounter, code, start and ordinal.", [
    "phi:other",
  ]),
  timedByEncounter: true,
  cluster: ["patient_key", "start_date"],
  sent: [
    patientKey,
    encounterRaw,
    ...codeOf("the condition"),
    ...startOf("When it began"),
    ...stopOf("When it ended"),
    column(
      "ordinal",
      "integer",
      "Its place among the diagnoses of the encounter, as sent; 1 is the principal one. NULL where the source orders none.",
    ),
  ],
  references: ["encounter", "concept"],
  judged: [encounterKey],
};
