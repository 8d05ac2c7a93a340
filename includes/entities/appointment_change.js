const { column, patientKey, startOf } = require("../columns.js");

const status = (name, when, more = "") => [
  column(`${name}_raw`, "text", `Status ${when}, as the source sent it.`),
  column(
    name,
    "text",
    `Status ${when}: \`scheduled\`, \`in_progress\`, \`completed\`, \`cancelled\` or \`no_show\`.${more}`,
  ),
];

module.exports = {
  name: "appointment_change",
  description: "A change of an appointment's status: one row a change id of the source.",
  key: column("appointment_change_key", "text", "The change: a hash of tenant, source and source id.", ["phi:other"]),
  cluster: ["patient_key", "changed_date"],
  sent: [
    column("appointment_change_id", "text", "The source's id of the change.", ["phi:other"]),
    patientKey,
    column("appointment_raw", "text", "The appointment's id as the source sent it.", ["phi:other"]),
    ...startOf("When it changed", "changed_at", "changed_date", "changed_precision"),
    ...status("from_status", "before", " NULL where it was booked, or the source's word has no meaning here."),
    ...status("to_status", "after"),
    column("reason", "text", "Why, as sent.", ["phi:other"]),
  ],
  references: ["appointment"],
  judged: [
    column("appointment_key", "text", "The appointment. NULL where the source names one that is not known.", [
      "phi:other",
    ]),
  ],
};
