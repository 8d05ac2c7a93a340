/** What the sample hospital delivers beside Synthea's export: tables that the warehouse needs and Synthea does not write. */
const { format } = require("./format.js");

module.exports = format("hospital", {
  ...require("./hospital/people.js"),
  ...require("./hospital/operations.js"),
  ...require("./hospital/care.js"),
});
