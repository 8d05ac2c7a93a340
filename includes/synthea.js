/** Synthea's CSV export, versions 3.0 to 3.3, and the appointments that belong to the same delivery. */
const { format } = require("./format.js");

module.exports = format("synthea", {
  ...require("./synthea/people.js"),
  ...require("./synthea/clinical.js"),
  ...require("./synthea/billing.js"),
});
