/**
 * The National Provider Identifier: ten digits, the first 1 or 2, the last a check digit by Luhn's formula over `80840` and the
 * other nine (45 CFR 162.406; CMS, "Requirements for NPI and NPI Check Digit").
 */
const patterns = require("./patterns.js");

/** What the prefix 80840 adds to the sum of any number. */
const PREFIX_SUM = 24;

/** The value of a digit is its place in one of these, from 0; in the second it is doubled, the digits of the product added. */
const PLAIN = "'0123456789'";
const DOUBLED = "'0516273849'";
const value = (x, place) => `position(substr(${x}, ${place}, 1) in ${place % 2 === 1 ? DOUBLED : PLAIN}) - 1`;

/** Whether text (SQL) is one; NULL where there is none. */
const isValid = (x) => {
  const terms = Array.from({ length: 10 }, (_, i) => value(x, i + 1));
  return `case
      when ${patterns.matches(x, "[12][0-9]{9}")} then mod(${PREFIX_SUM} + ${terms.join(" + ")}, 10) = 0
      when ${x} is not null then false
    end`;
};

module.exports = { isValid };
