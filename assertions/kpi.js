const { codeSet, declare, key, nonNull, row } = require("../includes/declared.js");
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
