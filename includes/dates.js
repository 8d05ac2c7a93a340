/**
 * Days and instants (UTC, without a zone) alike on both engines. A part is one of day, week (from Monday), month, quarter,
 * year, and of an instant also hour, minute, second; any other is an error when the project is compiled.
 */
const { byEngine } = require("./engine.js");
const { literal } = require("./texts.js");
const patterns = require("./patterns.js");

const OF_A_DATE = ["day", "week", "month", "quarter", "year"];
const OF_AN_INSTANT = [...OF_A_DATE, "hour", "minute", "second"];

const known = (part, parts) => {
  if (!parts.includes(part)) throw new Error(`dates: "${part}" is none of ${parts.join(", ")}`);
  return part;
};

/** The first day of the week, month, quarter or year in which it lies, as a date. */
const firstOf = (part, x) =>
  known(part, OF_A_DATE) === "week"
    ? byEngine({
        duckdb: `cast(date_trunc('week', ${x}) as date)`,
        snowflake: `dateadd('day', 1 - dayofweekiso(${x}), cast(${x} as date))`,
      })
    : `cast(date_trunc('${part}', ${x}) as date)`;

/** How many borders of a part lie between two dates, or two instants. Never of an instant that was cast to a date, in hours. */
const between = (part, from, to) =>
  known(part, OF_AN_INSTANT) === "week"
    ? `cast(cast(datediff('day', ${firstOf("week", from)}, ${firstOf("week", to)}) as double) / 7 as bigint)`
    : `datediff('${part}', ${from}, ${to})`;

/** A date, or an instant, so many (SQL, a whole number) parts later; the last day of a month that has no such day. */
const plus = (x, count, part, type = "date") => {
  const unit = known(part, type === "date" ? OF_A_DATE : OF_AN_INSTANT);
  const [base, times] = { quarter: ["month", 3], year: ["month", 12], week: ["day", 7] }[unit] ?? [unit, 1];
  const interval = `to_${base}s(cast(${times === 1 ? count : `(${count}) * ${times}`} as integer))`;
  return byEngine({
    duckdb: `cast(${x} + ${interval} as ${type === "date" ? "date" : "datetime"})`,
    snowflake: `dateadd('${unit}', ${count}, ${x})`,
  });
};

/** Token of a format: what DuckDB calls it, and how many digits it has. */
const TOKENS = {
  YYYY: ["%Y", 4],
  MM: ["%m", 2],
  DD: ["%d", 2],
  HH24: ["%H", 2],
  MI: ["%M", 2],
  SS: ["%S", 2],
  FF3: ["%g", 3],
  FF6: ["%f", 6],
};

/** @returns for each piece of a format `{ token }` or `{ text }` */
const pieces = (format) =>
  (format.match(/YYYY|MM|DD|HH24|MI|SS|FF[36]|T|[^A-Za-z]|./gs) ?? []).map((piece) => {
    if (TOKENS[piece] !== undefined) return { token: piece };
    if (!/^[-/:., T]$/.test(piece))
      throw new Error(
        `dates: "${piece}" in the format ${format} is neither a token (${Object.keys(TOKENS).join(" ")}) nor one of - / : . , T and a space`,
      );
    return { text: piece };
  });

const inDuckdb = (format) =>
  literal(
    pieces(format)
      .map(({ token, text }) => (token ? TOKENS[token][0] : text))
      .join(""),
  );
const inSnowflake = (format) =>
  literal(
    pieces(format)
      .map(({ token, text }) => token ?? (text === "T" ? '"T"' : text))
      .join(""),
  );

/** A date or an instant as text: `YYYY-MM-DD HH24:MI:SS.FF6`. */
const formatted = (x, format) =>
  byEngine({ duckdb: `strftime(${x}, ${inDuckdb(format)})`, snowflake: `to_char(${x}, ${inSnowflake(format)})` });

/** Text in exactly such a format as an instant; NULL where it is no such text. */
const parsed = (x, format) => {
  const form = pieces(format).map(({ token, text }) =>
    token ? `[0-9]{${TOKENS[token][1]}}` : text === "." ? "[.]" : text,
  );
  const read = byEngine({
    duckdb: `try_strptime(${x}, ${inDuckdb(format)})`,
    snowflake: `try_to_timestamp_ntz(${x}, ${inSnowflake(format)})`,
  });
  return `case when ${patterns.matches(x, form.join(""))} then ${read} end`;
};

/** An instant as a literal: `at("2026-03-01 00:00:00")`. */
const at = (instant) => {
  if (!/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/.test(instant))
    throw new Error(`dates: ${instant} is not like 2026-03-01 00:00:00`);
  return byEngine({
    duckdb: `cast('${instant}' as datetime)`,
    snowflake: `to_timestamp_ntz('${instant}', 'YYYY-MM-DD HH24:MI:SS')`,
  });
};

module.exports = { at, between, firstOf, formatted, parsed, plus };
