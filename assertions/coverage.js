const { flags } = require("../includes/event_rules.js");
const {
  codeSet,
  declare,
  findings,
  key,
  noOrphans,
  noOverlap,
  nonNull,
  oneCurrent,
  period,
} = require("../includes/declared.js");

declare(
  { schema: "silver", name: "payer" },
  { keys: ["payer_key"], rules: [key("payer_key_unique"), nonNull("payer_identified", ["tenant_id", "payer_id"])] },
);

findings("payer", flags("conflict"));

const rank = ["patient_key", "coverage_rank"];

declare(
  { schema: "silver", name: "coverage" },
  {
    keys: ["coverage_key"],
    rules: [
      key("coverage_key_unique"),
      noOrphans("coverage_has_patient", ["patient_key"], ["silver", "patient"]),
      noOrphans("coverage_has_payer", ["payer_key"], ["silver", "payer"], ["payer_key"], { optional: ["payer_key"] }),
      codeSet("coverage_rank_known", "coverage_rank", ["primary", "secondary"]),
      period("coverage_period"),
      noOverlap("coverage_no_overlap", rank),
      oneCurrent("coverage_one_current", rank, "is_current"),
    ],
  },
);

findings("coverage", {
  stop_before_start: "admitted, though it does not end after it begins; that end is not believed",
  payer_unresolved: "admitted, though its payer is not known",
  coverage_overlap: "admitted, though the next one of its rank begins before it ends; it ends there",
  ...flags("conflict"),
});
