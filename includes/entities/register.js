/** What a register knows of patients beside their demographics. States and numbers, no events: none of it is on the timeline. */
const { column, patientKey, startOf } = require("../columns.js");

const idOf = (entity, what) => column(`${entity}_id`, "text", `The source's id of ${what}.`, ["phi:other"]);
const keyOf = (entity, what) =>
  column(`${entity}_key`, "text", `${what}: a hash of tenant, source and source id.`, ["phi:other"]);

const patient_identifier = {
  name: "patient_identifier",
  description:
    "A number by which a patient is known: one row a patient, kind, authority and number. Of a social security number there is one, and only its keyed hash.",
  key: column("patient_identifier_key", "text", "Hash of the patient, the kind, who gave the number, and the number.", [
    "phi:other",
  ]),
  sent: [
    patientKey,
    column("kind_raw", "text", "Kind as the source sent it."),
    column("identifier_kind", "text", "`mrn`, `ssn`, `passport`, `drivers_license` or `insurance_member`."),
    column("authority", "text", "Who gave the number. NULL where the source does not say."),
    column("identifier_value", "text", "The number. NULL for a social security number.", ["phi:mrn"]),
    column("identifier_hash", "text", "Keyed hash of the number: equal for equal numbers.", ["phi:other"]),
    column("valid_from", "date", "From when on it holds. NULL: not said.", ["phi:date"]),
    column("valid_to", "date", "Until when it holds, not included. NULL: until further notice.", ["phi:date"]),
  ],
  judged: [],
};

const patient_contact = {
  name: "patient_contact",
  description: "Whom to call in an emergency, in which order: one row a contact.",
  key: keyOf("patient_contact", "The contact"),
  sent: [
    idOf("patient_contact", "the contact"),
    patientKey,
    column("contact_name", "text", "Name.", ["phi:name"]),
    column("relationship", "text", "What the contact is to the patient, as sent."),
    column("phone", "text", "Telephone.", ["phi:phone"]),
    column("email", "text", "Electronic mail.", ["phi:email"]),
    column("priority", "integer", "Whom to call first: 1, then 2, …"),
  ],
  judged: [],
};

const patient_status = {
  name: "patient_status",
  description:
    "What a register said of a patient's status, confidentiality and language, and from when on: one row a change, with all three.",
  key: keyOf("patient_status", "The change"),
  sent: [
    idOf("patient_status", "the change"),
    patientKey,
    column("status_raw", "text", "Status as the source sent it."),
    column("status", "text", "`active`, `inactive`, `transferred` or `deceased`."),
    column("confidentiality_raw", "text", "Confidentiality as the source sent it."),
    column("confidentiality", "text", "`normal`, `restricted` or `vip`. What is sent and not known is `restricted`."),
    column("language", "text", "Preferred language, as sent (BCP 47)."),
    ...startOf("From when on it was so", "changed_at", "changed_date", "changed_precision"),
  ],
  judged: [],
  derived: [
    column("previous_status", "text", "The patient's status before. NULL for the first."),
    column("is_legal", "boolean", "Whether the status may follow the one before it; the first may be any."),
    column("is_current", "boolean", "Whether it is the patient's last change."),
  ],
};

const risk_score = {
  name: "risk_score",
  description: "A score of a patient's risk: one row each time that one was computed.",
  key: keyOf("risk_score", "The score"),
  sent: [
    idOf("risk_score", "the computation"),
    patientKey,
    column("score_name", "text", "Which score."),
    column("score", "number", "Its value."),
    ...startOf("When it was computed", "scored_at", "scored_date", "scored_precision"),
  ],
  judged: [],
};

const legal_hold = {
  name: "legal_hold",
  description: "A reason why a patient's record must not be destroyed: one row a hold.",
  key: keyOf("legal_hold", "The hold"),
  sent: [
    idOf("legal_hold", "the hold"),
    patientKey,
    ...startOf("When it was placed", "placed_at", "placed_date", "placed_precision"),
    column("lifted_at", "instant", "When it was lifted, in UTC. NULL: it holds.", ["phi:date"]),
    column("reason", "text", "Why, as sent.", ["phi:other"]),
  ],
  judged: [],
};

module.exports = { legal_hold, patient_contact, patient_identifier, patient_status, risk_score };
