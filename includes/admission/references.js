/** What a row refers to, and where it is found: mostly an entity of that name, else rows of one that are gathered by a key of theirs. */
const entities = require("../entities/index.js");

/** Studies are not delivered themselves: each is what its images say. */
const GATHERED = { study: "imaging_study" };

const entityOf = (of) => GATHERED[of] || of;
const hasPatient = (entity) => entity.name !== "patient" && entity.sent.some(({ name }) => name === "patient_key");
/** Whether a row that was sent without a text has that of its code, as the source's dictionary has it now. */
const isDescribed = ({ references = [] }) => references.includes("concept");
const isEvent = (of) => hasPatient(entities[entityOf(of)]);

/** What a lookup brings along, where it is more than key and patient. */
const COLUMNS = {
  concept: ["display"],
  organization_unit: ["branch", "region", "authority", "bed_count"],
  patient: ["birth_date", "death_date", "sex"],
  encounter: [
    "patient_key",
    "started_at",
    "start_date",
    "start_precision",
    "stopped_at",
    "stop_date",
    "stop_precision",
    "duration_seconds",
    "provider_key",
    "provider_raw",
  ],
  lab_order: [
    "patient_key",
    "ordered_at",
    "ordered_date",
    "ordered_precision",
    "collected_at",
    "collected_date",
    "collected_precision",
  ],
  study: ["patient_key", "performed_at", "performed_date", "performed_precision"],
};

const columnsOf = (of) => COLUMNS[of] || (isEvent(of) ? ["patient_key"] : []);

/** Whether more is seen of it than its key, so that another answer can follow from a change of it. */
const isJudgedBy = (of) => columnsOf(of).length > 0;

/** The rows that can be referred to, one a key: current ones only. */
const lookup = (of, ref) => {
  const key = `${of}_key`;
  const columns = columnsOf(of);
  const isGathered = GATHERED[of] !== undefined;
  const selected = isGathered ? columns.map((column) => `min(${column}) as ${column}`) : columns;
  return `select ${[key, ...selected].join(", ")}
    from ${ref("silver", `${entityOf(of)}_verdict`)}
    where disposition = 'current'${isGathered ? `\n    group by ${key}` : ""}`;
};

module.exports = { entityOf, hasPatient, isDescribed, isJudgedBy, lookup };
