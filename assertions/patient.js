const { flags } = require("../includes/event_rules.js");
const {
  codeSet,
  declare,
  findings,
  key,
  neverRewritten,
  noGap,
  noOrphans,
  noOverlap,
  nonNull,
  oneCurrent,
  ordered,
  period,
} = require("../includes/declared.js");
const histories = require("../includes/histories.js");

declare(
  { schema: "silver", name: "patient" },
  {
    keys: ["patient_key"],
    rules: [
      key("patient_key_unique"),
      nonNull("patient_identified", ["tenant_id", "patient_id", "assigning_authority"]),
      codeSet("patient_status", "status", ["active", "inactive", "deceased", "transferred"]),
      ordered("patient_death_after_birth", ["birth_date", "death_date"], { optional: ["birth_date", "death_date"] }),
    ],
  },
);

findings("patient", {
  file_damaged: "admitted, though the file was rewritten by a spreadsheet program; what could not be read is NULL",
  birth_death_implausible: "admitted, though its birth date or date of death is not plausible; the date is NULL",
  duplicate_patient: "admitted, though another record has the same social security number and birth date",
  ...flags("conflict"),
});

// Each patient has its row in patient_xref, so that gold, which starts there, sees everybody.
declare(
  { schema: "silver", name: "patient" },
  {
    suffix: "resolved",
    keys: ["patient_key"],
    rules: [noOrphans("patient_has_person", ["patient_key"], ["silver", "patient_xref"])],
  },
);

declare(
  { schema: "silver", name: "patient_address" },
  {
    keys: ["patient_address_key"],
    rules: [
      key("patient_address_key_unique"),
      noOrphans("patient_address_has_patient", ["patient_key"], ["silver", "patient"]),
      oneCurrent("patient_address_one_current", ["patient_key", "address_use"], "is_current"),
    ],
  },
);

for (const name of ["patient_history", "patient_status_history", "patient_address_history"]) {
  const { key: of, attributes, uniqueKey, columns } = histories[name];
  const keys = uniqueKey.map((each) => columns.find((column) => column.name === each));
  const table = { schema: "silver", name };
  declare(table, {
    keys,
    rules: [
      key(`${name}_key`),
      noOrphans(`${name}_has_patient`, ["patient_key"], ["silver", "patient"]),
      period(`${name}_period`),
      noGap(`${name}_no_gap`, of, { recorded: true }),
      noOverlap(`${name}_no_overlap`, of, { recorded: true }),
      oneCurrent(`${name}_one_current`, of, "is_current"),
    ],
  });
  declare(table, {
    suffix: "chain",
    keys,
    rules: [neverRewritten(`${name}_never_rewritten`, of, attributes)],
  });
}
