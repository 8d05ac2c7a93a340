/** Laboratory results, vital signs and other observations: three tables of one shape. */
const { codeOf, column, encounterKey, encounterRaw, patientKey, startOf } = require("../columns.js");

const observationOf = (name, description, what, extra) => ({
  name,
  description,
  key: column(`${name}_key`, "text", `The ${what}: a hash of its patient, encounter, code, time and ordinal.`, [
    "phi:other",
  ]),
  cluster: ["patient_key", "observed_date"],
  time: "observed",
  sent: [
    patientKey,
    encounterRaw,
    column("category", "text", "Category as the source sent it."),
    ...codeOf("what was observed"),
    ...startOf("When it was observed", "observed_at", "observed_date", "observed_precision"),
    column("value_type", "text", "`numeric` or `text`, as sent."),
    column("value_text", "text", "The value as sent. An answer in words can name people and places.", ["phi:other"]),
    column("value_number", "number", "The value as a number, without its comparator. NULL where it is none."),
    column("comparator", "text", "`<`, `<=`, `>` or `>=` where the value was sent with one."),
    column("unit", "text", "The unit as sent."),
  ],
  references: ["encounter"],
  judged: [encounterKey, ...extra],
});

const standard = [
  column(
    "standard_value",
    "number",
    "The value in the standard unit. NULL where there is no number or the unit is not known.",
  ),
  column(
    "standard_unit",
    "text",
    "The unit in which this code's values are compared. NULL: no standard for this code.",
  ),
];

module.exports = {
  lab_result: observationOf("lab_result", "A laboratory result.", "result", standard),
  vital_sign: observationOf("vital_sign", "A vital sign or body measure.", "vital sign", standard),
  observation: observationOf(
    "observation",
    "What was observed otherwise: surveys, scores, examinations, social history.",
    "observation",
    [],
  ),
};
