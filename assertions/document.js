const { encounterOfPatient, event, flags } = require("../includes/event_rules.js");
const { codeSet, declare, findings, nonNull, oneCurrent, range } = require("../includes/declared.js");

declare(
  { schema: "silver", name: "document" },
  {
    keys: ["document_key"],
    rules: [
      ...event("document", { at: "written_at", date: "written_date" }),
      encounterOfPatient("document"),
      codeSet("document_status", "status", ["draft", "signed", "withdrawn"]),
      nonNull("document_identified", ["document_id", "chain_key", "search_text"]),
      range("document_version", "version", { low: 1 }),
    ],
  },
);

// Of the versions of a document one is current.
declare(
  { schema: "silver", name: "document" },
  { suffix: "chain", keys: ["chain_key"], rules: [oneCurrent("document_one_current", ["chain_key"], "is_current")] },
);

findings("document", {
  signature_missing: "admitted as signed, though it does not say by whom and when",
  ...flags("after_death", "encounter_unresolved", "author_unresolved", "out_of_order", "value_missing", "conflict"),
});
