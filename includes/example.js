/** Rows for unit tests: what a test does not name is NULL, in the column's own type. Values are JS, instants as text in UTC. */
const derived = require("./derived.js");
const silver = require("./silver.js");
const texts = require("./texts.js");

const sqlTypes = {
  text: "varchar",
  instant: "datetime",
  date: "date",
  integer: "bigint",
  money: "decimal(18, 4)",
  number: "double",
  degree: "decimal(12, 8)",
  quantity: "decimal(18, 6)",
  boolean: "boolean",
};

const literal = (value) => {
  if (value === null || value === undefined) return "null";
  return typeof value === "string" ? texts.literal(value) : String(value);
};

const select = (columns, rows, cell) => {
  const names = columns.map(({ name }) => name);
  for (const row of rows) {
    const unknown = Object.keys(row).filter((name) => !names.includes(name));
    if (unknown.length > 0) throw new Error(`There is no column ${unknown.join(", ")}.`);
  }
  const line = (row) => `select ${columns.map((column) => `${cell(column, row)} as ${column.name}`).join(", ")}`;
  return rows.map(line).join("\nunion all\n");
};

/** @returns a query of rows of a silver relation, each `{ column: value }`; none at all for an empty list */
const rows = (relation, list) => {
  const columns = silver.entities[relation] ? silver.columns(relation) : derived[relation].columns;
  const typed = ({ name, type }, row) => `cast(${literal(row[name])} as ${sqlTypes[type]})`;
  return list.length > 0 ? select(columns, list, typed) : `${select(columns, [{}], typed)} where 1 = 0`;
};

/** @returns a query of rows that are expected, with these columns */
const expected = (names, list) =>
  select(
    names.map((name) => ({ name })),
    list,
    ({ name }, row) => literal(row[name]),
  );

module.exports = { expected, rows };
