/** Names, addresses and numbers as they are compared: ASCII, in lower case, without what people write in many ways. */
const patterns = require("../patterns.js");
const types = require("../types.js");

const MARKED = "àáâãäåāăąçćčďđèéêëēėęěğìíîïīįłñńňòóôõöøōőřśšşșťţțùúûüūůűýÿžźż";
const PLAIN = "aaaaaaaaacccddeeeeeeeegiiiiiilnnnoooooooorsssstttuuuuuuuyyzzz";

/** Lower case without accents. Letters of other scripts than Latin are left out by those who call it. */
const folded = (x) => `translate(lower(${x}), '${MARKED}', '${PLAIN}')`;

const nothing = (x) => `nullif(${x}, '')`;

/** Letters and digits: `O'Brien-Núñez` is `obriennunez`. NULL where none is left. */
const name = (x) => nothing(patterns.replaced(folded(x), "[^a-z0-9]+"));

/** The commonest words of addresses and their abbreviations, after USPS Publication 28, appendices C1 and C2. */
const WORDS = {
  apartment: "apt",
  avenue: "ave",
  boulevard: "blvd",
  circle: "cir",
  court: "ct",
  crescent: "cres",
  drive: "dr",
  highway: "hwy",
  lane: "ln",
  parkway: "pkwy",
  place: "pl",
  road: "rd",
  square: "sq",
  street: "st",
  suite: "ste",
  terrace: "ter",
};

/** `12 Núñez Street, Apt. 3` is `12 nunez st apt 3`. */
const addressLine = (x) => {
  const words = `' ' || ${patterns.replaced(folded(x), "[^a-z0-9]+", " ")} || ' '`;
  const short = Object.entries(WORDS).reduce(
    (text, [word, abbreviation]) => `replace(${text}, ' ${word} ', ' ${abbreviation} ')`,
    words,
  );
  return types.text(short);
};

/** The first five letters or digits: of a ZIP code without its extension. Of zeros alone it is none, and nobody's neighbour has it. */
const postalCode = (x) => `nullif(${nothing(`substr(${patterns.replaced(folded(x), "[^a-z0-9]+")}, 1, 5)`)}, '00000')`;

/** Digits without the 1 of North America before ten of them; NULL for fewer than seven. */
const phone = (x) => {
  const digits = patterns.replaced(x, "[^0-9]+");
  return `case
      when length(${digits}) = 11 and ${digits} like '1%' then substr(${digits}, 2)
      when length(${digits}) >= 7 then ${digits}
    end`;
};

/** A date as its eight digits: `19800501`. */
const birthDay = (x) => `replace(${types.asText(x, "date")}, '-', '')`;

/** What more records have than one person can have of them says nothing of who somebody is. */
const MOST_RECORDS = 10;
const personal = (x) => `case when count(*) over (partition by tenant_id, ${x}) <= ${MOST_RECORDS} then ${x} end`;

module.exports = { addressLine, birthDay, name, personal, phone, postalCode };
