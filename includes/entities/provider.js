const { address, column } = require("../columns.js");

module.exports = {
  name: "provider",
  description: "A clinician: one row a provider id of the source.",
  key: column("provider_key", "text", "The provider: a hash of tenant, source and source id."),
  sent: [
    column("provider_id", "text", "The source's provider id."),
    column("npi", "text", "National provider identifier. NULL where the source has none; never a key."),
    column("provider_name", "text", "Name."),
    column("sex", "text", "Sex as sent."),
    column("specialty", "text", "Specialty as sent."),
    column("facility_raw", "text", "The facility's id as the source sent it."),
    ...address(false),
    column("encounter_count", "integer", "Encounters, as the source counts them."),
    column("procedure_count", "integer", "Procedures, as the source counts them."),
  ],
  references: ["facility"],
  judged: [column("facility_key", "text", "The facility where the provider works. NULL where not known.")],
};
