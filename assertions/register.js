const { flags } = require("../includes/event_rules.js");
const { codeSet, declare, findings, key, noOrphans, nonNull, oneCurrent } = require("../includes/declared.js");

const hasPatient = (entity) => noOrphans(`${entity}_has_patient`, ["patient_key"], ["silver", "patient"]);
const ended = { stop_before_start: "admitted, though it ends before it begins" };

declare(
  { schema: "silver", name: "patient_identifier" },
  {
    keys: ["patient_identifier_key"],
    rules: [
      key("patient_identifier_key_unique"),
      hasPatient("patient_identifier"),
      codeSet("patient_identifier_kind", "identifier_kind", [
        "mrn",
        "ssn",
        "passport",
        "drivers_license",
        "insurance_member",
      ]),
      {
        name: "patient_identifier_ssn_hashed",
        description: "of a social security number only the hash is kept, of any other number both",
        kind: "row",
        failing:
          "not coalesce((identifier_hash is not null and (identifier_value is null) = (identifier_kind = 'ssn')), false)",
      },
    ],
  },
);
findings("patient_identifier", { ...ended, ...flags("conflict") });

declare(
  { schema: "silver", name: "patient_contact" },
  { keys: ["patient_contact_key"], rules: [key("patient_contact_key_unique"), hasPatient("patient_contact")] },
);
findings("patient_contact", flags("conflict"));

declare(
  { schema: "silver", name: "patient_status" },
  {
    keys: ["patient_status_key"],
    rules: [
      key("patient_status_key_unique"),
      nonNull("patient_status_dated", ["changed_at", "changed_date", "is_legal"]),
      hasPatient("patient_status"),
      codeSet("patient_status_known", "status", ["active", "inactive", "transferred", "deceased"]),
      codeSet("patient_status_confidentiality", "confidentiality", ["normal", "restricted", "vip"]),
      oneCurrent("patient_status_one_current", ["patient_key"], "is_current"),
    ],
  },
);
findings("patient_status", {
  transition_illegal: "admitted, though that status does not follow the one before it",
  ...flags("conflict"),
});

declare(
  { schema: "silver", name: "risk_score" },
  {
    keys: ["risk_score_key"],
    rules: [
      key("risk_score_key_unique"),
      nonNull("risk_score_dated", ["scored_at", "scored_date"]),
      hasPatient("risk_score"),
    ],
  },
);
findings("risk_score", flags("after_death", "conflict"));

declare(
  { schema: "silver", name: "patient_risk_score" },
  {
    keys: ["patient_key", "score_name"],
    rules: [
      key("patient_risk_score_key"),
      nonNull("patient_risk_score_dated", ["current_since"]),
      {
        name: "patient_risk_score_previous",
        description: "the value before was so before, and was another",
        kind: "row",
        failing:
          "not coalesce((previous_since is null or previous_since < current_since and previous_score is distinct from score), false)",
      },
    ],
  },
);

declare(
  { schema: "silver", name: "legal_hold" },
  {
    keys: ["legal_hold_key"],
    rules: [
      key("legal_hold_key_unique"),
      nonNull("legal_hold_dated", ["placed_at", "placed_date"]),
      hasPatient("legal_hold"),
    ],
  },
);
findings("legal_hold", { ...ended, ...flags("conflict") });
