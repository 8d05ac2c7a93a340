const { flags } = require("../includes/event_rules.js");
const { codeSet, declare, findings, identified, noOrphans, nonNull } = require("../includes/declared.js");
const words = require("../includes/words.js");

declare(
  { schema: "silver", name: "provider_license" },
  {
    keys: ["provider_license_key"],
    rules: [
      ...identified("provider_license"),
      nonNull("provider_license_dated", ["expires_on"]),
      noOrphans("provider_license_has_provider", ["provider_key"], ["silver", "provider"]),
      codeSet("provider_license_status", "status", words.licenseStatus),
    ],
  },
);

findings("provider_license", {
  end_before_start: "admitted, though it ends before it begins",
  ...flags("conflict"),
});
