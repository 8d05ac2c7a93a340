const { flags } = require("../includes/event_rules.js");
const { declare, findings, key, nonNull } = require("../includes/declared.js");

declare(
  { schema: "silver", name: "concept" },
  {
    keys: ["concept_key"],
    rules: [key("concept_key"), nonNull("concept_identified", ["tenant_id", "code", "code_system"])],
  },
);

findings("concept", flags("conflict"));
