const { flags } = require("../includes/event_rules.js");
const { codeSet, declare, findings, identified, known, nonNull } = require("../includes/declared.js");
const words = require("../includes/words.js");

declare(
  { schema: "silver", name: "audit_finding" },
  {
    keys: ["audit_finding_key"],
    rules: [
      ...identified("audit_finding"),
      nonNull("audit_finding_dated", ["found_on"]),
      known("audit_finding", "facility"),
      codeSet("audit_finding_status", "status", words.auditStatus),
    ],
  },
);

findings("audit_finding", {
  end_before_start: "admitted, though it was closed before it was found",
  status_contradicted: "admitted, though closed without a day, or open with one",
  ...flags("conflict"),
});
