/** Small reference tables: rows of JS values as a relation in SQL. */
const texts = require("./texts.js");

const sqlValue = (value) => {
  if (value === null || value === undefined) return "null";
  if (typeof value === "number") return `cast(${value} as double)`;
  return texts.literal(String(value));
};

/** @returns `(values (…), …) as name (columns)`, to be selected from or joined */
const relation = (name, columns, rows) => {
  const lines = rows.map((row) => `    (${row.map(sqlValue).join(", ")})`);
  return `(values\n${lines.join(",\n")}\n  ) as ${name} (${columns.join(", ")})`;
};

/** @returns a CASE that maps what `x` says, in lower case, by `{ from: to }`; NULL for what the map does not know */
const mapped = (x, map) => {
  const cases = Object.entries(map).map(([from, to]) => `when ${sqlValue(from)} then ${sqlValue(to)}`);
  return `case lower(${x})\n      ${cases.join("\n      ")}\n    end`;
};

module.exports = { mapped, relation };
