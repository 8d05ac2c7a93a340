const { codeOf, column, encounterKey, encounterRaw, patientKey, reason, startOf, stopOf } = require("../columns.js");

module.exports = {
  name: "prescription",
  description: "A medication that was prescribed, with the time during which it shall be taken.",
  key: column(
    "prescription_key",
    "text",
    "The prescription: a hash of its patient, encounter, code, start and ordinal.",
    ["phi:other"],
  ),
  cluster: ["patient_key", "start_date"],
  sent: [
    patientKey,
    encounterRaw,
    ...codeOf("the medication"),
    ...startOf("When it began"),
    ...stopOf("When it ended"),
    column("provider_raw", "text", "The id of who prescribed it, as the source sent it. NULL where it names nobody."),
    column("order_id", "text", "The source's id of the order or of the pharmacy's entry.", ["phi:other"]),
    column("dose_text", "text", "Dose as sent."),
    column("dose_unit", "text", "Unit of the dose as sent."),
    column("route_of_administration", "text", "How it is given, as sent."),
    ...reason,
    column("payer_raw", "text", "The payer's id as the source sent it."),
    column("dispense_count", "integer", "How often it was dispensed."),
    column("base_cost", "money", "Cost of one dispense in USD.", ["phi:other"]),
    column("payer_coverage", "money", "What the payer covered of one dispense in USD.", ["phi:other"]),
    column("total_cost", "money", "Cost of all dispenses in USD.", ["phi:other"]),
  ],
  references: ["encounter", "provider"],
  judged: [
    encounterKey,
    column("provider_key", "text", "Whom provider_raw names. NULL where nobody, or not known."),
    column(
      "prescriber_raw",
      "text",
      "The prescriber's id as sent: the provider of the encounter where the source names none.",
    ),
    column("prescriber_key", "text", "The prescriber. NULL where not known."),
    column("is_period_valid", "boolean", "False where it stops before it starts; such a row is never current."),
  ],
};
