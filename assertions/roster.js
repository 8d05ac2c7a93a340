const { flags } = require("../includes/event_rules.js");
const { codeSet, declare, findings, identified, known, noOrphans, nonNull, range } = require("../includes/declared.js");
const words = require("../includes/words.js");

const endBeforeStart = { end_before_start: "admitted, though it ends before it begins" };

declare(
  { schema: "silver", name: "provider_schedule" },
  {
    keys: ["provider_schedule_key"],
    rules: [
      ...identified("provider_schedule"),
      nonNull("provider_schedule_dated", ["started_at", "start_date"]),
      noOrphans("provider_schedule_has_provider", ["provider_key"], ["silver", "provider"]),
    ],
  },
);

findings("provider_schedule", {
  ...endBeforeStart,
  value_out_of_range: "admitted, though more minutes can be booked than it has, or fewer than none",
  ...flags("conflict"),
});

declare(
  { schema: "silver", name: "staff_schedule" },
  {
    keys: ["staff_schedule_key"],
    rules: [
      ...identified("staff_schedule"),
      nonNull("staff_schedule_dated", ["started_at", "start_date"]),
      noOrphans("staff_schedule_has_staff", ["staff_key"], ["silver", "staff"]),
    ],
  },
);

findings("staff_schedule", { ...endBeforeStart, ...flags("conflict") });

declare(
  { schema: "silver", name: "timesheet" },
  {
    keys: ["timesheet_key"],
    rules: [
      ...identified("timesheet"),
      nonNull("timesheet_dated", ["work_date"]),
      noOrphans("timesheet_has_staff", ["staff_key"], ["silver", "staff"]),
      known("timesheet", "staff_schedule"),
      codeSet("timesheet_status", "status", words.timesheetStatus),
      range("timesheet_worked", "worked_seconds", { low: 0, optional: true }),
    ],
  },
);

findings("timesheet", {
  staff_schedule_unresolved: "admitted, though the shift that it names is not known",
  end_before_start: "admitted, though they left before they came",
  status_contradicted: "admitted, though absent and there, or there and absent",
  ...flags("conflict"),
});
