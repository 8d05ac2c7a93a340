const { codeOf, column, encounterKey, encounterRaw, patientKey, startOf } = require("../columns.js");

module.exports = {
  name: "lab_order",
  description: "A laboratory test that was ordered for a patient: one row an order id of the source.",
  key: column("lab_order_key", "text", "The order: a hash of tenant, source and source id.", ["phi:other"]),
  cluster: ["patient_key", "ordered_date"],
  sent: [
    column("lab_order_id", "text", "The source's order id.", ["phi:other"]),
    patientKey,
    encounterRaw,
    column("provider_raw", "text", "The id of the provider who ordered it, as the source sent it."),
    ...codeOf("the test"),
    ...startOf("When it was ordered", "ordered_at", "ordered_date", "ordered_precision"),
    ...startOf("When the specimen was taken", "collected_at", "collected_date", "collected_precision"),
    column("status_raw", "text", "Status as the source sent it."),
    column("status", "text", "`ordered`, `collected`, `completed` or `cancelled`."),
  ],
  references: ["encounter", "provider"],
  judged: [encounterKey, column("provider_key", "text", "The provider who ordered it. NULL where not known.")],
};
