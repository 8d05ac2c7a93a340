/** Text that reads alike on both engines. Arguments are SQL for text unless said otherwise. */
const { byEngine } = require("./engine.js");

/** A JS string as a literal. Snowflake takes a backslash for an escape, DuckDB for a character. */
const literal = (text) => {
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return byEngine({ duckdb: quoted, snowflake: quoted.replaceAll("\\", "\\\\") });
};

/** Every kind of space that Unicode knows; a tab and a line's end are none. DuckDB takes these off, Snowflake what it is told. */
const SPACES =
  " \\u00a0\\u1680\\u2000\\u2001\\u2002\\u2003\\u2004\\u2005\\u2006\\u2007\\u2008\\u2009\\u200a\\u202f\\u205f\\u3000";

/** Without spaces at either end. */
const trimmed = (x) => byEngine({ duckdb: `trim(${x})`, snowflake: `trim(${x}, '${SPACES}')` });

/** Parts one after the other, none of which may be NULL. */
const chain = (...parts) => byEngine({ duckdb: `concat(${parts.join(", ")})`, snowflake: parts.join(" || ") });

/** Parts one after the other; what is NULL is left out. (NULL where one is: `a || b`, on both.) */
const together = (...parts) => `(${parts.map((part) => `coalesce(${part}, '')`).join(" || ")})`;

/** Parts with a separator (JS) between them; what is NULL is left out with its separator. */
const listed = (separator, ...parts) =>
  byEngine({
    duckdb: `concat_ws(${literal(separator)}, ${parts.join(", ")})`,
    snowflake: `array_to_string(array_construct_compact(${parts.join(", ")}), ${literal(separator)})`,
  });

/** How many letters must be put in, taken out or replaced to make one text of the other. Of ASCII: DuckDB counts bytes. */
const editDistance = (a, b) => byEngine({ duckdb: `levenshtein(${a}, ${b})`, snowflake: `editdistance(${a}, ${b})` });

/** An aggregate: values in an order (SQL) with a separator (JS) between them, NULL left out; NULL where nothing is left. */
const gathered = (x, separator, order) =>
  byEngine({
    duckdb: `nullif(listagg(${x}, ${literal(separator)} order by ${order}), '')`,
    snowflake: `nullif(listagg(${x}, ${literal(separator)}) within group (order by ${order}), '')`,
  });

module.exports = { chain, editDistance, gathered, listed, literal, together, trimmed };
