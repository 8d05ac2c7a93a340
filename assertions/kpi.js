const { codeSet, declare, key, keyColumns, nonNull, row } = require("../includes/declared.js");
const { KPIS } = require("../includes/kpis.js");

const names = KPIS.map(({ name }) => name);

for (const [table, period] of [
  ["kpi_daily", "kpi_date"],
  ["kpi_monthly", "kpi_month"],
]) {
  declare(
    { schema: "gold", name: table },
    {
      keys: ["kpi_key"],
      rules: [
        key(`${table}_key`),
        nonNull(`${table}_placed`, ["kpi", "tenant_id", period, "unit"]),
        codeSet(`${table}_known`, "kpi", names),
        row(`${table}_value_or_reason`, "there is a value, or else a reason", "(value is null) = (reason is not null)"),
        row(
          `${table}_share`,
          "a share of what cannot be more than all lies between 0 and 1",
          "coalesce(unit, '') <> 'share' or value is null or kpi in ('reimbursement_rate', 'provider_utilization', 'equipment_utilization') or value between 0 and 1",
        ),
      ],
    },
  );
}

// What is one row a facility and day already is taken over as it is; a facility may be unknown.
declare(
  { schema: "gold", name: "kpi_part" },
  {
    keys: ["kpi", "tenant_id", "facility_key", { name: "kpi_date", type: "date" }],
    rules: [
      {
        name: "kpi_part_once",
        description: "one row a KPI, facility and day",
        kind: "set",
        sql: ({ table, keys }) => `
select 'kpi_part_once' as rule, ${keyColumns(keys)}
from ${table}
group by kpi, tenant_id, facility_key, kpi_date
having count(*) > 1`,
      },
    ],
  },
);
