const { column } = require("../columns.js");
const words = require("../words.js");

module.exports = {
  name: "provider_license",
  description:
    "A licence to practise: one row a licence id of the source. Whether it is about to end is derived in gold.",
  key: column("provider_license_key", "text", "The licence: a hash of tenant, source and source id."),
  sent: [
    column("provider_license_id", "text", "The source's id of the licence."),
    column("provider_raw", "text", "The provider's id as the source sent it."),
    column("license_number", "text", "Its number."),
    column("license_state", "text", "State that gave it."),
    column("license_kind", "text", "`medical`, `nursing` or `dea`, as sent."),
    column("issued_on", "date", "From when on."),
    column("expires_on", "date", "Last day."),
    column("status_raw", "text", "Status as the source sent it."),
    column("status", "text", `Status as sent: ${words.said(words.licenseStatus)}.`),
  ],
  references: ["provider"],
  judged: [column("provider_key", "text", "The provider who has it.")],
};
