const { column } = require("../columns.js");

module.exports = {
  name: "organization_unit",
  description: "Where a facility belongs in the network: one row an organization id of the source.",
  key: column(
    "organization_unit_key",
    "text",
    "The place in the network: a hash of tenant, source and organization id.",
  ),
  sent: [
    column("organization_unit_id", "text", "The source's organization id."),
    column("branch", "text", "Branch of the network."),
    column("region", "text", "Region of the network."),
    column("authority", "text", "Who gives the patient numbers there."),
    column("bed_count", "integer", "Staffed beds."),
  ],
  judged: [],
};
