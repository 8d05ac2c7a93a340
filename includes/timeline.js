/** The events of a patient: each entity that is one, what many of it are called, and how its columns read on the timeline. */
const { localDate } = require("./types.js");
const sources = require("./source_systems.js");

const event = (entity, many, columns) => ({
  entity,
  many,
  event_at: "started_at",
  event_date: "start_date",
  event_precision: "start_precision",
  stopped_at: "stopped_at",
  stop_date: "stop_date",
  encounter_key: "encounter_key",
  status: "cast(null as varchar)",
  code: "code",
  code_system: "code_system",
  description: "description",
  value_text: "cast(null as varchar)",
  value_number: "cast(null as double)",
  unit: "cast(null as varchar)",
  ...columns,
});

/** What happened at a moment, which the columns of this name say. */
const moment = (entity, many, name, columns) =>
  event(entity, many, {
    event_at: `${name}_at`,
    event_date: `${name}_date`,
    event_precision: `${name}_precision`,
    stopped_at: "cast(null as datetime)",
    stop_date: "cast(null as date)",
    ...columns,
  });

/** How an event without a code reads. */
const uncoded = (description) => ({
  code: "cast(null as varchar)",
  code_system: "cast(null as varchar)",
  description,
});
const NO_ENCOUNTER = { encounter_key: "cast(null as varchar)" };

const observed = (entity, many) =>
  moment(entity, many, "observed", {
    value_text: "value_text",
    value_number: "value_number",
    unit: "unit",
  });

const events = [
  event("encounter", "encounters", { status: "status" }),
  event("appointment", "appointments", {
    event_at: "scheduled_start_at",
    event_date: "scheduled_date",
    event_precision: "scheduled_precision",
    stopped_at: "scheduled_end_at",
    stop_date: localDate("scheduled_end_at", sources.zone("source_system")),
    status: "status",
    code: "reason_code",
    code_system: "cast(null as varchar)",
    description: "reason_description",
  }),
  moment("appointment_change", "changes of appointments", "changed", {
    ...NO_ENCOUNTER,
    ...uncoded("reason"),
    status: "to_status",
  }),
  event("encounter_location", "places during an encounter", uncoded("bed_raw")),
  moment("satisfaction", "answers of satisfaction", "surveyed", {
    ...uncoded("question"),
    value_text: "cast(score_sent as varchar)",
    value_number: "cast(score as double)",
  }),
  event("condition", "conditions"),
  event("procedure", "procedures"),
  event("prescription", "prescriptions"),
  event("allergy", "allergies"),
  moment("immunization", "immunizations", "given"),
  moment("imaging_study", "images of imaging studies", "performed", {
    code: "procedure_code",
    code_system: "case when procedure_code is not null then 'SNOMED-CT' end",
    description: "modality_description",
  }),
  moment("lab_order", "laboratory orders", "ordered", { status: "status" }),
  observed("lab_result", "laboratory results"),
  observed("vital_sign", "vital signs"),
  observed("observation", "other observations"),
  moment("medication_administration", "doses of medications", "occurred", { status: "status" }),
  moment("radiology_report", "radiology reports", "reported", {
    status: "status",
    ...uncoded("cast(null as varchar)"),
  }),
  moment("document", "versions of documents", "written", { status: "status", ...uncoded("kind") }),
  moment("infection", "infections", "diagnosed"),
  moment("adverse_event", "adverse events", "occurred", uncoded("category")),
  moment("medication_error", "errors with medications", "occurred"),
];

module.exports = { events };
