/**
 * Lists of codes that others publish and a hospital loads, each whole: `medform load csv FILE --table reference_NAME`. They are of
 * no patient and of no source of records; silver.code_list says which delivery of each is in use.
 */
const { icdCode } = require("./comorbidity.js");
const { code, description } = require("./fields.js");
const { format } = require("./format.js");
const patterns = require("./patterns.js");

/** Of each list, what a whole code of its classification looks like without its point. A category of CCS, `45`, is none. */
const SHAPES = {
  potentially_planned_procedure: "[0-9A-HJ-NP-Z]{7}",
  acute_diagnosis: "[A-Z][0-9][0-9A-Z]{1,5}",
};

const reference = format("reference", {
  potentially_planned_procedure: {
    description:
      "Procedures that plan an admission unless its principal diagnosis is acute, one row a code of ICD-10-PCS: table PR.3 of CMS's Planned Readmission Algorithm.",
    // As many of them are digits alone, and begin with zeros: see damage.js.
    fields: [{ ...code("the procedure"), digits: 7 }, description("the code")],
  },
  acute_diagnosis: {
    description:
      "Principal diagnoses with which no such procedure plans an admission, one row a code of ICD-10-CM: table PR.4 of CMS's Planned Readmission Algorithm.",
    fields: [code("the diagnosis"), description("the code")],
  },
});

module.exports = {
  ...reference,
  /** Each list, and its table in landing and bronze. */
  lists: Object.keys(SHAPES).map((list) => ({ list, table: `${reference.name}_${list}` })),
  /** SQL: whether a row's code is a whole code of the list's classification. */
  isCode: (list, x) => `coalesce(${patterns.matches(icdCode(x), SHAPES[list])}, false)`,
};
