const { column, departmentKey, facilityKey, unitRaw } = require("../columns.js");

module.exports = {
  name: "equipment",
  description: "A piece of equipment: one row an equipment id of the source.",
  key: column("equipment_key", "text", "The equipment: a hash of tenant, source and source id."),
  sent: [
    column("equipment_id", "text", "The source's equipment id."),
    ...unitRaw,
    column("equipment_kind", "text", "`ct`, `mri`, `ultrasound`, `ventilator` or `infusion_pump`, as sent."),
    column("daily_minutes", "integer", "Minutes for which it can be used in a day."),
  ],
  references: ["facility"],
  judged: [facilityKey, departmentKey],
};
