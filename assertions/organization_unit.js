const { flags } = require("../includes/event_rules.js");
const { declare, findings, identified } = require("../includes/declared.js");

declare(
  { schema: "silver", name: "organization_unit" },
  {
    keys: ["organization_unit_key"],
    rules: identified("organization_unit"),
  },
);

findings("organization_unit", flags("conflict"));
