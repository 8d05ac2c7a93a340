/**
 * JSON that lies in a column as text. What is no JSON is NULL, never an error. A path is a list of names and of places from 0:
 * `["name", 0, "family"]`; names tell upper from lower case. An empty path is the whole.
 */
const { byEngine } = require("./engine.js");

const step = (part, first) => {
  if (Number.isSafeInteger(part) && part >= 0) return `[${part}]`;
  if (typeof part === "string" && /^[A-Za-z_][A-Za-z0-9_]*$/.test(part)) return first ? part : `.${part}`;
  throw new Error(`json: ${JSON.stringify(part)} is neither a plain name nor a place in a list`);
};
const duckdbPath = (path) => `'$${path.map((part) => step(part, false)).join("")}'`;
const inSnowflake = (x, path) =>
  path.length === 0
    ? `try_parse_json(${x})`
    : `get_path(try_parse_json(${x}), '${path.map((part, i) => step(part, i === 0)).join("")}')`;

/** What stands at a path: text without its quotes, a number or boolean as text; NULL for JSON's null and for nothing. */
const text = (x, path) =>
  byEngine({
    duckdb: `case when json_valid(${x}) then json_extract_string(${x}, ${duckdbPath(path)}) end`,
    snowflake: `cast(${inSnowflake(x, path)} as varchar)`,
  });

/**
 * A query: a row for each element of the list at a path of `json`, a column of `from`; `columns` come along, the element is
 * JSON as text, named `as`. A row without elements gives none.
 */
const elements = ({ from, json, path, columns, as }) =>
  byEngine({
    duckdb: `select ${columns.map((column) => `whole.${column}`).join(", ")}, cast(unnest(cast(json_extract(case when json_valid(whole.${json}) then whole.${json} end, ${duckdbPath(path)}) as json[])) as varchar) as ${as}
from ${from} as whole`,
    snowflake: `select ${columns.map((column) => `whole.${column}`).join(", ")}, to_json(element.value) as ${as}
from ${from} as whole,
  lateral flatten(input => ${inSnowflake(`whole.${json}`, path)}) as element`,
  });

module.exports = { elements, text };
