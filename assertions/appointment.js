const { encounterOfPatient, event, flags } = require("../includes/event_rules.js");
const { codeSet, declare, findings, noOrphans } = require("../includes/declared.js");

declare(
  { schema: "silver", name: "appointment" },
  {
    keys: ["appointment_key"],
    rows: "new of one",
    rules: [
      ...event("appointment", { at: "scheduled_start_at", date: "scheduled_date" }),
      encounterOfPatient("appointment"),
      noOrphans("appointment_has_provider", ["provider_key"], ["silver", "provider"]),
      codeSet("appointment_status", "status", ["scheduled", "in_progress", "completed", "cancelled", "no_show"]),
    ],
  },
);

findings("appointment", {
  out_of_order: "admitted, though its times are out of order",
  ...flags("after_death", "encounter_unresolved", "conflict"),
});
