/**
 * MIMIC-IV 2.2, modules hosp and icu: real patients, de-identified, each with dates shifted by a time of their own. Its licence
 * (ODbL for the demonstration) is share-alike: it is loaded into a warehouse file of its own and never mixed with another source.
 */
const { format } = require("./format.js");

module.exports = format("mimic", {
  ...require("./mimic/hosp.js"),
  ...require("./mimic/icu.js"),
});
