/**
 * A death that one record of a person tells is the person's: who has died takes nothing under another number either, and is
 * invited to nothing.
 */

/** Query of the persons of whom a record tells the death, on the earliest day told: person_id, death_date. */
const byPerson = (ref) => `select
    xref.person_id,
    min(patient.death_date) as death_date
  from ${ref("silver", "patient")} as patient
  inner join ${ref("silver", "patient_xref")} as xref
    on xref.patient_key = patient.patient_key
    and xref.valid_to is null
  where patient.death_date is not null
  group by xref.person_id`;

module.exports = { byPerson };
