/** The columns of silver's relations, in order and as Dataform's `columns`: the entity, its verdict table, its quarantine. */
const shared = require("./columns.js");
const entities = require("./entities/index.js");

const hasFlags = ({ isFlagged = true }) => isFlagged;

/** @returns the columns of the entity's own table */
const entityColumns = (name) => {
  const entity = entities[name];
  return [
    entity.key,
    shared.tenantId,
    ...entity.sent,
    ...entity.judged,
    ...(entity.derived || []),
    ...(hasFlags(entity) ? [shared.flags] : []),
    shared.sourceSystem,
    ...shared.provenance,
  ];
};

/** @returns the columns of its verdict table, which its quarantine view shows too */
const verdictColumns = (name) => {
  const entity = entities[name];
  const references = (entity.references || []).map((reference) =>
    shared.column(`${reference}_ref`, "text", `Key of the ${reference} that the row names, known or not.`, [
      "phi:other",
    ]),
  );
  return [
    entity.key,
    shared.tenantId,
    ...entity.sent,
    ...(entity.sentOnly || []),
    ...references,
    ...entity.judged,
    ...shared.verdict,
    shared.flags,
    shared.sourceSystem,
    ...shared.provenance,
  ];
};

/** @returns the object for a config's `columns` */
const describe = (columns) =>
  Object.fromEntries(columns.map(({ name, description, tags }) => [name, { description, tags }]));

module.exports = {
  columns: entityColumns,
  describe: (name) => describe(entityColumns(name)),
  describeColumns: describe,
  describeVerdict: (name) => describe(verdictColumns(name)),
  entities,
  hasFlags,
  verdictColumns,
  verdictDescription: (name) =>
    `What became of every delivered row that could be one of ${name}: one row each, with what it said.`,
};
