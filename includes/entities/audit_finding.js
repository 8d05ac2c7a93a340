const { column, departmentKey, facilityKey, unitRaw } = require("../columns.js");
const words = require("../words.js");

module.exports = {
  name: "audit_finding",
  description: "What an audit found: one row a finding id of the source.",
  key: column("audit_finding_key", "text", "The audit's finding: a hash of tenant, source and source id."),
  sent: [
    column("audit_finding_id", "text", "The source's id of what was found."),
    ...unitRaw,
    column("found_on", "date", "The day on which it was found, where the source is."),
    column("category", "text", "`documentation`, `billing`, `privacy`, `safety` or `licensing`, as sent."),
    column("severity", "text", "`low`, `medium` or `high`, as sent."),
    column("status_raw", "text", "Status as the source sent it."),
    column("status", "text", `Status as sent: ${words.said(words.auditStatus)}.`),
    column("closed_on", "date", "The day on which it was closed. NULL: open, or not said."),
  ],
  references: ["facility"],
  judged: [facilityKey, departmentKey],
};
