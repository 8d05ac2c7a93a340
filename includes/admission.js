/**
 * Admission: the SQL that judges what was sent. A model selects its rows as the CTE `sent`; what follows here gives each row
 * exactly one disposition and keeps it in `<entity>_verdict`, of which the entity and its quarantine are projections.
 *
 * An increment judges the rows of batches that it has not seen, and again the stored rows for which the answer can have
 * changed (kept out, a reference not resolved, patient or encounter judged anew) with every other version of the same key. What
 * it writes equals what a full refresh would.
 *
 * `judged_run` is the number of the run that published a verdict. Runs are numbered upward and one writes at a time, so
 * whatever a table has not seen yet has a higher number than anything in it.
 */
const { candidates, fresh, seenRun, unseen } = require("./admission/candidates.js");
const { judged } = require("./admission/judgement.js");
const { list, names } = require("./admission/text.js");
const { disposed, newestFirst, oldestFirst, verdicts } = require("./admission/versions.js");
const entities = require("./entities/index.js");
const keys = require("./keys.js");
const routes = require("./routes.js");
const silver = require("./silver.js");

/**
 * Everything after the CTE `sent` of a verdict model.
 *
 * @param model `{ entity, ref, self, rules, values, joins }`: `self` only in an increment, `rules` as in rules.js, `values` SQL
 * for each judged column of the entity, `joins` further left joins to `candidate`. Events without an id leave the key out of `sent`.
 */
const verdict = ({ entity: name, ref, self, rules, values = {}, joins = [] }) => {
  const entity = entities[name];
  const hasOwnKey =
    entity.optionalId === undefined &&
    (entity.cluster === undefined || entity.sent.some((column) => column.name === `${name}_id`));
  const steps = [
    fresh(entity, ref, hasOwnKey),
    candidates(entity, ref, self),
    judged(entity, ref, rules, values, joins),
    disposed(entity),
  ].join(",\n\n");
  const last = verdicts(entity, self, hasOwnKey);
  return self === undefined ? `${steps}\n\n${last}` : `${steps}${last}`;
};

/** Select list of where a row came from, for the CTE `sent`; `part` as in its route. */
const origin = (
  table,
  entity,
  { part, recordedAt = "cast(null as datetime)", recordedBy = "cast(null as varchar)" } = {},
) =>
  list([
    `'${routes.nameOf({ bronze: table, entity, part })}' as route`,
    "batch_id",
    "file_name",
    "record_number",
    "source_system",
    "source_record",
    `${recordedAt} as recorded_at`,
    `${recordedBy} as recorded_by`,
    "loaded_at",
  ]);

/** The patient's key from a row of bronze. */
const patientKey = keys.of("patient", "tenant_id", "assigning_authority", "patient_id");

/** Keys of which a verdict has changed since the relation was built; with them every version of a key is meant. */
const changedKeys = ({ entity: name, ref, self }) => `select ${entities[name].key.name}
  from ${ref("silver", `${name}_verdict`)}
  where judged_run > ${seenRun(self)}`;

/** The entity: current rows of its verdicts; an increment takes those that were judged since, which replace those of their keys. */
const current = ({ entity: name, ref, self }) => {
  const since = self === undefined ? "" : `\n  and judged_run > ${seenRun(self)}`;
  return `select
  ${list(names(silver.columns(name)), 2)}
from ${ref("silver", `${name}_verdict`)}
where disposition = 'current'${since}`;
};

/** Before an increment of the entity: rows that are no longer current go; what replaces them comes with it. */
const forget = ({ entity, ref, self }) => `delete from ${self}
where (${entities[entity].key.name}, source_record) in (
  select ${entities[entity].key.name}, source_record
  from ${ref("silver", `${entity}_verdict`)}
  where judged_run > ${seenRun(self)}
    and disposition <> 'current'
)`;

module.exports = {
  changedKeys,
  current,
  forget,
  newestFirst,
  oldestFirst,
  origin,
  patientKey,
  seenRun,
  unseen,
  verdict,
};
