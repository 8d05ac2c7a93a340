/** What became of a claim: its lines (what was charged) and what was paid, adjusted or passed on. */
const { column, encounterKey, encounterRaw, patientKey, startOf } = require("../columns.js");

const usd = (name, description) => column(name, "money", `${description} in USD.`, ["phi:other"]);
const claimRaw = column("claim_raw", "text", "The claim's id as the source sent it.", ["phi:other"]);
const claimKey = column("claim_key", "text", "The claim. NULL where not known.", ["phi:other"]);
const number = column("transaction_number", "text", "Its number among the transactions of the source.", ["phi:other"]);

const claim_line = {
  name: "claim_line",
  description: "What was charged on a claim: one row a charge. No event of the timeline.",
  key: column("claim_line_key", "text", "The line: a hash of tenant, source and source id.", ["phi:other"]),
  sent: [
    column("claim_line_id", "text", "The source's id of the charge.", ["phi:other"]),
    number,
    patientKey,
    claimRaw,
    encounterRaw,
    ...startOf("When the service began"),
    column("procedure_code", "text", "Code of the service, as sent."),
    column("note", "text", "The source's text for it.", ["phi:other"]),
    column("unit_count", "number", "Number of units."),
    usd("unit_amount", "Charge of one unit"),
    usd("amount", "Charge"),
    column("charged_to", "text", "`payer`, `secondary_payer` or `patient`: of whom it was asked first."),
  ],
  references: ["claim", "encounter"],
  judged: [claimKey, encounterKey],
};

const payment = {
  name: "payment",
  description:
    "What became of what was charged: one row each time that an amount was paid, taken off (adjusted), or passed from one debtor to another. No event of the timeline.",
  key: column("payment_key", "text", "The payment: a hash of tenant, source and source id.", ["phi:other"]),
  sent: [
    column("payment_id", "text", "The source's id of the transaction.", ["phi:other"]),
    number,
    patientKey,
    claimRaw,
    encounterRaw,
    column("payment_type", "text", "`payment`, `adjustment`, `transfer_out` or `transfer_in`."),
    ...startOf("The day of the service that it is for"),
    column("method", "text", "How it was paid, as sent."),
    column("paid_by", "text", "`payer` or `patient`, by the method. NULL for what is no payment, or paid otherwise."),
    usd("amount", "Amount"),
    usd("outstanding", "What the source says is left"),
    column("transferred_to", "text", "`payer`, `secondary_payer` or `patient`: to whom it was passed on."),
    column("transfer_out_number", "text", "Number of the transaction by which it was passed on.", ["phi:other"]),
  ],
  references: ["claim", "encounter"],
  judged: [claimKey, encounterKey],
};

const remittance = {
  name: "remittance",
  description:
    "What a payer decided about a claim: one row a decision. Moves no money (that is a payment), and is no event of the timeline.",
  key: column("remittance_key", "text", "The decision: a hash of tenant, source and source id.", ["phi:other"]),
  sent: [
    column("remittance_id", "text", "The source's id of the decision.", ["phi:other"]),
    patientKey,
    claimRaw,
    column("payer_raw", "text", "The payer's id as the source sent it."),
    column("decision", "text", "`paid`, `denied` or `adjusted`."),
    column("decision_raw", "text", "The decision as the source sent it."),
    usd("amount", "Amount paid, denied or taken off"),
    column("reason_code", "text", "Claim Adjustment Reason Code (X12), as sent."),
    ...startOf("When it was posted", "posted_at", "posted_date", "posted_precision"),
  ],
  references: ["claim", "payer"],
  judged: [claimKey, column("payer_key", "text", "The payer. NULL where not known.")],
};

module.exports = { claim_line, payment, remittance };
