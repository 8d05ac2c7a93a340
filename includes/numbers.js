/** Numbers that come out alike on both engines. Arguments are SQL for numbers, or for whatever can be compared. */
const { byEngine } = require("./engine.js");

/** `a` divided by `b`, as a double; NULL where `b` is 0. */
const ratio = (a, b) => `cast(${a} as double) / nullif(${b}, 0)`;

/** Beyond this no measurement is one, and an exact sum would not fit. */
const EXACT_LIMIT = "1000000000000";

/** A number with twelve digits behind the point, whose sums are the same in whatever order their parts come; NULL from 10^12 on. */
const exact = (x) => `cast(case when abs(${x}) < ${EXACT_LIMIT} then ${x} end as decimal(38, 12))`;

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

/**
 * The mean of what may have a fraction, as a double: exact, unless there is a number from 10^12 on among them. Digits behind the
 * twelfth are lost in the sum, which must not bring the mean beyond the least and the greatest.
 */
const mean = (x) => {
  const rounded = ratio(`sum(${exact(x)})`, `count(${x})`);
  return `case when max(abs(${x})) < ${EXACT_LIMIT} then ${least(greatest(rounded, `min(${x})`), `max(${x})`)} else avg(${x}) end`;
};

module.exports = { exact, greatest, least, mean, quotient, ratio };
