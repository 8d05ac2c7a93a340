/**
 * What is drawn by lot: anew for each row, and each time that it is asked for. Only for tables that keep what they have drawn;
 * its columns are tagged `provenance`, for nobody can make them again.
 */
const { byEngine } = require("./engine.js");

/** A UUID of version 4 as text. */
const id = () => byEngine({ duckdb: "cast(uuid() as varchar)", snowflake: "uuid_string()" });

/** A whole number from 1 to `most` (JS). */
const upTo = (most) =>
  byEngine({
    duckdb: `1 + cast(floor(random() * ${most}) as bigint)`,
    snowflake: `uniform(1, ${most}, random())`,
  });

/** 1 or -1. */
const sign = () =>
  byEngine({
    duckdb: "case when random() < 0.5 then -1 else 1 end",
    snowflake: "case when uniform(0, 1, random()) = 0 then -1 else 1 end",
  });

module.exports = { id, sign, upTo };
