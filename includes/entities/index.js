/**
 * Every entity that has a route from bronze, by name, in the order in which they are judged. An entity is
 * `{ name, description, key, sent, sentOnly?, references?, judged, derived?, isFlagged?, cluster?, time?, timedByEncounter?,
 * optionalId?, identity?, hasVersions? }`:
 * `sent` is what the source said (with the key the whole content of a row), `sentOnly` the same but kept in the verdict table
 * only, `judged` what is found when the row is judged beside others, `derived` what the entity's own model adds, and
 * `references` the entities that it points to (`<name>_raw` as sent, `<name>_key` as resolved; `concept` gives a row that was
 * sent without a `description` that of its code), and
 * `timedByEncounter` that a row whose `start_precision` is `encounter` has the time of its encounter.
 * The key of an event without an id is a hash of what it says; `optionalId` is the column of an id that only some sources give,
 * `identity` the columns that tell otherwise equal events apart. `hasVersions`: a source may send versions in one file on purpose.
 */
const claims = require("./claim_transactions.js");
const harm = require("./harm.js");
const observations = require("./observations.js");
const register = require("./register.js");

const all = [
  require("./organization_unit.js"),
  require("./facility.js"),
  require("./provider.js"),
  require("./provider_license.js"),
  require("./provider_schedule.js"),
  require("./staff.js"),
  require("./staff_schedule.js"),
  require("./timesheet.js"),
  require("./bed.js"),
  require("./equipment.js"),
  require("./audit_finding.js"),
  require("./patient.js"),
  require("./patient_address.js"),
  require("./identity_decision.js"),
  register.patient_identifier,
  register.patient_contact,
  register.patient_status,
  register.risk_score,
  register.legal_hold,
  require("./payer.js"),
  require("./coverage.js"),
  require("./encounter.js"),
  require("./encounter_location.js"),
  require("./bed_day.js"),
  require("./equipment_usage.js"),
  require("./satisfaction.js"),
  require("./phi_access_log.js"),
  require("./appointment.js"),
  require("./appointment_change.js"),
  require("./concept.js"),
  require("./condition.js"),
  require("./procedure.js"),
  require("./prescription.js"),
  require("./allergy.js"),
  require("./immunization.js"),
  require("./imaging_study.js"),
  require("./claim.js"),
  claims.claim_line,
  claims.payment,
  claims.remittance,
  require("./lab_order.js"),
  observations.lab_result,
  observations.vital_sign,
  observations.observation,
  require("./medication_administration.js"),
  require("./radiology_report.js"),
  require("./document.js"),
  require("./infection.js"),
  harm.adverse_event,
  harm.medication_error,
];

module.exports = Object.fromEntries(all.map((entity) => [entity.name, entity]));
