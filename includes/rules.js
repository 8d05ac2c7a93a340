/**
 * The rules by which a row is admitted: `{ name, outcome, when }`. `when` is SQL over `candidate` (the row as sent) and the
 * rows that it names, left joined: `patient`, `encounter`, `provider`, `facility`. It holds where the rule is broken; NULL is not broken.
 *
 * `quarantine` keeps the row out, only where it has no key, no parent, no place in time or no meaning; `flag` admits it and
 * records the finding.
 */
const types = require("./types.js");
const units = require("./units.js");

const quarantine = (name, when) => ({ name, outcome: "quarantine", when });
const flag = (name, when) => ({ name, outcome: "flag", when });

/** An id that the source must give. */
const declaredId = (id) => [quarantine("key_missing", `candidate.${id} is null`)];

/** A place in time. */
const timed = (at) => quarantine("event_time_missing", `candidate.${at} is null`);

/** What a row is nothing without, and what it only names: tried again until it is known. */
const needed = (name) => quarantine(`${name}_unresolved`, `${name}.${name}_key is null`);
const named = (name) => flag(`${name}_unresolved`, `candidate.${name}_ref is not null and ${name}.${name}_key is null`);

/** What every event of a patient must have: a patient who is known, and a day in that patient's life. */
const ofPatient = (at, date) => [
  needed("patient"),
  timed(at),
  quarantine("before_birth", `candidate.${date} < patient.birth_date`),
  flag("after_death", `candidate.${date} > patient.death_date`),
];

/** What refers to another event: to one that is known, and of the same patient; of an unknown patient nothing can be said yet. */
const ofEvent = (name) => [
  quarantine(`${name}_other_patient`, `${name}.patient_key <> patient.patient_key`),
  named(name),
];
const ofEncounter = ofEvent("encounter");

/** What refers to a payer. */
const ofPayer = [flag("payer_unresolved", "candidate.payer_ref is not null and payer.payer_key is null")];

/** Who ordered or wrote it, where it says so, is a provider who is known. */
const authorKnown = flag("author_unresolved", "candidate.provider_ref is not null and provider.provider_key is null");

/** Whether one time is before another: by instant where both were sent as instants, else by local day. */
const isBefore = (a, b) => `case
        when ${a.precision} = 'instant' and ${b.precision} = 'instant' then ${a.at} < ${b.at}
        else ${a.date} < ${b.date}
      end`;

const time = (of, name, date, precision) => ({
  at: `${of}.${name}_at`,
  date: `${of}.${date}_date`,
  precision: `${of}.${precision}_precision`,
});
const START = time("candidate", "started", "start", "start");
const STOP = time("candidate", "stopped", "stop", "stop");
/** A moment of the row as sent, by its name. */
const moment = (name) => time("candidate", name, name, name);
const OBSERVED = moment("observed");
/** One moment, or where it is not known another. */
const either = (a, b) => ({
  at: `coalesce(${a.at}, ${b.at})`,
  date: `coalesce(${a.date}, ${b.date})`,
  precision: `coalesce(${a.precision}, ${b.precision})`,
});
const ENCOUNTER_START = time("encounter", "started", "start", "start");
const ENCOUNTER_STOP = time("encounter", "stopped", "stop", "stop");

/**
 * Begins before its encounter, or after its end; what happens during a time (`to`) must end in it too. An encounter that is
 * open, or ends before it starts, has no end to be beyond.
 */
const withinEncounter = (from, to = from) => [
  flag(
    "outside_encounter",
    `${isBefore(from, ENCOUNTER_START)}
      or encounter.duration_seconds is not null and (
        ${isBefore(ENCOUNTER_STOP, from)}${to === from ? "" : `\n        or ${isBefore(ENCOUNTER_STOP, to)}`}
      )`,
  ),
];

/** Whether any of these moments, given in the order in which they must come, is before an earlier one; where one is missing it is not. */
const disordered = (...moments) =>
  moments
    .flatMap((later, i) => moments.slice(0, i).map((earlier) => `coalesce(${isBefore(later, earlier)}, false)`))
    .join("\n      or ");
