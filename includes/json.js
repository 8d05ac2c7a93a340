/**
 * JSON as text: read from a column, and written. What is read and is no JSON is NULL, never an error. A path is a list of names
 * and of places from 0: `["name", 0, "family"]`; names tell upper from lower case. An empty path is the whole.
 *
 * What is written is text of which the engine escapes the strings: the same on both engines, members in the order in which they
 * are given. Whatever says nothing is left out: a member or element that is NULL, and an object or list in which nothing is left.
 */
const { byEngine } = require("./engine.js");
const texts = require("./texts.js");

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

/** A text (SQL) as JSON. */
const string = (x) => byEngine({ duckdb: `cast(to_json(${x}) as varchar)`, snowflake: `to_json(to_variant(${x}))` });
/** A whole or decimal number (SQL), with the digits that its type has; no double, which each engine writes in its own way. */
const number = (x) => `cast(${x} as varchar)`;
/** A boolean (SQL). */
const boolean = (x) => `case when ${x} then 'true' when not (${x}) then 'false' end`;
/** A value that is known when the project is compiled (JS). */
const constant = (value) => texts.literal(JSON.stringify(value));

/** A literal before what follows, as one where that begins with one. */
const before = (text, x) => {
  const literal = /^'((?:[^']|'')*)'(?= \|\| |$)/.exec(x);
  return literal === null ? `'${text}' || ${x}` : `'${text}${literal[1]}'${x.slice(literal[0].length)}`;
};

const filled = (open, parts, close) =>
  parts.length === 1
    ? `${before(open, parts[0])} || '${close}'`
    : `nullif('${open}' || ${texts.listed(",", ...parts)} || '${close}', '${open}${close}')`;

const membersOf = (members) =>
  Object.entries(members).flatMap(([name, value]) =>
    value === undefined ? [] : [before(`${JSON.stringify(name)}:`, value)],
  );
/** An object: `{ name: JSON }`; values that are undefined are no members. */
const object = (members) => filled("{", membersOf(members), "}");
/** The same with a line of SQL for each member. */
const lines = (members) =>
  filled(
    "{",
    membersOf(members).map((member) => `\n    ${member}`),
    "}",
  );
/** A list of some JSON. */
const list = (...elements) => filled("[", elements, "]");
/** An aggregate: a list of JSON, one of each row, in an order (SQL). */
const gathered = (x, order) => `'[' || ${texts.gathered(x, ",", order)} || ']'`;

module.exports = { boolean, constant, elements, gathered, lines, list, number, object, string, text };
