/**
 * How a value leaves the warehouse in the two outputs for others. A column comes out only where a rule here says how:
 *
 * - `safe_harbor`: without the 18 identifiers of 45 CFR 164.514(b)(2): of a date the year, of a ZIP code three digits, of ages of
 *   90 and more that they are, and no free text;
 * - `shifted_dates`: the same, but with dates, all of one person moved by the same number of days. That is no safe harbor: it
 *   requires expert determination (45 CFR 164.514(b)(1)).
 *
 * A rule is `{ safe_harbor, shifted_dates }`, for each output the columns that it makes there: `{ name, description, tags, sql }`.
 * Their SQL reads `subject`, which is what crosswalk.subject knows of the patient; what else it reads is given as SQL.
 *
 * Ids are drawn by lot, for each output others, and kept in the schema `crosswalk`: a hash of a key could be made again by whoever
 * knows the key (45 CFR 164.514(c)).
 */
const age = require("./age.js");
const areas = require("./areas.js");
const dates = require("./dates.js");
const numbers = require("./numbers.js");
const patterns = require("./patterns.js");
const seeds = require("./seeds.js");
const sources = require("./source_systems.js");
const texts = require("./texts.js");
const types = require("./types.js");

/** Ages from here on are one. */
const POOLED_AGE = 90;
/** A person's dates are moved by up to so many days, back or forth. */
const MOST_DAYS = 365;

const column = (name, description, sql, tags = []) => ({ name, description, sql, tags });
const both = (...columns) => ({ safe_harbor: columns, shifted_dates: columns });
const drawn = ["provenance"];
/** A date that is not the true one: no tag `phi`, or policies would hide it from those to whom an expert's determination gives it. */
const moved = ["shifted:date", ...drawn];

/** The random id of who or what `relation`, a table of the crosswalk, stands for. */
const id = (name, relation, description) => {
  const of = (output) => [
    column(name, `${description} A random id of this output.`, `${relation}.${output}_id`, drawn),
  ];
  return { safe_harbor: of("safe_harbor"), shifted_dates: of("shifted_dates") };
};

/** Whose row it is. */
const person = id("person_id", "subject", "The person.");

/** A day, where the source is: its year, but of a person whom it could show to be older than 89; or the day moved. */
const day = (name, date, description) => ({
  safe_harbor: [
    column(
      `${name}_year`,
      `${description}: the year. NULL too where the person is ${POOLED_AGE} or older, or of no known age.`,
      `case when subject.has_years then cast(extract(year from ${date}) as bigint) end`,
    ),
  ],
  shifted_dates: [
    column(
      `${name}_date`,
      `${description}: the day, where the source is, moved.`,
      dates.plus(date, "subject.shift_days", "day"),
      moved,
    ),
  ],
});

/**
 * A moment of `row`, whose instant is its column `at`: of it the year; or the day and the clock on the wall where the source is,
 * moved. The clock, not UTC: UTC would tell summer from winter, and with that by how many days a date was moved.
 */
const moment = (row, name, at, description) => {
  const { safe_harbor, shifted_dates } = day(name, `${row}.${name}_date`, description);
  const local = types.toLocal(`${row}.${at}`, sources.zone(`${row}.source_system`));
  const time = column(
    `${name}_time`,
    `${description}: day and clock on the wall where the source is, moved. NULL where only the day is known.`,
    `case when ${row}.${name}_precision = 'instant' then ${dates.plus(local, "subject.shift_days", "day", "instant")} end`,
    moved,
  );
  return { safe_harbor, shifted_dates: [...shifted_dates, time] };
};

/** The birth: in shifted_dates its day only of whom years may be told of. */
const birth = {
  safe_harbor: day("birth", "subject.birth_date", "Birth").safe_harbor,
  shifted_dates: day(
    "birth",
    "case when subject.has_years then subject.birth_date end",
    `Birth (NULL too of who is ${POOLED_AGE} or older)`,
  ).shifted_dates,
};

const pooled = (name, until, description) =>
  both(
    column(
      name,
      `${description}, in full years. ${POOLED_AGE}: that, or older. NULL where the birth date is not known.`,
      `case when subject.age_years is not null then ${numbers.least(age.full_years("subject.birth_date", until), POOLED_AGE)} end`,
    ),
  );

