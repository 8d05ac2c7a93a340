const { codeOf, column, encounterKey, encounterRaw, patientKey, startOf, stopOf } = require("../columns.js");

module.exports = {
  name: "condition",
  description: "A problem or diagnosis of a patient.",
  key: column("condition_key", "text", "The condition: a hash of its patient, encounter, code, start and ordinal.", [
    "phi:other",
  ]),
  cluster: ["patient_key", "start_date"],
  sent: [patientKey, encounterRaw, ...codeOf("the condition"), ...startOf("When it began"), ...stopOf("When it ended")],
  references: ["encounter"],
  judged: [encounterKey],
};
