/** Which records are compared, and what comes of it. */
const { fields } = require("./fields.js");

/** A match from here on, a case for people from here on, in bits: how much likelier the answers are of one person than of two. */
const MATCH = 20;
const REVIEW = 15;

/** Who share one of these are compared; `key` is SQL over patient_standard, NULL where a record takes no part. */
const first = (name, letters) => `substr(${name}, 1, ${letters})`;
const YEAR = first("birth_day", 4);
const MONTH_AND_DAY = "substr(birth_day, 5, 4)";
const passes = [
  { name: "ssn", key: "ssn_hash" },
  { name: "birth_date", key: "birth_day" },
  {
    name: "names",
    key: "case when given_name < family_name then given_name || ' ' || family_name else family_name || ' ' || given_name end",
  },
  { name: "family_name_and_year", key: `${first("family_name", 4)} || ' ' || ${YEAR}` },
  { name: "given_name_and_year", key: `${first("given_name", 4)} || ' ' || ${YEAR}` },
  { name: "given_name_and_birthday", key: `${first("given_name", 3)} || ' ' || ${MONTH_AND_DAY}` },
  { name: "address", key: "address_line || ' ' || postal_code" },
  { name: "phone", key: "phone" },
  { name: "email", key: "email" },
];

/** A block of more records than this is left out: what so many share tells nobody apart, and its pairs grow with its square. */
const MOST_RECORDS = 60;

const bits = ({ m, u }) => Math.log2(m / u).toFixed(2);

const ANSWERS = ["agrees", "near", "differs"];

/** The answer of a field for the pair of records `a` and `b`. */
const answer = (field) => {
  const conditions = ANSWERS.flatMap((name) => [field[name]?.when ?? []].flat().map((when) => [name, when]));
  const missing = field.has.flatMap((name) => [`a.${name} is null`, `b.${name} is null`]).join(" or ");
  return `case
      when ${missing} then null
      ${conditions.map(([name, when]) => `when ${when} then '${name}'`).join("\n      ")}
      else 'differs'
    end as ${field.name}`;
};

/** Its weight in bits, 0 where there is no answer. */
const weight = (field) =>
  `case ${field.name} ${ANSWERS.filter((name) => field[name])
    .map((name) => `when '${name}' then ${bits(field[name])}`)
    .join(" ")} else 0 end`;

/**
 * What a match must rest on, whatever it weighs, for relatives share family name, home and telephone, twins the birth date too,
 * and a child may be registered by the number of a parent: the same number, and not another birth date and another given name;
 * or birth date and given name.
 */
const grounds = `(
      coalesce(ssn = 'agrees', false) and not coalesce(birth_date = 'differs' and given_name = 'differs', false)
      or coalesce(birth_date in ('agrees', 'near') and given_name in ('agrees', 'near'), false)
    )`;

/** Two numbers and two birth dates: never one person unless somebody decides so. */
const conflict = "coalesce(ssn = 'differs' and birth_date <> 'agrees', false)";

/** The names of the fields with one answer, separated by commas; NULL where there is none. */
const answering = (name) =>
  `nullif(ltrim(${fields.map((field) => `case when ${field.name} = '${name}' then ',${field.name}' else '' end`).join(" || ")}, ','), '')`;

module.exports = { answer, answering, conflict, fields, grounds, MATCH, MOST_RECORDS, passes, REVIEW, weight };
