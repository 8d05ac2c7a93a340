// Staging: one view a landing table. Names and types; what cannot be typed is NULL here and a row of cast_failure.
for (const [table, { description }] of Object.entries(synthea.tables)) {
  const { trimmed, instants, columns } = synthea.steps(table);
  publish(`synthea_${table}`, {
    type: "view",
    schema: "bronze",
    description: `${description} Named and typed, nothing dropped.`,
    columns: silver.describeColumns([...columns.map(({ column }) => column), ...landing.bronze]),
  }).query(
    (ctx) => `
with landed as (
  select
    ${[...landing.selected, ...trimmed].join(",\n    ")}
  from ${ctx.ref("raw", `synthea_${table}`)}
),
timed as (
  select
    ${["landed.*", ...instants].join(",\n    ")}
  from landed
)
select
  ${columns.map(({ column, sql }) => `${sql} as ${column.name}`).join(",\n  ")},
  ${landing.bronze.map(({ name }) => name).join(",\n  ")}
from timed`,
  );
}
