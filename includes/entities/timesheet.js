const { column } = require("../columns.js");
const words = require("../words.js");

const instant = (name, description) => column(name, "instant", `${description}, in UTC.`);

module.exports = {
  name: "timesheet",
  description: "Who worked when, or did not come: one row a timesheet id of the source.",
  key: column("timesheet_key", "text", "The row of the timesheet: a hash of tenant, source and source id."),
  sent: [
    column("timesheet_id", "text", "The source's id of the row."),
    column("staff_raw", "text", "The staff member's id as the source sent it."),
    column("staff_schedule_raw", "text", "The id of the shift of the roster as the source sent it."),
    column("work_date", "date", "The day, where the source is."),
    instant("clocked_in_at", "When they came"),
    instant("clocked_out_at", "When they left"),
    column("status_raw", "text", "Status as the source sent it."),
    column("status", "text", `${words.said(words.timesheetStatus)}.`),
  ],
  references: ["staff", "staff_schedule"],
  judged: [
    column("staff_key", "text", "The staff member."),
    column("staff_schedule_key", "text", "The shift. NULL where the source names none or one that is not known."),
    column(
      "worked_seconds",
      "integer",
      "From coming to leaving. NULL where either is not given, or they left before they came.",
    ),
  ],
};
