/** Laboratory results, vital signs and other observations: three tables of one shape, the first two with what only they have. */
const { codeOf, column, encounterKey, encounterRaw, patientKey, startOf } = require("../columns.js");

const observationOf = (name, description, key, { sent = [], judged = [], references = [], ...more } = {}) => ({
  name,
  description,
  key: column(`${name}_key`, "text", key, ["phi:other"]),
  cluster: ["patient_key", "observed_date"],
  time: "observed",
  ...more,
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
    ...sent,
  ],
  references: ["encounter", ...references],
  judged: [encounterKey, ...judged],
});

const hashed = (what, more = "") =>
  `The ${what}: a hash of its patient, encounter, code, time${more} and ordinal, where the source gives it no id.`;

const standard = [
  column(
    "standard_value",
    "number",
    "The value in the standard unit. NULL where there is no number, the unit is not known, or no living person can have the value (`value_out_of_range`).",
  ),
  column(
    "standard_unit",
    "text",
    "The unit in which this code's values are compared. NULL: no standard for this code.",
  ),
];

const instant = (name, description) => column(name, "instant", description, ["phi:date"]);
const FLAGS = "`LL`, `L`, `N`, `H` or `HH`, as in HL7 table 0078";
const COMPARED = "in the standard unit where the value's unit is known, else in the unit as sent";

module.exports = {
  lab_result: observationOf(
    "lab_result",
    "A laboratory result, as its newest version says; older versions stay in lab_result_verdict as `superseded`. Where the laboratory sends its own reports, it was observed when it was resulted.",
    hashed("result"),
    {
      optionalId: "lab_result_id",
      hasVersions: true,
      sent: [
        column("lab_result_id", "text", "The source's id of the result. NULL where it has none.", ["phi:other"]),
        column("lab_order_raw", "text", "The order's id as the source sent it.", ["phi:other"]),
        column(
          "provider_raw",
          "text",
          "The id of the provider who ordered it, where the source sends it with the result and not with an order.",
        ),
        column("status_raw", "text", "Status as the source sent it. NULL where it has none."),
        column("status", "text", "`preliminary`, `final` or `corrected`. NULL where the source has none."),
        instant(
          "resulted_at",
          "When it was resulted, in UTC. NULL where the source does not tell it from the time of observation.",
        ),
        ...startOf("When somebody was told of it", "notified_at", "notified_date", "notified_precision"),
        column("reference_low", "quantity", "Least of the reference range as sent, in the unit as sent."),
        column("reference_high", "quantity", "Greatest of the reference range as sent, in the unit as sent."),
        column("flag_sent", "text", `${FLAGS}, or another, as sent.`),
      ],
      references: ["lab_order", "provider", "concept"],
      judged: [
        column("lab_order_key", "text", "The order. NULL where the source names none or one that is not known.", [
          "phi:other",
        ]),
        column("provider_key", "text", "Whom provider_raw names. NULL where nobody, or not known."),
        instant("ordered_at", "When it was ordered, in UTC, as its order says."),
        instant(
          "collected_at",
          "When the specimen was taken, in UTC, as its order says; where a source dates results by their specimens, when it was observed.",
        ),
        ...standard,
        column(
          "range_low",
          "number",
          `Least of the range that is usual, ${COMPARED}. NULL: no lower end, or no range.`,
        ),
        column(
          "range_high",
          "number",
          `Greatest of the range that is usual, ${COMPARED}. NULL: no upper end, or no range.`,
        ),
        column(
          "range_source",
          "text",
          "`sent`: with the result; `seed`: by age and sex, includes/lab_limits.js says after whom. NULL: none is known.",
        ),
        column(
          "flag_computed",
          "text",
          `${FLAGS}: by the range, and by the critical limits of includes/lab_limits.js. NULL where there is no range, where a bound was sent that lies on both sides, and of a value that no living person can have.`,
        ),
      ],
    },
  ),
  vital_sign: observationOf("vital_sign", "A vital sign or body measure.", hashed("vital sign", ", device, sequence"), {
    identity: ["device_raw", "device_sequence"],
    sent: [
      column("device_raw", "text", "The id of the monitor that measured it. NULL: no monitor is named.", [
        "phi:device",
      ]),
      column("device_sequence", "integer", "The monitor's own count, or the record's."),
    ],
    judged: standard,
  }),
  observation: observationOf(
    "observation",
    "What was observed otherwise: surveys, scores, examinations, social history.",
    hashed("observation"),
    {
      optionalId: "observation_id",
      sent: [
        column("observation_id", "text", "The source's id of the observation. NULL where it has none.", ["phi:other"]),
      ],
    },
  ),
};
