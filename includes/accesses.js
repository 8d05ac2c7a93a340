/** What is meant by an access that nothing explains, and by hours of work: SQL over a row of silver.phi_access_log. */
const sources = require("./source_systems.js");
const types = require("./types.js");

/** Words of sources are compared whatever their case: `Emergency` is an emergency, and `None` no relationship. */
const isFor = (row, purpose) => `coalesce(lower(${row}.purpose_of_use) = '${purpose}', false)`;

/** It failed, as the source says it; what does not say so may have succeeded, and is looked at. */
const failed = (row) => `coalesce(lower(${row}.outcome) = 'failure', false)`;

/**
 * Of a patient's record, by somebody without a relationship to the patient, other than in an emergency, or of nothing but bills for
 * payment: who bills needs no relationship (45 CFR 164.506(c)), and no more than the bills (164.502(b)).
 */
const isUnrelated = (row) => `${row}.patient_raw is not null
  and coalesce(lower(${row}.relationship), 'none') = 'none'
  and not ${isFor(row, "emergency")}
  and not (${isFor(row, "payment")} and coalesce(lower(${row}.data_kinds), '') = 'billing')`;

const FIRST_HOUR = 7;
const LAST_HOUR = 18;

/** Before 7 in the morning or from 7 in the evening on, where the source is. */
const isOutsideHours = (row) =>
  `extract(hour from ${types.toLocal(`${row}.accessed_at`, sources.zone(`${row}.source_system`))}) not between ${FIRST_HOUR} and ${LAST_HOUR}`;

module.exports = { failed, isFor, isOutsideHours, isUnrelated };
