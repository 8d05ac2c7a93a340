const { encounterOfPatient, event, flags } = require("../includes/event_rules.js");
const { codeSet, declare, findings, key, noOrphans, nonNull, range, row } = require("../includes/declared.js");

const known = (name, column, parent, parentColumn = column) =>
  noOrphans(name, [column], ["silver", parent], [parentColumn], { optional: [column] });

const ofClaim = (entity) => known(`${entity}_has_claim`, "claim_key", "claim");
const unresolved = { claim_unresolved: "admitted, though its claim is not known" };
const payerUnresolved = { payer_unresolved: "admitted, though its payer is not known" };

declare(
  { schema: "silver", name: "claim" },
  {
    keys: ["claim_key"],
    rows: "new of one",
    rules: [
      ...event("claim"),
      encounterOfPatient("claim"),
      known("claim_has_payer", "payer_key", "payer"),
      known("claim_has_provider", "provider_key", "provider"),
      codeSet("claim_type_known", "claim_type", ["professional", "institutional"], { optional: true }),
    ],
  },
);

findings("claim", {
  claim_balance: "admitted, though what was charged is not what was paid, adjusted and is outstanding",
  provider_unresolved: "admitted, though its provider is not known",
  ...payerUnresolved,
  ...flags("after_death", "encounter_unresolved", "conflict"),
});

declare(
  { schema: "silver", name: "claim_line" },
  {
    keys: ["claim_line_key"],
    rules: [...event("claim_line"), encounterOfPatient("claim_line"), ofClaim("claim_line")],
    warn: [range("claim_line_amount", "amount", { low: 0 })],
  },
);

findings("claim_line", { ...unresolved, ...flags("after_death", "encounter_unresolved", "conflict") });

declare(
  { schema: "silver", name: "payment" },
  {
    keys: ["payment_key"],
    rows: "new of one",
    rules: [
      ...event("payment"),
      encounterOfPatient("payment"),
      ofClaim("payment"),
      codeSet("payment_type_known", "payment_type", ["payment", "adjustment", "transfer_out", "transfer_in"]),
      row(
        "payment_paid_by",
        "who paid is said of payments only",
        "paid_by is null or payment_type = 'payment' and paid_by in ('payer', 'patient')",
      ),
    ],
    warn: [range("payment_amount", "amount", { low: 0 })],
  },
);

findings("payment", { ...unresolved, ...flags("after_death", "encounter_unresolved", "conflict") });

declare(
  { schema: "silver", name: "remittance" },
  {
    keys: ["remittance_key"],
    rules: [
      key("remittance_key_unique"),
      nonNull("remittance_dated", ["patient_key", "posted_at", "posted_date"]),
      noOrphans("remittance_has_patient", ["patient_key"], ["silver", "patient"]),
      ofClaim("remittance"),
      known("remittance_has_payer", "payer_key", "payer"),
      codeSet("remittance_decision", "decision", ["paid", "denied", "adjusted"]),
    ],
  },
);

findings("remittance", { ...unresolved, ...payerUnresolved, ...flags("conflict") });
