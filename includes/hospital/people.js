/** Who and where: what is known of patients beside their demographics, and the people and units of the network. */
const { day, encounter, field, id, moment, patient, plain } = require("../fields.js");

const network = [plain("ORGANIZATION", "organization_id", "Id of the organization.")];
const unit = [...network, plain("DEPARTMENT", "department_id", "`<organization id>:<encounter class>`.")];

module.exports = {
  organization_units: {
    description: "Where an organization belongs in the network, one row each.",
    fields: [
      ...network,
      plain("BRANCH", "branch", "Branch of the network."),
      plain("REGION", "region", "Region of the network."),
      plain("ASSIGNING_AUTHORITY", "authority", "Who gives the patient numbers there."),
      field("BED_COUNT", "bed_count", "integer", "Staffed beds."),
    ],
  },
  patient_identifiers: {
    description: "Numbers by which a patient is known, one row each.",
    fields: [
      id("patient_identifier"),
      patient,
      plain("AUTHORITY", "authority", "Who gave the number."),
      plain("KIND", "kind", "`mrn`, `passport` or `insurance_member`."),
      plain("VALUE", "value", "The number.", ["phi:mrn"]),
      day("VALID_FROM", "valid_from", "From when on."),
      day("VALID_TO", "valid_to", "Until when, not included."),
    ],
  },
  patient_contacts: {
    description: "Whom to call in an emergency, one row a contact.",
    fields: [
      id("patient_contact"),
      patient,
      plain("NAME", "contact_name", "Name.", ["phi:name"]),
      plain("RELATIONSHIP", "relationship", "Relationship to the patient."),
      plain("PHONE", "phone", "Telephone.", ["phi:phone"]),
      plain("EMAIL", "email", "Electronic mail.", ["phi:email"]),
      field("PRIORITY", "priority", "integer", "Whom to call first: 1, then 2, …"),
      moment("UPDATED_AT", "updated", "When the row was last changed in the source."),
    ],
  },
  patient_statuses: {
    description: "Changes of a patient's status, confidentiality and language, one row a change.",
    fields: [
      id("patient_status"),
      patient,
      plain("STATUS", "status", "`active`, `inactive`, `transferred` or `deceased`."),
      plain("CONFIDENTIALITY", "confidentiality", "`normal`, `restricted` or `vip`."),
      plain("LANGUAGE", "language", "Preferred language, as in BCP 47."),
      moment("CHANGED_AT", "changed", "From when on."),
      plain("CHANGED_BY", "changed_by", "Who changed it."),
    ],
  },
  risk_scores: {
    description: "Scores of a patient's risk, one row each time that one was computed.",
    fields: [
      id("risk_score"),
      patient,
      plain("SCORE_NAME", "score_name", "Which score."),
      field("SCORE", "score", "number", "Its value."),
      moment("SCORED_AT", "scored", "When it was computed."),
    ],
  },
  legal_holds: {
    description: "Records that must not be destroyed, one row a hold.",
    fields: [
      id("legal_hold"),
      patient,
      moment("PLACED_AT", "placed", "When it was placed."),
      moment("LIFTED_AT", "lifted", "When it was lifted."),
      plain("REASON", "reason", "Why.", ["phi:other"]),
    ],
  },
  identity_decisions: {
    description: "What was decided about two patient records, one row a decision.",
    fields: [
      id("identity_decision"),
      patient,
      plain("AUTHORITY", "authority", "Who gave that id; where empty, who gives the ids of the source."),
      plain("OTHER_PATIENT", "other_patient_id", "Id of the other record.", ["phi:mrn"]),
      plain("OTHER_AUTHORITY", "other_authority", "Who gave the other id, likewise."),
      plain("DECISION", "decision", "`merge`, `link`, `unlink` or `not_same`."),
      moment("DECIDED_AT", "decided", "When."),
      plain("DECIDED_BY", "decided_by", "Who."),
    ],
  },
  staff: {
    description: "Who works in the network, one row each.",
    fields: [
      id("staff"),
      plain("NAME", "staff_name", "Name."),
      plain("ROLE", "role", "`admin`, `provider`, `nurse`, `staff` or `billing`."),
      plain("PROVIDER", "provider_id", "Id of the provider, of those who are one."),
      plain("NPI", "npi", "National Provider Identifier."),
      ...unit,
      day("HIRED_ON", "hired_on", "First day."),
      day("LEFT_ON", "left_on", "Last day."),
    ],
  },
  licenses: {
    description: "Licences to practise, one row each.",
    fields: [
      id("license"),
      plain("PROVIDER", "provider_id", "Id of the provider."),
      plain("LICENSE_NUMBER", "license_number", "Its number."),
      plain("STATE", "state", "State that gave it."),
      plain("KIND", "kind", "`medical`, `nursing` or `dea`."),
      day("ISSUED_ON", "issued_on", "From when on."),
      day("EXPIRES_ON", "expires_on", "Last day."),
      plain("STATUS", "status", "`active`, `expired`, `suspended` or `revoked`."),
    ],
  },
  access_log: {
    description: "Who looked at whose record, one row an access.",
    fields: [
      id("access"),
      moment("ACCESSED_AT", "accessed", "When."),
      plain("USER_ID", "user_id", "Who: the staff member's id, or a name of the source's own."),
      plain("USER_ROLE", "user_role", "Role in which."),
      patient,
      plain("ACTION", "action", "`view`, `create`, `update`, `export`, `print` or `login`."),
      plain("RESOURCE", "resource", "What was looked at."),
      plain("PURPOSE", "purpose", "Purpose of use: `treatment`, `payment`, `operations`, `emergency`, …"),
      plain("ADDRESS", "address", "Network address.", ["phi:ip"]),
      plain("AGENT", "agent", "Program."),
      ...unit,
      plain("RELATIONSHIP", "relationship", "Relationship of user and patient: `care_team`, `none`, `self`."),
      plain("DATA_KINDS", "data_kinds", "Kinds of data seen, separated by blanks."),
      plain("OUTCOME", "outcome", "`success` or `failure`."),
    ],
  },
  satisfaction: {
    description: "What patients answered when asked how it was, one row an answer.",
    fields: [
      id("satisfaction"),
      patient,
      encounter,
      moment("SURVEYED_AT", "surveyed", "When they answered."),
      plain("QUESTION", "question", "`overall`, `communication`, `cleanliness` or `recommend`."),
      field("SCORE", "score", "integer", "From 1 (worst) to 5 (best)."),
    ],
  },
};
