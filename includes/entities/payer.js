const { column } = require("../columns.js");

const figure = (name, type, description) => column(name, type, `${description}, as the source sums it.`);

module.exports = {
  name: "payer",
  description: "Who pays for care: one row a payer id of the source; a source may call being uninsured a payer.",
  key: column("payer_key", "text", "The payer: a hash of tenant, source and source id."),
  sent: [
    column("payer_id", "text", "The source's payer id."),
    column("payer_name", "text", "Name."),
    column(
      "ownership",
      "text",
      "`GOVERNMENT`, `PRIVATE` or `NO_INSURANCE`, as sent. NULL where the source does not say.",
    ),
    column("address_line", "text", "Street and number."),
    column("city", "text", "City."),
    column("state", "text", "State, as sent."),
    column("postal_code", "text", "Postal code, as sent."),
    column("phone", "text", "Telephone."),
    figure("amount_covered", "money", "What it covered in USD"),
    figure("amount_uncovered", "money", "What it did not cover in USD"),
    figure("revenue", "money", "What it earned in USD"),
    figure("customer_count", "integer", "Patients insured"),
    figure("member_month_count", "integer", "Months of membership"),
  ],
  judged: [],
};
