/**
 * What is compared of two records, and how much each answer weighs, after Fellegi and Sunter (1969): a field `agrees`, is
 * `near`, or `differs`; a field that one of them has not is left out. `m` is how often two records of one person answer so,
 * `u` how often two records of different persons do, and the answer weighs log2(m / u).
 *
 * `when` are SQL conditions over the records `a` and `b` of patient_standard, tried in order, for records that both have the field.
 */
const numbers = require("../numbers.js");
const texts = require("../texts.js");

/** At most one letter of so many is another. */
const isNear = (a, b, letters) =>
  `${texts.editDistance(a, b)} * ${letters} <= ${numbers.greatest(`length(${a})`, `length(${b})`)}`;

const begins = (a, b) => `length(${b}) >= 3 and substr(${a}, 1, length(${b})) = ${b}`;

/** A given name where the other has its family name: the two were exchanged. */
const CROSSED = "(a.given_name = b.family_name or a.family_name = b.given_name)";

const same = (name) => `a.${name} = b.${name}`;

const year = (x) => `substr(${x}, 1, 4)`;
const month = (x) => `substr(${x}, 5, 2)`;
const dayOf = (x) => `substr(${x}, 7, 2)`;
const alike = (part) => `case when ${part("a.birth_day")} = ${part("b.birth_day")} then 1 else 0 end`;

const fields = [
  {
    name: "ssn",
    has: ["ssn_hash"],
    agrees: { m: 0.88, u: 0.00001, when: same("ssn_hash") },
    differs: { m: 0.12, u: 0.99999 },
  },
  {
    name: "given_name",
    has: ["given_name"],
    agrees: { m: 0.65, u: 0.01, when: same("given_name") },
    near: {
      m: 0.21,
      u: 0.005,
      when: [
        isNear("a.given_name", "b.given_name", 3),
        begins("a.given_name", "b.given_name"),
        begins("b.given_name", "a.given_name"),
        CROSSED,
      ],
    },
    differs: { m: 0.14, u: 0.985 },
  },
  {
    name: "family_name",
    has: ["family_name"],
    agrees: { m: 0.59, u: 0.005, when: same("family_name") },
    near: {
      m: 0.29,
      u: 0.005,
      when: [
        isNear("a.family_name", "b.family_name", 3),
        "a.family_name = b.maiden_name",
        "a.maiden_name = b.family_name",
        CROSSED,
      ],
    },
    differs: { m: 0.12, u: 0.99 },
  },
  {
    name: "birth_date",
    has: ["birth_day"],
    agrees: { m: 0.92, u: 0.0001, when: same("birth_day") },
    near: {
      m: 0.02,
      u: 0.005,
      when: [
        `${alike(year)} + ${alike(month)} + ${alike(dayOf)} = 2`,
        `${year("a.birth_day")} = ${year("b.birth_day")} and ${month("a.birth_day")} = ${dayOf("b.birth_day")} and ${dayOf("a.birth_day")} = ${month("b.birth_day")}`,
      ],
    },
    differs: { m: 0.06, u: 0.9949 },
  },
  {
    name: "sex",
    has: ["sex"],
    agrees: { m: 0.99, u: 0.5, when: same("sex") },
    differs: { m: 0.01, u: 0.5 },
  },
  {
    name: "address",
    has: ["address_line"],
    agrees: { m: 0.21, u: 0.0001, when: same("address_line") },
    near: {
      m: 0.55,
      u: 0.005,
      when: [
        isNear("a.address_line", "b.address_line", 4),
        begins("a.address_line", "b.address_line"),
        begins("b.address_line", "a.address_line"),
      ],
    },
    differs: { m: 0.24, u: 0.9949 },
  },
  {
    name: "place",
    has: ["postal_code"],
    agrees: { m: 0.76, u: 0.05, when: same("postal_code") },
    near: {
      m: 0.22,
      u: 0.02,
      when: [isNear("a.postal_code", "b.postal_code", 4), isNear("a.city", "b.city", 3)],
    },
    differs: { m: 0.02, u: 0.93 },
  },
  {
    name: "phone",
    has: ["phone"],
    agrees: { m: 0.7, u: 0.0005, when: same("phone") },
    differs: { m: 0.3, u: 0.9995 },
  },
  {
    name: "email",
    has: ["email"],
    agrees: { m: 0.7, u: 0.0005, when: same("email") },
    differs: { m: 0.3, u: 0.9995 },
  },
];

module.exports = { fields };
