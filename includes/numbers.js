/** Numbers that come out alike on both engines. Arguments are SQL for numbers, or for whatever can be compared. */
const { byEngine } = require("./engine.js");

/** `a` divided by `b`, as a double; NULL where `b` is 0. */
const ratio = (a, b) => `cast(${a} as double) / nullif(${b}, 0)`;

/** How often `b` fits into `a`, for whole numbers: without the rest, toward 0; NULL where `b` is 0. */
const quotient = (a, b) =>
  byEngine({
    duckdb: `(${a}) // nullif(${b}, 0)`,
    snowflake: `cast((${a} - mod(${a}, nullif(${b}, 0))) / nullif(${b}, 0) as bigint)`,
  });

/** The greatest and the least of several; what is NULL is left out, and NULL remains where all are. */
const greatest = (...values) =>
  `${byEngine({ duckdb: "greatest", snowflake: "greatest_ignore_nulls" })}(${values.join(", ")})`;
const least = (...values) => `${byEngine({ duckdb: "least", snowflake: "least_ignore_nulls" })}(${values.join(", ")})`;

module.exports = { greatest, least, quotient, ratio };
