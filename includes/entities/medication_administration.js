const { codeOf, column, encounterKey, encounterRaw, patientKey, startOf } = require("../columns.js");

const instant = (name, description) => column(name, "instant", `${description}, in UTC.`, ["phi:date"]);

module.exports = {
  name: "medication_administration",
  description: "A dose of a medication that was given, or should have been: one row a dose id of the source.",
  key: column("medication_administration_key", "text", "The dose: a hash of tenant, source and source id.", [
    "phi:other",
  ]),
  cluster: ["patient_key", "occurred_date"],
  sent: [
    column("medication_administration_id", "text", "The source's id of the dose.", ["phi:other"]),
    patientKey,
    encounterRaw,
    ...codeOf("the medication"),
    ...startOf(
      "When it was given, else when it should have been",
      "occurred_at",
      "occurred_date",
      "occurred_precision",
    ),
    instant("scheduled_at", "When it should be given"),
    instant("administered_at", "When it was given"),
    column("dose", "quantity", "How much, in `dose_unit`."),
    column("dose_unit", "text", "Unit of the dose, as sent."),
    column("route_of_administration", "text", "`oral`, `intravenous`, `subcutaneous`, …, as sent."),
    column("status_raw", "text", "Status as the source sent it."),
    column("status", "text", "`given`, `refused`, `held` or `missed`."),
    column("staff_raw", "text", "The id of who gave it, as the source sent it."),
  ],
  references: ["encounter"],
  judged: [encounterKey],
};
