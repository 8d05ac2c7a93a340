// Staging: one view a landing table. Names and types; what cannot be typed is NULL here and a row of cast_failure.
for (const { name, description, steps } of formats.tables) {
  const { trimmed, instants, columns } = steps;
  publish(name, {
    type: "view",
    schema: "bronze",
    description: `${description} Named and typed, nothing dropped.`,
    columns: silver.describeColumns([...columns.map(({ column }) => column), ...landing.bronze]),
  }).query(
    (ctx) => `
with landed as (
  select
    ${[...landing.selected, ...trimmed].join(",\n    ")}
  from ${ctx.ref(tenancy.landingSchema(), name)}
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
