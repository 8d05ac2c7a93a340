/** The shape of every alert over current medications, and the end of its query. */
const gold = require("./gold.js");
const keys = require("./keys.js");

const columns = {
  alert_key: gold.phi(
    "The alert: a hash of its kind, person and what it is about. The same as long as that is so.",
    "other",
  ),
  alert_type: "interaction, duplicate_therapy, allergy_conflict or age_warning.",
  ...gold.patient,
  rule_name: "Which rule.",
  severity: "contraindicated, serious or caution.",
  message: "What threatens.",
  rule_source: "Where the rule comes from.",
  medication_code: "Code of the medication, as sent.",
  medication: "The source's text for it.",
  prescription_key: gold.phi("Its prescription: that which began last.", "other"),
  other_medication_code: "Code of the other medication. NULL: there is none.",
  other_medication: "The source's text for it.",
  other_prescription_key: gold.phi("Its prescription.", "other"),
  allergy_key: gold.phi("The allergy. NULL: there is none.", "other"),
  ...gold.asOf,
};

const OPTIONAL = {
  other_medication_code: "varchar",
  other_medication: "varchar",
  other_prescription_key: "varchar",
  allergy_key: "varchar",
};

/** `select` of an alert model from the CTE `found`; `has`: which of the optional columns it has. */
const selected = (type, has) => {
  const about = ["rule_name", "medication_code", ...has.filter((column) => column !== "other_medication")];
  const key = keys.hash(`'${type}'`, "person_id", ...about);
  return `select
  ${key} as alert_key,
  '${type}' as alert_type,
  patient_key,
  person_id,
  tenant_id,
  rule_name,
  severity,
  message,
  rule_source,
  medication_code,
  medication,
  prescription_key,
  ${Object.entries(OPTIONAL)
    .map(([column, sqlType]) => (has.includes(column) ? column : `cast(null as ${sqlType}) as ${column}`))
    .join(",\n  ")},
  as_of,
  ${gold.aggregateProvenance({
    loadedAt: "loaded_at",
    values: { patient_key: "text", rule_name: "text", medication_code: "text", prescription_key: "text" },
  })}
from found`;
};

module.exports = {
  columns: { ...columns, ...gold.aggregate },
  names: Object.keys({ ...columns, ...gold.aggregate }),
  selected,
};
