/**
 * Every entity that has a route from bronze, by name, in the order in which they are judged. An entity is
 * `{ name, description, key, sent, sentOnly?, references?, judged, derived?, isFlagged?, cluster?, time?, timedByEncounter? }`:
 * `sent` is what the source said (with the key the whole content of a row), `sentOnly` the same but kept in the verdict table
 * only, `judged` what is found when the row is judged beside others, `derived` what the entity's own model adds, and
 * `references` the entities that it points to (`<name>_raw` as sent, `<name>_key` as resolved), and
 * `timedByEncounter` that a row whose `start_precision` is `encounter` has the time of its encounter.
 */
const claims = require("./claim_transactions.js");
const observations = require("./observations.js");

const all = [
  require("./facility.js"),
  require("./provider.js"),
  require("./patient.js"),
  require("./patient_address.js"),
  require("./identity_decision.js"),
  require("./payer.js"),
  require("./coverage.js"),
  require("./encounter.js"),
  require("./appointment.js"),
  require("./appointment_change.js"),
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
  observations.lab_result,
  observations.vital_sign,
  observations.observation,
];

module.exports = Object.fromEntries(all.map((entity) => [entity.name, entity]));
