/**
 * Delivered text as typed values, and days where the source is. What cannot be typed is NULL, never an error.
 *
 * Every argument is SQL: a column or an expression. A zone is SQL for the name of a time zone (`'America/New_York'`).
 * Text is only read as a time where it begins like `2023-01-27`, because each engine would guess at other forms differently.
 */
const { byEngine } = require("./engine.js");

const DAY = "'____-__-__'";
const TIME = "'____-__-__%'";

/** Trimmed; nothing becomes NULL. */
const text = (x) => `nullif(trim(${x}), '')`;

/** What one says by the clock on the wall in a zone, as an instant in UTC. */
const fromLocal = (x, zone) =>
  byEngine({
    duckdb: `timezone('UTC', timezone(${zone}, ${x}))`,
    snowflake: `convert_timezone(${zone}, 'UTC', ${x})`,
  });

/** An instant in UTC as the clock on the wall shows it in a zone. */
const toLocal = (x, zone) =>
  byEngine({
    duckdb: `timezone(${zone}, timezone('UTC', ${x}))`,
    snowflake: `convert_timezone('UTC', ${zone}, ${x})`,
  });

/** The day of an instant, where the source is. */
const localDate = (x, zone) => `cast(${toLocal(x, zone)} as date)`;

const zoned = (x) =>
  byEngine({
    duckdb: `timezone('UTC', try_cast(${x} as timestamptz))`,
    snowflake: `cast(convert_timezone('UTC', try_to_timestamp_tz(${x})) as timestamp)`,
  });

const hasOffset = (x) => `(${x} like '%:%Z' or ${x} like '%:%+__:__' or ${x} like '%:%-__:__')`;

/**
 * Trimmed text as an instant in UTC: `2023-01-27T16:17:47Z`, with another offset, without one (then by the clock of the
 * zone), or a day (then its first moment there).
 */
const instant = (x, zone) => `case
      when ${x} like ${DAY} then ${fromLocal(`cast(try_cast(${x} as date) as timestamp)`, zone)}
      when ${x} like ${TIME} and ${hasOffset(x)} then ${zoned(x)}
      when ${x} like ${TIME} then ${fromLocal(`try_cast(${x} as timestamp)`, zone)}
    end`;

/** How exactly the trimmed text of an instant says it: `instant` or `day`. NULL without the instant. */
const precision = (x, at) => `case when ${at} is null then null when ${x} like ${DAY} then 'day' else 'instant' end`;

/** Trimmed text as a day: a day as it is, an instant as its day where the source is. */
const day = (x, zone) => `case
      when ${x} like ${DAY} then try_cast(${x} as date)
      else ${localDate(instant(x, zone), zone)}
    end`;

const integer = (x) => `try_cast(${x} as bigint)`;
const money = (x) => `try_cast(${x} as decimal(18, 4))`;
const degree = (x) => `try_cast(${x} as decimal(12, 8))`;
const number = (x) => `try_cast(${x} as double)`;

/** Seconds from one instant to a later one. */
const secondsBetween = (from, to) => `datediff('second', ${from}, ${to})`;

/** Hours that so many seconds are, with their fraction. */
const hours = (seconds) => `cast(${seconds} as double) / 3600`;

/** Days from one date to a later one. */
const daysBetween = (from, to) => `datediff('day', ${from}, ${to})`;

/** The date so many months before; the last day of a month that has no such day. */
const monthsBefore = (date, months) =>
  byEngine({
    duckdb: `cast(${date} - interval '${months} months' as date)`,
    snowflake: `dateadd('month', -${months}, ${date})`,
  });

/** A value as text that is the same on every engine: for hashes. */
const asText = (x, type) => {
  switch (type) {
    case "text":
      return x;
    case "instant":
      return `cast(${byEngine({ duckdb: `epoch_us(${x})`, snowflake: `date_part(epoch_microsecond, ${x})` })} as varchar)`;
    case "date":
      return byEngine({ duckdb: `cast(${x} as varchar)`, snowflake: `to_char(${x}, 'YYYY-MM-DD')` });
    case "integer":
    case "money":
    case "degree":
    case "boolean":
      return `cast(${x} as varchar)`;
    default:
      throw new Error(`A value of type "${type}" has no text that is the same on every engine.`);
  }
};

module.exports = {
  asText,
  day,
  daysBetween,
  degree,
  fromLocal,
  hours,
  instant,
  integer,
  localDate,
  money,
  monthsBefore,
  number,
  precision,
  secondsBetween,
  text,
  toLocal,
};
