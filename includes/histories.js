/**
 * Silver's histories: entities of which not only the newest state is kept. Each is a table of scd.type2 over the verdicts of its
 * entity, by the order in which silver chooses the version that stands.
 */
const { oldestNames } = require("./admission/versions.js");
const { provenance, sourceSystem, tenantId } = require("./columns.js");
const entities = require("./entities/index.js");
const numbers = require("./numbers.js");
const scd = require("./scd.js");

const history = ({
  of,
  description,
  key,
  attributes,
  carried = [],
  at = "coalesce(recorded_at, delivered_at, loaded_at)",
  ofPatient = false,
}) => {
  const entity = entities[of];
  const all = [entity.key, ...entity.sent, ...entity.judged];
  const columnsOf = (names) => names.map((name) => all.find((column) => column.name === name));
  const carriedColumns = [tenantId, ...columnsOf(carried), sourceSystem, ...provenance];
  return {
    of,
    description,
    key,
    attributes,
    at,
    ofPatient,
    uniqueKey: [...key, "valid_from", "recorded_from"],
    columns: [
      ...columnsOf([...key, ...attributes]),
      ...carriedColumns,
      ...scd.versionColumns.map((column) =>
        column.name.startsWith("valid_") ? { ...column, tags: ["phi:date"] } : column,
      ),
    ],
    carried: carriedColumns.map(({ name }) => name),
  };
};

const histories = {
  patient_history: history({
    of: "patient",
    description:
      "What a patient's status and confidentiality were by the rows of patients, when, and when it was known: one row a version, kept for good.",
    key: ["patient_key"],
    attributes: ["status", "confidentiality"],
  }),
  patient_status_history: history({
    of: "patient_status",
    description:
      "What a register said that a patient's status, confidentiality and language were, when, and when it was known: one row a version, kept for good.",
    key: ["patient_key"],
    attributes: ["status", "confidentiality", "language"],
    at: "changed_at",
    ofPatient: true,
  }),
  patient_address_history: history({
    of: "patient_address",
    description: "Where a patient lived, when, and when it was known: one row a version, kept for good.",
    key: ["patient_key", "address_use"],
    attributes: ["patient_address_key"],
    carried: ["address_line", "city", "state", "postal_code", "latitude", "longitude", "county", "county_fips"],
  }),
};

/**
 * What was admitted, with the time when it could first be: of what is told of a patient who is not known yet, when the patient
 * came. Else an increment would look for it among what was landed since, and not find it.
 */
const admittedLog = ({ of, ofPatient }, ref) => {
  const verdict = ref("silver", `${of}_verdict`);
  if (!ofPatient)
    return `admitted as (
  select
    verdict.*,
    verdict.loaded_at as known_at
  from ${verdict} as verdict
  where verdict.disposition <> 'quarantined'
)`;
  return `first_known as (
  select
    patient_key,
    min(loaded_at) as known_from
  from ${ref("silver", "patient_verdict")}
  where disposition <> 'quarantined'
  group by patient_key
),

admitted as (
  select
    verdict.*,
    ${numbers.greatest("verdict.loaded_at", "first_known.known_from")} as known_at
  from ${verdict} as verdict
  left join first_known
    on first_known.patient_key = verdict.patient_key
  where verdict.disposition <> 'quarantined'
)`;
};

/** The model: versions of everything that was admitted; in an increment those that are new or have ended. */
const model = ({ name, ref, self }) => {
  const { key, attributes, carried, at } = histories[name];
  const columns = [...new Set([...key, ...attributes, ...carried, ...oldestNames])];
  const since =
    self === undefined ? "" : `\n  where ${scd.affected({ log: "admitted", key, recorded: "known_at", self })}`;
  return `with ${admittedLog(histories[name], ref)},

change as (
  select
    ${columns.join(",\n    ")},
    ${at} as said_at,
    known_at
  from admitted${since}
),

${scd.type2({ from: "change", key, attributes, carried, at: "said_at", order: oldestNames, recorded: "known_at", self })}`;
};

module.exports = { ...histories, model };
