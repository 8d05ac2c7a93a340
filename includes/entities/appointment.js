const { column, encounterKey, encounterRaw, patientKey, reason } = require("../columns.js");

const instant = (name, description) => column(name, "instant", `${description}, in UTC.`, ["phi:date"]);

module.exports = {
  name: "appointment",
  description: "A booked meeting of a patient and a provider: one row an appointment id of the source.",
  key: column("appointment_key", "text", "The appointment: a hash of tenant, source and source id.", ["phi:other"]),
  cluster: ["patient_key", "scheduled_date"],
  sent: [
    column("appointment_id", "text", "The source's appointment id.", ["phi:other"]),
    patientKey,
    column("provider_raw", "text", "The provider's id as the source sent it."),
    column("facility_raw", "text", "The facility's id as the source sent it."),
    column("department_raw", "text", "The department as the source sent it."),
    encounterRaw,
    instant("booked_at", "When it was booked"),
    instant("scheduled_start_at", "When it shall begin"),
    column("scheduled_date", "date", "The day for which it is booked, where the source is.", ["phi:date"]),
    column("scheduled_precision", "text", "How exactly the source said it: `instant` or `day`."),
    instant("scheduled_end_at", "When it shall end"),
    instant("checked_in_at", "When the patient arrived"),
    instant("started_at", "When it began"),
    instant("ended_at", "When it ended"),
    column("status_raw", "text", "Status as the source sent it."),
    column("status", "text", "`scheduled`, `in_progress`, `completed`, `cancelled` or `no_show`."),
    ...reason,
  ],
  references: ["provider", "facility", "encounter"],
  judged: [
    column("provider_key", "text", "The provider."),
    column("facility_key", "text", "The facility. NULL where not known."),
    column("department_key", "text", "The department. NULL where the source names none."),
    encounterKey,
  ],
};
