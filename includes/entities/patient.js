const { column } = require("../columns.js");

module.exports = {
  name: "patient",
  description: "A person in the care of the network, as one source knows them: one row a patient id.",
  key: column(
    "patient_key",
    "text",
    "The patient: a hash of tenant, assigning authority and source id. Never changes.",
    ["phi:other"],
  ),
  sent: [
    column("patient_id", "text", "The source's patient id.", ["phi:mrn"]),
    column("assigning_authority", "text", "Who gave the patient id."),
    column("ssn_hash", "text", "Keyed hash of the social security number; the number itself is not kept.", ["phi:ssn"]),
    column("name_prefix", "text", "Title before the name.", ["phi:name"]),
    column("first_name", "text", "First name.", ["phi:name"]),
    column("middle_name", "text", "Middle name.", ["phi:name"]),
    column("last_name", "text", "Family name.", ["phi:name"]),
    column("name_suffix", "text", "Suffix after the name.", ["phi:name"]),
    column("maiden_name", "text", "Family name before marriage.", ["phi:name"]),
    column("sex", "text", "Sex as sent: `M`, `F`, else the source's own code."),
    column("race", "text", "Race as sent."),
    column("ethnicity", "text", "Ethnicity as sent."),
    column("marital_status", "text", "Marital status as sent."),
    column("language", "text", "Preferred language, as the register says last. NULL where none does."),
    column("birthplace", "text", "Place of birth.", ["phi:geography"]),
    column("confidentiality", "text", "`normal`, `restricted` or `vip`, as the register says last."),
    column("healthcare_expenses", "money", "Cost of all care in USD, as the source sums it.", ["phi:other"]),
    column("healthcare_coverage", "money", "What payers covered of it in USD, as the source sums it.", ["phi:other"]),
    column("income", "money", "Yearly income in USD.", ["phi:other"]),
  ],
  sentOnly: [
    column("birth_date_raw", "date", "Birth date as sent, plausible or not.", ["phi:date"]),
    column("death_date_raw", "date", "Date of death as sent, plausible or not.", ["phi:date"]),
  ],
  judged: [
    column("birth_date", "date", "Birth date. NULL where not known or not plausible.", ["phi:date"]),
    column("death_date", "date", "Date of death. NULL: alive, not known, or not plausible.", ["phi:date"]),
    column(
      "status",
      "text",
      "`deceased` where a date of death stands; else what the register says last (`active`, `inactive`, `transferred`, `deceased`), or `active`.",
    ),
  ],
};
