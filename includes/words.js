/** Closed lists of words that a source may use, in lower case: one place for models, rules and descriptions. */
const { literal } = require("./texts.js");

const WORDS = {
  accessAction: ["view", "create", "update", "export", "print", "login"],
  auditStatus: ["open", "closed"],
  bedStatus: ["occupied", "free", "blocked"],
  licenseStatus: ["active", "expired", "suspended", "revoked"],
  staffRole: ["admin", "provider", "nurse", "staff", "patient", "billing"],
  timesheetStatus: ["present", "late", "absent"],
};

/** What `x` (SQL) says, in lower case; NULL where it is none of the words. */
const meant = (x, words) => `case when lower(${x}) in (${words.map(literal).join(", ")}) then lower(${x}) end`;

/** The words for a description: `a`, `b` or `c`. */
const said = (words) => {
  const quoted = words.map((word) => `\`${word}\``);
  return `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
};

module.exports = { ...WORDS, meant, said };
