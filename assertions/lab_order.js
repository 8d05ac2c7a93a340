const { encounterOfPatient, event, flags } = require("../includes/event_rules.js");
const { codeSet, declare, findings, noOrphans } = require("../includes/declared.js");

declare(
  { schema: "silver", name: "lab_order" },
  {
    keys: ["lab_order_key"],
    rules: [
      ...event("lab_order", { at: "ordered_at", date: "ordered_date" }),
      encounterOfPatient("lab_order"),
      codeSet("lab_order_status", "status", ["ordered", "collected", "completed", "cancelled"]),
      noOrphans("lab_order_has_provider", ["provider_key"], ["silver", "provider"], ["provider_key"], {
        optional: ["provider_key"],
      }),
    ],
  },
);

findings(
  "lab_order",
  flags("after_death", "outside_encounter", "encounter_unresolved", "author_unresolved", "out_of_order", "conflict"),
);
