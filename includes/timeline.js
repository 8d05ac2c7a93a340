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

const observed = (entity, many) =>
  event(entity, many, {
    event_at: "observed_at",
    event_date: "observed_date",
    event_precision: "observed_precision",
    stopped_at: "cast(null as datetime)",
    stop_date: "cast(null as date)",
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
  event("condition", "conditions"),
  event("procedure", "procedures"),
  event("prescription", "prescriptions"),
  event("allergy", "allergies"),
  observed("lab_result", "laboratory results"),
  observed("vital_sign", "vital signs"),
  observed("observation", "other observations"),
];

module.exports = { events };
