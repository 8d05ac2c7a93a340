/**
 * Silver's histories: entities of which not only the newest state is kept. Each is a table of scd.type2 over the verdicts of its
 * entity, by the order in which silver chooses the version that stands.
 */
const { oldestNames } = require("./admission/versions.js");
const { provenance, sourceSystem, tenantId } = require("./columns.js");
const entities = require("./entities/index.js");
const scd = require("./scd.js");

const history = ({
  of,
  description,
  key,
  attributes,
  carried = [],
  at = "coalesce(recorded_at, delivered_at, loaded_at)",
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
  }),
  patient_address_history: history({
    of: "patient_address",
    description: "Where a patient lived, when, and when it was known: one row a version, kept for good.",
    key: ["patient_key", "address_use"],
    attributes: ["patient_address_key"],
    carried: ["address_line", "city", "state", "postal_code", "latitude", "longitude", "county", "county_fips"],
  }),
};

/** The model: versions of everything that was admitted; in an increment those that are new or have ended. */
const model = ({ name, ref, self }) => {
  const { of, key, attributes, carried, at } = histories[name];
  const log = ref("silver", `${of}_verdict`);
  const columns = [...new Set([...key, ...attributes, ...carried, ...oldestNames])];
  const since = self === undefined ? "" : `\n    and ${scd.affected({ log, key, recorded: "loaded_at", self })}`;
  return `with change as (
  select
    ${columns.join(",\n    ")},
    ${at} as said_at
  from ${log}
  where disposition <> 'quarantined'${since}
),

${scd.type2({ from: "change", key, attributes, carried, at: "said_at", order: oldestNames, recorded: "loaded_at", self })}`;
};

module.exports = { ...histories, model };
