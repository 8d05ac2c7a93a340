const { column, departmentKey, facilityKey, unitRaw } = require("../columns.js");

module.exports = {
  name: "bed",
  description: "A bed: one row a bed id of the source.",
  key: column("bed_key", "text", "The bed: a hash of tenant, source and source id."),
  sent: [
    column("bed_id", "text", "The source's bed id."),
    ...unitRaw,
    column("bed_kind", "text", "`ward`, `icu` or `maternity`, as sent."),
  ],
  references: ["facility"],
  judged: [facilityKey, departmentKey],
};
