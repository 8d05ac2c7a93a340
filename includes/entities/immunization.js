const { codeOf, column, encounterKey, encounterRaw, patientKey, startOf } = require("../columns.js");

module.exports = {
  name: "immunization",
  description: "A vaccine that a patient was given: one row a dose.",
  key: column(
    "immunization_key",
    "text",
    "The immunization: a hash of its patient, encounter, code, time and ordinal.",
    ["phi:other"],
  ),
  cluster: ["patient_key", "given_date"],
  time: "given",
  sent: [
    patientKey,
    encounterRaw,
    ...codeOf("the vaccine"),
    ...startOf("When it was given", "given_at", "given_date", "given_precision"),
    column("base_cost", "money", "Base cost in USD.", ["phi:other"]),
  ],
  references: ["encounter"],
  judged: [encounterKey],
};
