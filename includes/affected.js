/**
 * Tables of gold with a row for each of an entity of silver, made by increments: which rows have to be made since the table was
 * made last.
 *
 * Silver says of each row which run judged it (`judged_run`), these tables which run built it (`built_run`). Runs are numbered
 * upward and one writes at a time, so whatever a table has not seen has a higher number than anything in it. What increments
 * brought stands at the end of silver's tables, where its number finds it without reading the rest. Rows that came before
 * are sought by narrow columns first, because mostly none is affected.
 */
const shared = require("./columns.js");
const entities = require("./entities/index.js");
const silver = require("./silver.js");
const { list, names } = require("./admission/text.js");

const column = silver.describeColumns([shared.builtRun]);

/** The column's value. */
const builtRun = "cast(getvariable('MEDFORM_RUN_NUMBER') as bigint)";

const seenRun = (self) => `(select coalesce(max(built_run), 0) from ${self})`;

/** Query of `column` in the verdicts on `entity` that are younger than the table: of what came, changed or left. */
const judged = ({ entity, column: wanted = entities[entity].key.name, ref, self }) => `select ${wanted}
      from ${ref("silver", `${entity}_verdict`)}
      where judged_run > ${seenRun(self)}`;

/** Query of the patients who have come to stand for another person, or for one at all. */
const resolved = ({ ref, self }) => `select patient_key
      from ${ref("silver", "patient_xref")}
      where judged_run > ${seenRun(self)}`;

/**
 * Query of the patients whose own row has changed since, or the person whom they stand for; with `also`, those of whom a row of
 * these entities has.
 *
 * A table with a row for each patient, or person, deletes the rows of those whom this tells of before an increment, and builds
 * whoever then has no row.
 */
const patients = ({ ref, self, also = [] }) =>
  [
    ...["patient", "patient_status", ...also].map((entity) => judged({ entity, column: "patient_key", ref, self })),
    resolved({ ref, self }),
  ].join("\n      union all\n      ");

/**
 * Query of the rows of `entity` to build; all of them where there is no `self`.
 *
 * @param model `{ entity, ref, self, names, namedBy, also }`: `names` says of each other entity whose row is joined the SQL of its key
 * in a row of this one, `namedBy` lists entities that name a row of this one and are joined or counted, `also` queries of
 * further keys of this one that are affected, `isOfPerson` says whether the patient's person is joined, as it mostly is.
 */
const rows = ({ entity: name, ref, self, names: named = {}, namedBy = [], also = [], isOfPerson = true }) => {
  const entity = entities[name];
  const key = entity.key.name;
  const table = ref("silver", name);
  const all = `select
    ${list(names(silver.columns(name)))}
  from ${table}`;
  if (self === undefined) return all;
  const older = `judged_run <= ${seenRun(self)}`;
  const affected = [
    ...Object.entries(named).map(([parent, parentKey]) => [parentKey, judged({ entity: parent, ref, self })]),
    ...namedBy.map((child) => [key, judged({ entity: child, column: `${name}_ref`, ref, self })]),
    ...also.map((keys) => [key, keys]),
    ...(isOfPerson ? [["patient_key", resolved({ ref, self })]] : []),
  ].map(
    ([of, keys]) => `select ${key}
    from ${table}
    where ${older}
      and ${of} in (
      ${keys}
    )`,
  );
  return `${all}
  where judged_run > ${seenRun(self)}
  union all
  ${all}
  where ${older}
    and ${key} in (
    ${affected.join("\n    union all\n    ")}
  )`;
};

/** Before an increment: what has left silver goes. What is built anew replaces its row. */
const forget = ({ entity, ref, self }) => {
  const key = entities[entity].key.name;
  return `delete from ${self}
where ${key} in (
      select judged.${key}
      from ${ref("silver", `${entity}_verdict`)} as judged
      where judged.judged_run > ${seenRun(self)}
        and not exists (
        select 1
        from ${ref("silver", entity)} as kept
        where kept.${key} = judged.${key}
      )
  )`;
};

module.exports = { builtRun, column, forget, judged, patients, resolved, rows, seenRun };
