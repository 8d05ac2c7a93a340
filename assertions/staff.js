const { flags } = require("../includes/event_rules.js");
const { codeSet, declare, findings, identified, known } = require("../includes/declared.js");
const words = require("../includes/words.js");

declare(
  { schema: "silver", name: "staff" },
  {
    keys: ["staff_key"],
    rules: [
      ...identified("staff"),
      codeSet("staff_role_known", "staff_role", words.staffRole, { optional: true }),
      known("staff", "provider"),
      known("staff", "facility"),
    ],
  },
);

findings("staff", {
  provider_unresolved: "admitted, though the provider whom it names is not known",
  role_unmapped: "admitted, though its role has no meaning here",
  npi_invalid: "admitted, though its NPI is none",
  end_before_start: "admitted, though it left before it was hired",
  ...flags("conflict"),
});
