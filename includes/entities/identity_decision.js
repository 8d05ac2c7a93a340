const { column } = require("../columns.js");

const record = (name, which) =>
  column(name, "text", `The ${which} record: a hash of tenant, assigning authority and source id.`, ["phi:other"]);

module.exports = {
  name: "identity_decision",
  description: "What somebody decided about two patient records: whether they are of one person.",
  key: column("identity_decision_key", "text", "The decision: a hash of tenant, source and source id.", ["phi:other"]),
  sent: [
    column("identity_decision_id", "text", "The source's id of the decision.", ["phi:other"]),
    record("patient_key", "one"),
    record("other_patient_key", "other"),
    column(
      "decision",
      "text",
      "`merge` (HL7 A40) and `link` (A24) make them one person; `unlink` (A37) takes that back, `not_same` says that they never were. The last one on two records holds.",
    ),
    column("decided_at", "instant", "When it was decided, in UTC.", ["phi:date"]),
    column("decided_by", "text", "Who decided it, as the source says."),
  ],
  judged: [],
};
