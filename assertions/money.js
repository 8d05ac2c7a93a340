const { codeSet, declare, everyOne, key, noOrphans, nonNull, range, row } = require("../includes/declared.js");

const ofPerson = (fact) => nonNull(`${fact}_person`, ["patient_key", "person_id"]);

/** A figure is given, or it is said why not. */
const explained = (name, figure, reason) =>
  row(
    name,
    `${figure} is NULL where, and only where, ${reason} says why`,
    `(${figure} is null) = (${reason} is not null)`,
  );

declare(
  { schema: "gold", name: "dim_payer" },
  { keys: ["payer_key"], rules: [key("dim_payer_key"), everyOne("dim_payer_complete", "payer_key", "payer")] },
);

declare(
  { schema: "gold", name: "fct_claim" },
  {
    keys: ["claim_key"],
    rules: [
      key("fct_claim_key"),
      everyOne("fct_claim_complete", "claim_key", "claim"),
      ofPerson("fct_claim"),
      noOrphans("fct_claim_has_payer", ["payer_key"], ["gold", "dim_payer"], ["payer_key"], {
        optional: ["payer_key"],
      }),
      explained("fct_claim_charge_explained", "charge_usd", "balance_reason"),
      explained("fct_claim_decision_explained", "decision", "decision_reason"),
      row(
        "fct_claim_adds_up",
        "the difference is the charge less what was paid, adjusted and is outstanding, and none where it balances",
        `charge_usd is null and is_balanced is null
      or difference_usd = charge_usd - paid_usd - adjusted_usd - outstanding_usd and is_balanced = (difference_usd = 0)`,
      ),
    ],
  },
);

declare(
  { schema: "gold", name: "prescription_cost" },
  {
    keys: ["prescription_key"],
    rules: [
      key("fct_prescription_key"),
      everyOne("fct_prescription_complete", "prescription_key", "prescription"),
      ofPerson("fct_prescription"),
      range("fct_prescription_duration", "duration_days", { low: 0, optional: true }),
    ],
  },
);

declare(
  { schema: "gold", name: "fct_appointment" },
  {
    keys: ["appointment_key"],
    rules: [
      key("fct_appointment_key"),
      everyOne("fct_appointment_complete", "appointment_key", "appointment"),
      ofPerson("fct_appointment"),
      range("fct_appointment_wait", "wait_minutes", { low: 0, optional: true }),
    ],
  },
);

declare(
  { schema: "gold", name: "retention" },
  {
    keys: ["person_id"],
    rules: [
      key("retention_key"),
      everyOne("retention_complete", "person_id", "patient_xref", "expected.valid_to is null"),
      explained("retention_explained", "retain_until", "retain_reason"),
      explained("retention_hold_explained", "hold_count", "hold_reason"),
      codeSet("retention_tier", "tier", ["active", "warm", "archive"], { optional: true }),
      row(
        "retention_held",
        "what is held, not due, or waits to be judged is not destroyed",
        "not is_destroyable or is_due and hold_count is not null and hold_count = 0 and waiting_count = 0",
      ),
      row("retention_minor", "kept beyond majority", "retain_until is null or retain_until > majority_date"),
    ],
  },
);

declare(
  { schema: "gold", name: "destruction_manifest" },
  {
    keys: ["person_id", "entity"],
    rules: [
      key("destruction_manifest_key"),
      range("destruction_manifest_rows", "row_count", { low: 1 }),
      {
        name: "destruction_manifest_destroyable",
        description: "each person of it is one whose record may be destroyed",
        kind: "set",
        sql: ({ ctx, table }) => `
select 'destruction_manifest_destroyable' as rule, manifest.person_id as key_1, manifest.entity as key_2
from ${table} as manifest
left join ${ctx.ref("gold", "retention")} as retention
  on retention.person_id = manifest.person_id
where not coalesce(retention.is_destroyable, false)`,
      },
    ],
  },
);
