/**
 * The events of which other systems are told, and the law by which each is told once.
 *
 * What was told of a thing, in order of delivery: of each delivery the version that stands last in it, if no delivery before it
 * brought a newer one, is what silver said from then on. It is news where its content is not that of the one which stood before
 * it. So the past of a thing depends on what was delivered alone: neither on when runs were, nor on how often, and a version that
 * comes too late to stand is no news.
 *
 * - `patient.created`: the first news of a patient's row. Once a patient.
 * - `patient.updated`: any later news of the patient: of the row, of where the patient lives, of what the register says. Once a
 *   patient and delivery.
 * - `encounter.completed`: the first news by which an encounter is completed. Once an encounter, whatever is corrected later.
 * - `prescription.added`: the first news of a prescription. Once a prescription.
 * - `lab_result.available`: each news of a result that is final or corrected, or whose source knows no status: a correction is
 *   told again, for the value that it corrects does harm. Once a result and delivery.
 *
 * An event's id is a hash of tenant, type, the key of the thing, and which news of it: nothing that a model can change.
 */
const { oldestNames } = require("./admission/versions.js");
const admission = require("./admission.js");
const entities = require("./entities/index.js");

/** What is told of patients: each has its own key, but of addresses a patient has one at a time. */
const OF_PATIENT = ["patient", "patient_address", "patient_status", "patient_identifier", "patient_contact"];

/** The type of each event and the resource of FHIR that it is about, in the order in which events of one delivery are told. */
const EVENTS = {
  "patient.created": "Patient",
  "patient.updated": "Patient",
  "encounter.completed": "Encounter",
  "prescription.added": "MedicationRequest",
  "lab_result.available": "Observation",
};

/** Entities whose versions are looked at: `thing` tells what is versioned, `content` what a version says. */
const WATCHED = {
  ...Object.fromEntries(
    OF_PATIENT.map((name) => [
      name,
      { occurredAt: "coalesce(recorded_at, delivered_at)", state: "cast(null as varchar)" },
    ]),
  ),
  patient_address: {
    thing: "patient_key",
    content: "patient_address_key",
    occurredAt: "coalesce(recorded_at, delivered_at)",
    state: "cast(null as varchar)",
  },
  encounter: { occurredAt: "coalesce(stopped_at, started_at)", state: "status" },
  prescription: { occurredAt: "started_at", state: "cast(null as varchar)" },
  lab_result: { occurredAt: "coalesce(resulted_at, observed_at)", state: "coalesce(status, 'final')" },
};

/**
 * A query: every admitted version of what has changed since `self` told something last; all of them without it. Most of what came
 * has no version from before, which is found by its key alone.
 */
const told = ({ ref, self }) => {
  const seen = `(select coalesce(max(emitted_run), 0) from ${self})`;
  return Object.entries(WATCHED)
    .flatMap(([entity, { thing = entities[entity].key.name, content = "row_hash", occurredAt, state }]) => {
      const verdict = ref("silver", `${entity}_verdict`);
      const versions = (since) => `select
    '${entity}' as entity,
    ${thing} as thing,
    ${content} as content,
    ${entities[entity].key.name} as entity_key,
    ${state} as state,
    ${occurredAt} as occurred_at,
    tenant_id,
    patient_key,
    batch_id,
    ${oldestNames.filter((name) => name !== "batch_id").join(",\n    ")},
    source_system,
    source_record,
    recorded_by,
    loaded_at
  from ${verdict}
  where disposition <> 'quarantined'${since}`;
      if (self === undefined) return [versions("")];
      const older = (of) => `judged_run <= ${seen}
      and ${thing} in (
      ${of}
    )`;
      return [
        versions(`
    and judged_run > ${seen}`),
        versions(`
    and ${older(`select ${thing}
      from ${verdict}
      where ${older(`select ${thing}
      from ${verdict}
      where judged_run > ${seen}`)}`)}`),
      ];
    })
    .join("\n  union all\n  ");
};

const listed = (words) => words.map((word) => `'${word}'`).join(", ");

module.exports = {
  EVENTS: Object.keys(EVENTS),
  /** Whether news is of a patient. */
  isOfPatient: `entity in (${listed(OF_PATIENT)})`,
  newestFirst: admission.newestFirst,
  oldestFirst: admission.oldestFirst,
  /** SQL: the place of a type among the events of one delivery, and the resource that it is about. */
  place: `case event_type ${Object.keys(EVENTS)
    .map((type, i) => `when '${type}' then ${i + 1}`)
    .join(" ")} end`,
  resourceType: `case event_type ${Object.entries(EVENTS)
    .map(([type, resource]) => `when '${type}' then '${resource}'`)
    .join(" ")} end`,
  told,
};
