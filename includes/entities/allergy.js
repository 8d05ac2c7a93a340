const { codeOf, column, encounterKey, encounterRaw, patientKey, startOf, stopOf } = require("../columns.js");

module.exports = {
  name: "allergy",
  description: "An allergy or intolerance of a patient, with up to two reactions.",
  key: column("allergy_key", "text", "The allergy: a hash of its patient, encounter, code, start and ordinal.", [
    "phi:other",
  ]),
  cluster: ["patient_key", "start_date"],
  sent: [
    patientKey,
    encounterRaw,
    ...codeOf("what the patient does not tolerate"),
    ...startOf("When it was first known"),
    ...stopOf("When it ended"),
    column("allergy_type", "text", "`allergy` or `intolerance`, as sent."),
    column("category", "text", "`food`, `medication` or `environment`, as sent."),
    column("reaction1_code", "text", "Code of the first reaction."),
    column("reaction1_description", "text", "The source's text for the first reaction."),
    column("reaction1_severity", "text", "Severity of the first reaction, as sent."),
    column("reaction2_code", "text", "Code of the second reaction."),
    column("reaction2_description", "text", "The source's text for the second reaction."),
    column("reaction2_severity", "text", "Severity of the second reaction, as sent."),
  ],
  references: ["encounter"],
  judged: [encounterKey],
};
