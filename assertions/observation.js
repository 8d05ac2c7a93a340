const { encounterOfPatient, event, eventOfPatient, flags } = require("../includes/event_rules.js");
const { isFlagged } = require("../includes/units.js");
const { codeSet, declare, findings, noOrphans, row } = require("../includes/declared.js");

const measured = {
  value_out_of_range: "admitted, though its value is out of the plausible range",
  unit_unknown: "admitted and not converted: its unit is not known for its code",
  ...flags("value_missing"),
};

const ofReports = [
  codeSet("lab_result_status", "status", ["preliminary", "final", "corrected"], { optional: true }),
  codeSet("lab_result_flag", "flag_computed", ["LL", "L", "N", "H", "HH"], { optional: true }),
  codeSet("lab_result_range_source", "range_source", ["sent", "seed"], { optional: true }),
  row(
    "lab_result_range",
    "a range has an end, and says where it is from",
    "(range_source is null) = (range_low is null and range_high is null)",
  ),
  noOrphans("lab_result_has_order", ["lab_order_key"], ["silver", "lab_order"], ["lab_order_key"], {
    optional: ["lab_order_key"],
  }),
  eventOfPatient("lab_result", "lab_order"),
  noOrphans("lab_result_has_provider", ["provider_key"], ["silver", "provider"], ["provider_key"], {
    optional: ["provider_key"],
  }),
];

const notConverted = (entity) =>
  row(
    `${entity}_implausible_not_converted`,
    "a value that no living person can have is neither converted nor judged",
    `not ${isFlagged("flags")} or (standard_value is null${entity === "lab_result" ? " and flag_computed is null" : ""})`,
  );

for (const entity of ["lab_result", "vital_sign", "observation"]) {
  declare(
    { schema: "silver", name: entity },
    {
      keys: [`${entity}_key`],
      rows: "new of one",
      rules: [
        ...event(entity, { at: "observed_at", date: "observed_date" }),
        encounterOfPatient(entity),
        codeSet(`${entity}_comparator`, "comparator", ["<", "<=", ">", ">="], { optional: true }),
        ...(entity === "observation" ? [] : [notConverted(entity)]),
        ...(entity === "lab_result" ? ofReports : []),
      ],
    },
  );

  findings(entity, {
    ...(entity === "observation" ? {} : measured),
    ...(entity === "lab_result"
      ? {
          lab_order_unresolved: "admitted, though the order that it names is not known",
          ...flags("author_unresolved", "out_of_order"),
        }
      : {}),
    // Of vital signs no source gives an id of its own.
    ...(entity === "vital_sign" ? {} : flags("conflict")),
    ...flags("after_death", "outside_encounter", "encounter_unresolved"),
  });
}
