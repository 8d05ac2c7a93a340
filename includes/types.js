/**
 * Delivered text as typed values, and days where the source is. What cannot be typed is NULL, never an error.
 *
 * Every argument is SQL: a column or an expression. A zone is SQL for the name of a time zone (`'America/New_York'`).
 * Text is read only in forms that stand here, because each engine would guess at others differently, and Snowflake by what
 * the session says.
 */
const dates = require("./dates.js");
const { byEngine } = require("./engine.js");
const patterns = require("./patterns.js");
const texts = require("./texts.js");

const DAY = "'____-__-__'";
const MINUTE = "[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]([01][0-9]|2[0-3]):[0-5][0-9]";
const SECOND = `${MINUTE}:[0-5][0-9]([.][0-9]{1,9})?`;
const LOCAL = `${MINUTE}(:[0-5][0-9]([.][0-9]{1,9})?)?`;
const ZONED = `${SECOND}(Z|[-+](0[0-9]|1[0-8]):[0-5][0-9])`;

/** Trimmed; nothing becomes NULL. */
const text = (x) => `nullif(${texts.trimmed(x)}, '')`;

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

/** DuckDB cuts after the microsecond; Snowflake would keep what follows. */
const toMicrosecond = (x) => patterns.replaced(x, "([.][0-9]{6})[0-9]+", "\\1");

const readDay = (x) => byEngine({ duckdb: `try_cast(${x} as date)`, snowflake: `try_to_date(${x}, 'YYYY-MM-DD')` });
const readLocal = (x) =>
  byEngine({ duckdb: `try_cast(${x} as datetime)`, snowflake: `try_to_timestamp_ntz(${toMicrosecond(x)}, 'AUTO')` });
const readZoned = (x) =>
  byEngine({
    duckdb: `timezone('UTC', try_cast(${x} as timestamptz))`,
    snowflake: `cast(convert_timezone('UTC', try_to_timestamp_tz(${toMicrosecond(`replace(${x}, 'Z', '+00:00')`)}, 'AUTO')) as datetime)`,
  });

/**
 * Trimmed text as an instant in UTC: `2023-01-27T16:17:47Z`, with another offset, without one (then by the clock of the
 * zone), or a day (then its first moment there).
 */
const instant = (x, zone) => `case
      when ${x} like ${DAY} then ${fromLocal(`cast(${readDay(x)} as datetime)`, zone)}
      when ${patterns.matches(x, ZONED)} then ${readZoned(x)}
      when ${patterns.matches(x, LOCAL)} then ${fromLocal(readLocal(x), zone)}
    end`;

/** How exactly the trimmed text of an instant says it: `instant` or `day`. NULL without the instant. */
const precision = (x, at) => `case when ${at} is null then null when ${x} like ${DAY} then 'day' else 'instant' end`;

/** Trimmed text as a day: a day as it is, an instant as its day where the source is. */
const day = (x, zone) => `case
      when ${x} like ${DAY} then ${readDay(x)}
      else ${localDate(instant(x, zone), zone)}
    end`;

/** Only digits, point, sign and exponent are a number: DuckDB alone also reads `1_000` and `0x1F`. */
const digits = (x) => `case when not contains(${x}, '_') then ${x} end`;

/** Whole numbers of up to 18 digits, which fit both engines' bigint; what has a fraction is rounded. */
const integer = (x) => `cast(try_cast(${digits(x)} as decimal(18, 0)) as bigint)`;
const money = (x) => `try_cast(${digits(x)} as decimal(18, 4))`;
const degree = (x) => `try_cast(${digits(x)} as decimal(12, 8))`;
/** An amount of anything that a source sends as a decimal number: exact, and therefore part of a row's hash. */
const quantity = (x) => `try_cast(${digits(x)} as decimal(18, 6))`;
/** Also `NaN`; nothing infinite, which each engine spells in its own way. */
const number = (x) =>
  `try_cast(case when not contains(${x}, '_') and not contains(lower(${x}), 'inf') then ${x} end as double)`;

/** The first moment of a day, where the source is, as an instant in UTC. */
const midnight = (date, zone) => fromLocal(`cast(${date} as datetime)`, zone);

/** The comparator before a number (`<0.01`); NULL without one. */
const comparator = (x) => `case
      when ${x} like '<=%' or ${x} like '>=%' then substr(${x}, 1, 2)
      when ${x} like '<%' or ${x} like '>%' then substr(${x}, 1, 1)
    end`;

/** Seconds from one instant to a later one. */
const secondsBetween = (from, to) => dates.between("second", from, to);

/** Hours that so many seconds are, with their fraction. */
const hours = (seconds) => `cast(${seconds} as double) / 3600`;

/** Days from one date to a later one. */
const daysBetween = (from, to) => dates.between("day", from, to);

/** The date so many months before; the last day of a month that has no such day. */
const monthsBefore = (date, months) => dates.plus(date, -months, "month");

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
    case "quantity":
    case "boolean":
      return `cast(${x} as varchar)`;
    default:
      throw new Error(`A value of type "${type}" has no text that is the same on every engine.`);
  }
};

/** A value as text for people, the same on every engine; an instant as `2026-03-01 08:15:00.000000`. */
const readable = (x, type) => {
  if (type === "instant") return dates.formatted(x, "YYYY-MM-DD HH24:MI:SS.FF6");
  return type === "text" ? `cast(${x} as varchar)` : asText(x, type);
};

module.exports = {
  asText,
  comparator,
  day,
  daysBetween,
  degree,
  fromLocal,
  hours,
  instant,
  integer,
  localDate,
  midnight,
  money,
  monthsBefore,
  number,
  precision,
  quantity,
  readable,
  secondsBetween,
  text,
  toLocal,
};
