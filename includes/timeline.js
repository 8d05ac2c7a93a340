/** The events of a patient: each entity that is one, and how its columns read on the timeline. */
const { localDate } = require("./types.js");
const sources = require("./source_systems.js");

const event = (entity, columns) => ({
  entity,
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

const observed = (entity) =>
  event(entity, {
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
  event("encounter", { status: "status" }),
  event("appointment", {
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
  event("condition"),
  event("procedure"),
  event("prescription"),
  event("allergy"),
  observed("lab_result"),
  observed("vital_sign"),
  observed("observation"),
];

module.exports = { events };
