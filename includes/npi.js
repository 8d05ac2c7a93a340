/**
 * The National Provider Identifier: ten digits, the first 1 or 2, the last a check digit by Luhn's formula over `80840` and the
 * other nine (45 CFR 162.406; CMS, "Requirements for NPI and NPI Check Digit").
 */
const patterns = require("./patterns.js");

/** What the prefix 80840 adds to the sum of any number. */
const PREFIX_SUM = 24;

const digit = (x, place) => `substr(${x}, ${place}, 1)`;
/** Twice a digit, the digits of the product added. */
const doubled = (x, place) => `translate(${digit(x, place)}, '0123456789', '0246813579')`;

/** Whether text (SQL) is one; NULL where there is none. */
const isValid = (x) => {
  const terms = Array.from({ length: 10 }, (_, i) => {
    const text = i % 2 === 0 ? doubled(x, i + 1) : digit(x, i + 1);
    return `try_cast(${text} as integer)`;
  });
  return `case
      when ${patterns.matches(x, "[12][0-9]{9}")} then mod(${PREFIX_SUM} + ${terms.join(" + ")}, 10) = 0
      when ${x} is not null then false
    end`;
};

module.exports = { isValid };
