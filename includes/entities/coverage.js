const { column, patientKey, startOf, stopOf } = require("../columns.js");

module.exports = {
  name: "coverage",
  description:
    "By whom a patient is insured, and when: one row for each time that a payer begins to cover at a rank. Not an event: a state that holds.",
  key: column(
    "coverage_key",
    "text",
    "The coverage: a hash of its patient, rank and start; one at most begins at a time.",
    ["phi:other"],
  ),
  sent: [
    patientKey,
    column("payer_raw", "text", "The payer's id as the source sent it."),
    column("coverage_rank", "text", "Who pays first: `primary` or `secondary`."),
    column("member_id", "text", "The member's id at the payer.", ["phi:beneficiary"]),
    column("plan_ownership", "text", "Whose plan it is, as sent."),
    column("owner_name", "text", "Name of the plan's owner.", ["phi:name"]),
    ...startOf("When it begins"),
    ...stopOf("When it ends, as sent"),
  ],
  references: ["payer"],
  judged: [
    column("payer_key", "text", "The payer. NULL where not known."),
    column("is_period_valid", "boolean", "False where it ends before it begins: that end is not believed."),
  ],
  derived: [
    column("valid_from", "instant", "From when on it holds, in UTC.", ["phi:date"]),
    column(
      "valid_to",
      "instant",
      "Until when it holds, in UTC, not included: its end, or where the next one of its patient and rank begins before that. NULL: until further notice.",
      ["phi:date"],
    ),
    column("is_current", "boolean", "Whether it is the last of its patient and rank: none begins later."),
  ],
};