const inOrder = (...moments) => flag("out_of_order", disordered(...moments));

/** A measured value: in a unit that its code is known to have, and within what a living person can have, or it is not converted. See units.js. */
const measured = [
  flag("unit_unknown", "candidate.value_number is not null and standard.code is not null and conversion.unit is null"),
  flag("value_out_of_range", units.isImplausible),
];

const endsBeforeStart = isBefore(STOP, START);

/** The judged value of a duration: NULL where it has not ended, or ends before it starts. */
const durationSeconds = `case
      when not coalesce(${endsBeforeStart}, false)
        then ${types.secondsBetween("candidate.started_at", "candidate.stopped_at")}
    end`;

/** Every rule whose finding can stand in `flags`, in the order in which they are reported. */
const FLAGS = [
  "file_damaged",
  "birth_death_implausible",
  "end_before_start",
  "stop_before_start",
  "after_death",
  "outside_encounter",
  "encounter_unresolved",
  "prescriber_unresolved",
  "payer_unresolved",
  "appointment_unresolved",
  "provider_unresolved",
  "claim_unresolved",
  "patient_unresolved",
  "staff_schedule_unresolved",
  "bed_unresolved",
  "user_missing",
  "role_unmapped",
  "action_unmapped",
  "purpose_missing",
  "npi_invalid",
  "status_contradicted",
  "out_of_order",
  "terminal_status_left",
  "transition_illegal",
  "author_unresolved",
  "study_unresolved",
  "lab_order_unresolved",
  "value_missing",
  "signature_missing",
  "value_out_of_range",
  "unit_unknown",
  "conflict",
];

/**
 * What each rule is about, by the three categories of Kahn et al. 2016 (A Harmonized Data Quality Assessment Terminology and
 * Framework, eGEMs 4(1):18): conformance (values, references and sums are as they are defined), completeness (what should be
 * said is said), plausibility (what is said can be true, and is said once). Every rule stands here once.
 */
const CATEGORIES = {
  conformance: [
    "action_unmapped",
    "appointment_other_patient",
    "appointment_unresolved",
    "author_unresolved",
    "bed_unresolved",
    "claim_balance",
    "claim_other_patient",
    "claim_unresolved",
    "encounter_other_patient",
    "encounter_unresolved",
    "equipment_unresolved",
    "file_damaged",
    "lab_order_other_patient",
    "lab_order_unresolved",
    "npi_invalid",
    "patient_unresolved",
    "payer_unresolved",
    "prescriber_unresolved",
    "provider_unresolved",
    "role_unmapped",
    "same_patient",
    "staff_schedule_unresolved",
    "staff_unresolved",
    "status_unmapped",
    "study_other_patient",
    "study_unresolved",
    "unit_unknown",
  ],
  completeness: [
    "absent_from_snapshot",
    "document_missing",
    "event_time_missing",
    "key_missing",
    "patient_id_missing",
    "purpose_missing",
    "signature_missing",
    "user_missing",
    "value_missing",
  ],
  plausibility: [
    "after_death",
    "before_birth",
    "birth_death_implausible",
    "conflict",
    "coverage_overlap",
    "duplicate_patient",
    "end_before_start",
    "out_of_order",
    "outside_encounter",
    "status_contradicted",
    "stop_before_start",
    "terminal_status_left",
    "transition_illegal",
    "value_out_of_range",
  ],
};

/** @throws Error for a rule that stands in no category, or in several */
const categoryOf = (rule) => {
  const [category, ...more] = Object.keys(CATEGORIES).filter((name) => CATEGORIES[name].includes(rule));
  if (category === undefined || more.length > 0) throw new Error(`the rule ${rule} must stand in one of CATEGORIES`);
  return category;
};

module.exports = {
  authorKnown,
  CATEGORIES,
  categoryOf,
  declaredId,
  either,
  durationSeconds,
  endsBeforeStart,
  FLAGS,
  flag,
  inOrder,
  measured,
  moment,
  named,
  needed,
  OBSERVED,
  ofEncounter,
  ofEvent,
  ofPayer,
  ofPatient,
  quarantine,
  START,
  STOP,
  time,
  timed,
  withinEncounter,
};