/** The age on a day; who has died grows no older. */
const ageOn = (date) => pooled("age_years", numbers.least(date, "subject.last_date"), "Age then");
/** The age at as_of, or at death before it. */
const lastAge = pooled("age_years", "subject.last_date", "Age at the end of the data, or at death");

/** A code of some vocabulary: without a blank and short, as codes are and sentences are not. */
const coded = (x, length) => `case when ${patterns.matches(x, `[^ ]{1,${length}}`)} then ${x} end`;
const code = (name, x, description) =>
  both(column(name, `${description} NULL where it is not like a code.`, coded(x, 18)));
const codeSystem = (name, x, description) =>
  both(column(name, `${description} NULL where it is not like the name of one.`, coded(x, 40)));

/** One of the words that a source may use; any other is `other`, in whatever it was said. */
const word = (name, x, words, description) =>
  both(
    column(
      name,
      `${description} ${words.join(", ")}; other: anything else.`,
      `case when lower(${x}) in (${words.map(texts.literal).join(", ")}) then lower(${x}) when ${x} is not null then 'other' end`,
    ),
  );

/** A language as BCP 47 writes it. */
const language = (name, x, description) =>
  both(column(name, description, `case when ${patterns.matches(x, "[a-z]{2,3}(-[A-Za-z0-9]{2,8})?")} then ${x} end`));

/** What the warehouse itself says: a word of its own, a count, a span. */
const own = (name, x, description) => both(column(name, description, x));

/** The state of the United States, by its two letters. */
const state = (name, x, description) =>
  both(column(name, `${description}, by its two letters. NULL for what is no state.`, seeds.mapped(x, areas.states)));

/** The first three digits of a ZIP code. None begins with 000: Synthea writes 00000 where it knows none. */
const zip3 = (name, x, description) => {
  const three = `substr(${x}, 1, 3)`;
  return both(
    column(
      name,
      `${description}: the first three digits; 000 where at most 20,000 people share them. NULL for what is no ZIP code.`,
      `case
    when not ${patterns.matches(x, "[0-9]{5}(-?[0-9]{4})?")} or ${three} = '000' then null
    when ${three} in (${areas.smallZip3().map(texts.literal).join(", ")}) then '000'
    else ${three}
  end`,
    ),
  );
};

/** Units in which a value is an age, or as good as one. */
const OF_AGE = ["a", "y", "yr", "yrs", "year", "years", "{age}", "mo", "month", "months"];

/** A measured number with its comparator and unit. Without a unit it could be a number of anything: a house, a telephone. */
const measured = (row) => {
  const isMeasured = `${patterns.matches(`${row}.unit`, "[^ ]{1,20}")} and lower(${row}.unit) not in (${OF_AGE.map(texts.literal).join(", ")})`;
  const given = (name, description) =>
    column(
      name,
      `${description} NULL without a unit, or where it is one of age.`,
      `case when ${isMeasured} then ${row}.${name} end`,
    );
  return both(
    given("value_number", "The value as a number, without its comparator."),
    given("comparator", "<, <=, > or >= where the value was sent with one."),
    given("unit", "The unit as sent."),
  );
};

/** @returns the columns of a table in an output, in order */
const columnsOf = (output, rules) => rules.flatMap((rule) => rule[output]);

/** @returns the object for a config's `columns` */
const describe = (output, rules) =>
  Object.fromEntries(columnsOf(output, rules).map(({ name, description, tags }) => [name, { description, tags }]));

/** @returns the select list */
const selected = (output, rules) =>
  columnsOf(output, rules)
    .map(({ name, sql }) => `${sql} as ${name}`)
    .join(",\n  ");

const LABELS = {
  safe_harbor: "De-identified by the safe harbor of 45 CFR 164.514(b)(2).",
  shifted_dates:
    "Requires expert determination (45 CFR 164.514(b)(1)): dates are moved, not removed, so that this is not de-identified until an expert says so.",
};
const outputs = Object.keys(LABELS);

module.exports = {
  LABELS,
  MOST_DAYS,
  POOLED_AGE,
  ageOn,
  birth,
  code,
  codeSystem,
  columnsOf,
  day,
  describe,
  id,
  language,
  lastAge,
  measured,
  moment,
  outputs,
  own,
  person,
  selected,
  state,
  word,
  zip3,
};
