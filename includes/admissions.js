/** Which encounters put a patient into a bed of an acute hospital: conditions on a row of silver.encounter, by its alias. */

/** SNOMED CT: hospital admission for observation; admission to observation unit. */
const OBSERVATION_CODES = ["76464004", "448951000124107"];

/** Begun: neither planned, nor called off, nor entered in error. */
const happened = (encounter) => `${encounter}.status in ('in_progress', 'completed')`;

/** A bed of a hospital, whatever the admission is called; post-acute care and hospice are types of their own. */
const isInpatient = (encounter) => `${encounter}.encounter_type = 'inpatient' and ${happened(encounter)}`;

/**
 * Watched, not admitted, by class or code. MIMIC-IV's class OBSERVATION ADMIT is of patients who were admitted after they
 * had been observed.
 */
const isObservation = (encounter) => `(
    coalesce(lower(${encounter}.encounter_class) like '%observation%' and lower(${encounter}.encounter_class) <> 'observation admit', false)
    or coalesce(${encounter}.code in (${OBSERVATION_CODES.map((code) => `'${code}'`).join(", ")}), false)
  )`;

/** Into a bed, or to be watched: whatever the class of an observation is mapped to. */
const isAdmission = (encounter) =>
  `(${isInpatient(encounter)} or ${isObservation(encounter)} and ${happened(encounter)})`;

const isAcuteInpatient = (encounter) => `${isInpatient(encounter)} and not ${isObservation(encounter)}`;

/** When it ended, in UTC; NULL while it lasts, or where it ends before it starts. */
const endedAt = (encounter) =>
  `case when ${encounter}.status = 'completed' and ${encounter}.duration_seconds is not null then ${encounter}.stopped_at end`;
const endDate = (encounter) =>
  `case when ${encounter}.status = 'completed' and ${encounter}.duration_seconds is not null then ${encounter}.stop_date end`;

/**
 * Where patients went, as the movements of the patient say it at the last place of an encounter: one row an encounter of which
 * they do. For encounters that do not say it themselves.
 */
const leftTo = (encounterLocation) => `select
    encounter_key,
    discharge_disposition
  from ${encounterLocation}
  where encounter_key is not null
    and discharge_disposition is not null
  qualify row_number() over (partition by encounter_key order by stopped_at desc nulls last, encounter_location_key) = 1`;

module.exports = { endDate, endedAt, happened, isAcuteInpatient, isAdmission, isInpatient, isObservation, leftTo };
