const { column, departmentKey, facilityKey, planned, unitRaw } = require("../columns.js");

module.exports = {
  name: "provider_schedule",
  description: "Time for which a provider can be booked: one row a session id of the source.",
  key: column("provider_schedule_key", "text", "The session: a hash of tenant, source and source id."),
  sent: [
    column("provider_schedule_id", "text", "The source's id of the session."),
    column("provider_raw", "text", "The provider's id as the source sent it."),
    ...unitRaw,
    ...planned,
    column("bookable_minutes", "integer", "Minutes of it that can be booked."),
  ],
  references: ["provider", "facility"],
  judged: [column("provider_key", "text", "The provider."), facilityKey, departmentKey],
};
