const { column, encounterKey, encounterRaw, patientKey, startOf } = require("../columns.js");

const usd = (name, description) => column(name, "money", `${description} in USD.`, ["phi:other"]);
const instant = (name, description) => column(name, "instant", `${description}, in UTC.`, ["phi:date"]);
const status = (name, whom) =>
  column(name, "text", `Status at ${whom}, as sent: \`BILLED\` or \`CLOSED\`. NULL where nothing was asked of them.`);

module.exports = {
  name: "claim",
  description:
    "What was asked for care, of whom: one row a claim id of the source. Of the patient's account, not of the patient's health: no event of the timeline.",
  key: column("claim_key", "text", "The claim: a hash of tenant, source and source id.", ["phi:other"]),
  sent: [
    column("claim_id", "text", "The source's claim id.", ["phi:other"]),
    patientKey,
    encounterRaw,
    column("provider_raw", "text", "The provider's id as the source sent it."),
    column("payer_raw", "text", "The first payer's id as the source sent it. NULL: none."),
    column("secondary_payer_raw", "text", "The second payer's id as the source sent it. NULL: none."),
    column("claim_type", "text", "`professional` or `institutional`. NULL where the source says neither."),
    ...startOf("When the service was given"),
    instant("illness_at", "When the illness began"),
    instant("billed_at", "When the first payer was last billed, or else the patient"),
    ...[1, 2, 3, 4, 5, 6, 7, 8].map((n) => column(`diagnosis_code_${n}`, "text", `Diagnosis ${n}, as sent.`)),
    status("payer_status", "the first payer"),
    status("secondary_payer_status", "the second payer"),
    status("patient_status", "the patient"),
    usd("payer_outstanding", "Outstanding at the first payer"),
    usd("secondary_payer_outstanding", "Outstanding at the second payer"),
    usd("patient_outstanding", "Outstanding at the patient"),
  ],
  references: ["encounter", "provider", "payer"],
  judged: [
    encounterKey,
    column("provider_key", "text", "The provider. NULL where not known."),
    column("payer_key", "text", "The first payer. NULL where none or not known."),
  ],
};
