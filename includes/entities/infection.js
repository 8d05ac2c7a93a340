const { codeOf, column, encounterKey, encounterRaw, patientKey, startOf } = require("../columns.js");

module.exports = {
  name: "infection",
  description: "An infection that was found in a patient: one row an infection id of the source.",
  key: column("infection_key", "text", "The infection: a hash of tenant, source and source id.", ["phi:other"]),
  cluster: ["patient_key", "diagnosed_date"],
  sent: [
    column("infection_id", "text", "The source's id of the infection.", ["phi:other"]),
    patientKey,
    encounterRaw,
    ...codeOf("the infection"),
    ...startOf("When it was diagnosed", "diagnosed_at", "diagnosed_date", "diagnosed_precision"),
    column("organism", "text", "What was found, as sent."),
    column("origin", "text", "Where it was acquired: `hospital` or `community`, as sent."),
  ],
  references: ["encounter"],
  judged: [encounterKey],
};
