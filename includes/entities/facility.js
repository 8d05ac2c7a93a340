const { address, column } = require("../columns.js");

module.exports = {
  name: "facility",
  description: "A hospital, practice or other place of care: one row an organization id of the source.",
  key: column("facility_key", "text", "The facility: a hash of tenant, source and source id."),
  sent: [
    column("facility_id", "text", "The source's organization id."),
    column("facility_name", "text", "Name."),
    ...address(false),
    column("phone", "text", "Telephone as sent."),
    column("revenue", "money", "Revenue in USD, as the source sums it."),
    column("encounter_count", "integer", "Encounters, as the source counts them."),
  ],
  sentOnly: [
    column(
      "organization_unit_raw",
      "text",
      "The source's organization id, by which its place in the network is known.",
    ),
  ],
  references: ["organization_unit"],
  judged: [
    column("organization_unit_key", "text", "Its place in the network. NULL where no source tells it."),
    column("branch", "text", "Branch of the network. NULL where no source tells it."),
    column("region", "text", "Region of the network. NULL where no source tells it."),
    column("authority", "text", "Who gives the patient numbers there. NULL where no source tells it."),
    column("bed_count", "integer", "Staffed beds. NULL where no source tells it."),
  ],
};
