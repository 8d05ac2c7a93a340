const { column, departmentKey, facilityKey, unitRaw } = require("../columns.js");
const words = require("../words.js");

module.exports = {
  name: "staff",
  description: "Who works in the network, in which role: one row a staff id of the source.",
  key: column("staff_key", "text", "The staff member: a hash of tenant, source and source id."),
  sent: [
    column("staff_id", "text", "The source's staff id."),
    column("staff_name", "text", "Name."),
    column("staff_role_raw", "text", "Role as the source sent it."),
    column("staff_role", "text", `${words.said(words.staffRole)}. NULL where the source's word is none of these.`),
    column("provider_raw", "text", "The provider's id as the source sent it, of those who are one."),
    column("npi", "text", "National Provider Identifier as sent; never a key."),
    ...unitRaw,
    column("hired_on", "date", "First day."),
    column("left_on", "date", "Last day. NULL: still there, or not said."),
  ],
  references: ["provider", "facility"],
  judged: [
    column("provider_key", "text", "The provider who they are. NULL where none, or not known."),
    facilityKey,
    departmentKey,
  ],
};
