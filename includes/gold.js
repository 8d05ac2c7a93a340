/** What several gold models share: column descriptions, each an object to spread into a config's `columns`, and their SQL. */
const keys = require("./keys.js");
const texts = require("./texts.js");
const types = require("./types.js");

const phi = (description, identifier) => ({ description, tags: [`phi:${identifier}`] });

/** Whose row it is: the source's patient and the person that it stands for. */
const patient = {
  patient_key: phi("The patient: a hash of tenant, assigning authority and source id.", "other"),
  person_id: phi("The person that the patient is, resolved through silver.patient_xref.", "other"),
  tenant_id: "The organisation that the record belongs to.",
};

const name = {
  first_name: phi("First name.", "name"),
  last_name: phi("Family name.", "name"),
};

/** A patient's name as one looks for it. */
const searchName = (of) =>
  `coalesce(upper(${types.text(texts.listed(", ", `${of}.last_name`, `${of}.first_name`))}), '')`;

const asOf = {
  as_of: "The instant for which the row is true, in UTC.",
};

/** Where a row comes from, as in silver. */
const provenance = {
  source_system: "The system that delivered it.",
  source_record: { description: "The delivered row: batch, file and row number.", tags: ["provenance"] },
  recorded_at: phi("When the source says that it recorded or changed it, in UTC. NULL where it does not say.", "date"),
  recorded_by: "Who recorded it, as the source says. NULL where it does not say.",
  loaded_at: { description: "When the row was landed, in UTC.", tags: ["provenance"] },
  run_id: { description: "The run that judged the row in silver.", tags: ["provenance"] },
  row_hash: phi("Hash of everything the source said in this row.", "other"),
};

/**
 * Select list of where a row comes from: the event, or the patient for a row that only keeps the patient visible.
 * `key` is the column of the event that is NULL where there is no event.
 */
const provenanceOf = (event, patientRow, key) =>
  Object.keys(provenance)
    .map(
      (column) =>
        `case when ${event}.${key} is null then ${patientRow}.${column} else ${event}.${column} end as ${column}`,
    )
    .join(",\n  ");

/** The same columns of a row that is computed from several. */
const aggregate = {
  source_system: "`derived`: computed from rows of silver.",
  source_record: { description: "NULL: no single delivered row says it.", tags: ["provenance"] },
  recorded_at: phi("NULL: nobody recorded it.", "date"),
  recorded_by: "NULL: nobody recorded it.",
  loaded_at: { description: "When the newest of its rows was landed, in UTC.", tags: ["provenance"] },
  run_id: { description: "The run that computed it.", tags: ["provenance"] },
  row_hash: phi("Hash of what the row says, but for fractions.", "other"),
};

/**
 * Select list of where a computed row of a table comes from. `loadedAt` is SQL; `values` are the columns that the row says,
 * `{ column: type }` with the types of columns.js.
 */
const aggregateProvenance = (row) =>
  computedProvenance({ ...row, runId: "cast(getvariable('MEDFORM_RUN_ID') as varchar)" });

/** The same columns of a view, which no run computes. */
const viewed = { ...aggregate, run_id: { description: "NULL: computed when it is read.", tags: ["provenance"] } };

/** Select list for them. */
const viewedProvenance = (row) => computedProvenance({ ...row, runId: "cast(null as varchar)" });

const computedProvenance = ({ loadedAt, runId, values }) => {
  const hashed = Object.entries(values).map(([name, type]) => ({ name, type }));
  return `'derived' as source_system,
  cast(null as varchar) as source_record,
  cast(null as datetime) as recorded_at,
  cast(null as varchar) as recorded_by,
  ${loadedAt} as loaded_at,
  ${runId} as run_id,
  ${keys.content(hashed)} as row_hash`;
};

/** What a part of a KPI says: see kpis.js. */
const kpiPart = {
  kpi: "The KPI; see gold.kpi_definition.",
  numerator: "What it adds to what is counted or summed.",
  denominator: "What it adds to that by which is divided. NULL for counts and sums.",
  tenant_id: "The organisation.",
  facility_key: "The facility. NULL where not known.",
  kpi_date: phi("The day for which it counts, where the source is.", "date"),
};

/** Columns that count, one for each event of timeline.js. */
const counted = (events, name, description) =>
  Object.fromEntries(events.map((event) => [name(event), description(event)]));

module.exports = {
  aggregate,
  aggregateProvenance,
  asOf,
  counted,
  kpiPart,
  name,
  patient,
  phi,
  provenance,
  provenanceOf,
  searchName,
  viewed,
  viewedProvenance,
};
