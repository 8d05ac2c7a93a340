const { column, departmentKey, facilityKey, patientNamed, patientRaw, startOf, unitRaw } = require("../columns.js");
const words = require("../words.js");

module.exports = {
  name: "phi_access_log",
  description:
    "Who looked at whose record, when, from where and why: one row an access id of the source. Logins name no patient.",
  key: column("phi_access_log_key", "text", "The access: a hash of tenant, source and source id.", ["phi:other"]),
  sent: [
    column("phi_access_log_id", "text", "The source's id of the access.", ["phi:other"]),
    ...startOf("When it happened", "accessed_at", "accessed_date", "accessed_precision"),
    column("staff_raw", "text", "The user: a staff member's id, or a name of the source's own."),
    column("user_role_raw", "text", "Role as the source sent it."),
    column("user_role", "text", `${words.said(words.staffRole)}. NULL where the source's word is none of these.`),
    patientRaw,
    column("action_raw", "text", "Action as the source sent it."),
    column("action", "text", `${words.said(words.accessAction)}. NULL where the source's word is none of these.`),
    column("resource", "text", "What was looked at."),
    column("purpose_of_use", "text", "`treatment`, `payment`, `operations`, `emergency`, …, as sent."),
    column("network_address", "text", "Network address.", ["phi:ip"]),
    column("agent", "text", "Program."),
    ...unitRaw,
    column("relationship", "text", "Relationship of user and patient, as sent: `care_team`, `none` or `self`."),
    column("data_kinds", "text", "Kinds of data seen, separated by blanks."),
    column("outcome", "text", "`success` or `failure`, as sent."),
  ],
  references: ["staff", "patient", "facility"],
  judged: [
    column("staff_key", "text", "The staff member. NULL where the user is none who is known."),
    patientNamed,
    facilityKey,
    departmentKey,
  ],
};
