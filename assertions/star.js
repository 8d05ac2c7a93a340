const { declare, everyOne, key, noOrphans, range } = require("../includes/declared.js");

const dimension = (table, parent, rules = []) =>
  declare(
    { schema: "gold", name: table },
    {
      keys: [`${parent}_key`],
      rules: [key(`${table}_key`), everyOne(`${table}_complete`, `${parent}_key`, parent), ...rules],
    },
  );

const optional = (name, column, parent) =>
  noOrphans(name, [column], ["gold", parent], [column], { optional: [column] });

dimension("dim_facility", "facility", [optional("dim_facility_has_region", "region_key", "dim_region")]);
dimension("dim_department", "department", [optional("dim_department_has_facility", "facility_key", "dim_facility")]);
dimension("dim_provider", "provider", [optional("dim_provider_has_facility", "facility_key", "dim_facility")]);

declare(
  { schema: "gold", name: "dim_region" },
  {
    keys: ["region_key"],
    rules: [key("dim_region_key"), range("dim_region_facilities", "facility_count", { low: 1 })],
  },
);
declare({ schema: "gold", name: "dim_diagnosis" }, { keys: ["diagnosis_key"], rules: [key("dim_diagnosis_key")] });
declare(
  { schema: "gold", name: "dim_date" },
  {
    keys: ["calendar_date"],
    rules: [key("dim_date_key"), range("dim_date_weekday", "day_of_week", { low: 1, high: 7 })],
  },
);
