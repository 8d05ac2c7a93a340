/** Harm and what could have led to it, as staff report it: adverse events and errors with medications. */
const { codeOf, column, encounterKey, encounterRaw, patientKey, startOf } = require("../columns.js");

const reported = (name, description, what, extra) => ({
  name,
  description,
  key: column(`${name}_key`, "text", `The ${what}: a hash of tenant, source and source id.`, ["phi:other"]),
  cluster: ["patient_key", "occurred_date"],
  sent: [
    column(`${name}_id`, "text", `The source's id of the ${what}.`, ["phi:other"]),
    patientKey,
    encounterRaw,
    ...startOf("When it happened", "occurred_at", "occurred_date", "occurred_precision"),
    ...startOf("When it was reported", "reported_at", "reported_date", "reported_precision"),
    ...extra,
  ],
  references: ["encounter"],
  judged: [encounterKey],
});

module.exports = {
  adverse_event: reported("adverse_event", "Harm that came of care: one row an event id of the source.", "event", [
    column("category", "text", "`fall`, `pressure_injury`, `reaction`, `procedure` or `device`, as sent."),
    column("severity", "text", "`mild`, `moderate`, `severe` or `fatal`, as sent."),
  ]),
  medication_error: reported(
    "medication_error",
    "An error with a medication, whether it did harm or not: one row an error id of the source.",
    "error",
    [
      ...codeOf("the medication"),
      column("stage", "text", "`prescribing`, `dispensing`, `administration` or `monitoring`, as sent."),
      column("severity", "text", "Category A to I of the NCC MERP index, as sent: from E on the patient was harmed."),
    ],
  ),
};
