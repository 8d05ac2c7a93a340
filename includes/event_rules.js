/** Rules that hold for every event of a patient, whatever it is. */
const { beside, key, noOrphans, nonNull, ordered } = require("./declared.js");

/** What a finding on an event means, by rule. */
const flagMeanings = {
  after_death: "admitted, though it lies after the day of death",
  outside_encounter: "admitted, though it lies outside its encounter",
  encounter_unresolved: "admitted, though the encounter that it names is not known",
  appointment_unresolved: "admitted, though the appointment that it names is not known",
  author_unresolved: "admitted, though who ordered or wrote it is not a known provider",
  out_of_order: "admitted, though its times are out of order",
  value_missing: "admitted, though what it is about was not sent",
  conflict: "delivered again in one file with other content; the last row was taken",
};

/** Key, patient, time and encounter of an event entity. @returns rules for `declared.declare` */
function event(entity, { at = "started_at", date = "start_date", hasEncounter = true } = {}) {
  return [
    key(`${entity}_key`),
    nonNull(`${entity}_dated`, ["patient_key", at, date]),
    noOrphans(`${entity}_has_patient`, ["patient_key"], ["silver", "patient"]),
    ...(hasEncounter
      ? [
          noOrphans(`${entity}_has_encounter`, ["encounter_key"], ["silver", "encounter"], ["encounter_key"], {
            optional: ["encounter_key"],
          }),
        ]
      : []),
    sameTenant(entity),
    notBeforeBirth(entity, date),
  ];
}

/** An event beside the row of silver that it names, where that is known: `failing` is SQL over `child` and `parent`. */
const besideOne = (name, description, of, failing) =>
  beside({
    name,
    description,
    parent: ["silver", of],
    on: [[`${of}_key`, `${of}_key`]],
    failing: `parent.${of}_key is not null and ${failing}`,
  });

/** An event lies on or after the day of birth, where that is known. */
const notBeforeBirth = (entity, date) =>
  besideOne(
    `${entity}_not_before_birth`,
    `${date} is not before the patient's birth date`,
    "patient",
    `coalesce(child.${date} < parent.birth_date, false)`,
  );

/** An event and its patient belong to one tenant. */
const sameTenant = (entity) =>
  besideOne(
    `${entity}_same_tenant`,
    "tenant_id is the patient's",
    "patient",
    "not coalesce(child.tenant_id = parent.tenant_id, false)",
  );

/** The event that an event names is one of the same patient. */
const eventOfPatient = (entity, named) =>
  besideOne(
    `${entity}_${named}_of_patient`,
    `its ${named} is one of the same patient`,
    named,
    `not coalesce(child.patient_key = parent.patient_key, false)`,
  );
const encounterOfPatient = (entity) => eventOfPatient(entity, "encounter");

/** For what admission does not flag for it: an end, where one is given, is not before the day of the start. */
function notEndedBeforeStart(entity) {
  return ordered(`${entity}_not_ended_before_start`, ["start_date", "stop_date"], { optional: ["stop_date"] });
}

/** The meanings of `names`, for `declared.findings`. */
const flags = (...names) =>
  Object.fromEntries(
    names.map((name) => {
      if (flagMeanings[name] === undefined) throw new Error(`no meaning is written for the flag ${name}`);
      return [name, flagMeanings[name]];
    }),
  );

module.exports = { encounterOfPatient, event, eventOfPatient, flags, notEndedBeforeStart };
