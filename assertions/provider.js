const { flags } = require("../includes/event_rules.js");
const { declare, findings, key, noOrphans, nonNull } = require("../includes/declared.js");

declare(
  { schema: "silver", name: "provider" },
  {
    keys: ["provider_key"],
    rules: [
      key("provider_key_unique"),
      nonNull("provider_identified", ["tenant_id", "provider_id"]),
      noOrphans("provider_has_facility", ["facility_key"], ["silver", "facility"], ["facility_key"], {
        optional: ["facility_key"],
      }),
    ],
  },
);

findings("provider", flags("conflict"));
