const { flags } = require("../includes/event_rules.js");
const { declare, findings, key, noOrphans, nonNull, range } = require("../includes/declared.js");

declare(
  { schema: "silver", name: "facility" },
  {
    keys: ["facility_key"],
    rules: [
      key("facility_key_unique"),
      nonNull("facility_identified", ["tenant_id", "facility_id"]),
      range("facility_latitude", "latitude", { low: -90, high: 90, optional: true }),
      range("facility_longitude", "longitude", { low: -180, high: 180, optional: true }),
    ],
  },
);

findings("facility", flags("conflict"));

declare(
  { schema: "silver", name: "department" },
  {
    keys: ["department_key"],
    rules: [
      key("department_key_unique"),
      nonNull("department_identified", ["tenant_id", "department_id", "is_derived"]),
      noOrphans("department_has_facility", ["facility_key"], ["silver", "facility"], ["facility_key"], {
        optional: ["facility_key"],
      }),
    ],
  },
);
