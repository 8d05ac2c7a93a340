const { column, departmentKey, facilityKey, planned, unitRaw } = require("../columns.js");

module.exports = {
  name: "staff_schedule",
  description: "The roster, who shall work when: one row a shift id of the source.",
  key: column("staff_schedule_key", "text", "The shift: a hash of tenant, source and source id."),
  sent: [
    column("staff_schedule_id", "text", "The source's id of the shift."),
    column("staff_raw", "text", "The staff member's id as the source sent it."),
    ...unitRaw,
    ...planned,
  ],
  references: ["staff", "facility"],
  judged: [column("staff_key", "text", "The staff member."), facilityKey, departmentKey],
};
