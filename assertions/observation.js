const { encounterOfPatient, event, eventOfPatient, flags } = require("../includes/event_rules.js");
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
];

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
        ...(entity === "lab_result" ? ofReports : []),
      ],
    },
  );

  findings(entity, {
    ...(entity === "observation" ? {} : measured),
    ...(entity === "lab_result"
      ? {
          lab_order_unresolved: "admitted, though the order that it names is not known",
          ...flags("out_of_order"),
        }
      : {}),
    // Of vital signs no source gives an id of its own.
    ...(entity === "vital_sign" ? {} : flags("conflict")),
    ...flags("after_death", "outside_encounter", "encounter_unresolved"),
  });
}
