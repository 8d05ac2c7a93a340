const { flags } = require("../includes/event_rules.js");
const { codeSet, declare, findings, identified, known, nonNull } = require("../includes/declared.js");
const words = require("../includes/words.js");

declare(
  { schema: "silver", name: "phi_access_log" },
  {
    keys: ["phi_access_log_key"],
    rules: [
      ...identified("phi_access_log"),
      nonNull("phi_access_log_dated", ["accessed_at", "accessed_date"]),
      known("phi_access_log", "patient"),
      known("phi_access_log", "staff"),
      codeSet("phi_access_log_role", "user_role", words.staffRole, { optional: true }),
      codeSet("phi_access_log_action", "action", words.accessAction, { optional: true }),
    ],
  },
);

findings("phi_access_log", {
  patient_unresolved: "admitted, though the patient whose record it was is not known",
  user_missing: "admitted, though it does not say who",
  role_unmapped: "admitted, though the user's role has no meaning here",
  action_unmapped: "admitted, though what was done has no meaning here",
  purpose_missing: "admitted, though a record was seen without a purpose of use",
  ...flags("conflict"),
});
