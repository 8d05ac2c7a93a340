const { column, encounterKey, encounterRaw, patientKey, startOf } = require("../columns.js");

module.exports = {
  name: "satisfaction",
  description: "What a patient answered when asked how it was: one row an answer id of the source.",
  key: column("satisfaction_key", "text", "The answer: a hash of tenant, source and source id.", ["phi:other"]),
  cluster: ["patient_key", "surveyed_date"],
  sent: [
    column("satisfaction_id", "text", "The source's id of the answer.", ["phi:other"]),
    patientKey,
    encounterRaw,
    ...startOf("When they answered", "surveyed_at", "surveyed_date", "surveyed_precision"),
    column("question", "text", "`overall`, `communication`, `cleanliness` or `recommend`, as sent."),
    column("score_sent", "integer", "The score as sent."),
  ],
  references: ["encounter"],
  judged: [
    encounterKey,
    column("score", "integer", "From 1 (worst) to 5 (best). NULL where the source sent none or another number."),
  ],
};
