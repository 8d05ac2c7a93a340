/** Full years between two dates, as a person counts birthdays. The same text on every engine. */
const monthDay = (date) => `(extract(month from ${date}) * 100 + extract(day from ${date}))`;

/** @returns SQL: whole years from date `from` to date `to`; NULL where either is */
const full_years = (from, to) =>
  `extract(year from ${to}) - extract(year from ${from}) - case when ${monthDay(to)} < ${monthDay(from)} then 1 else 0 end`;

module.exports = { full_years };
