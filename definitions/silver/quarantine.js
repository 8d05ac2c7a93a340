// One view an entity: its rows that were kept out, with the rules that they broke. They are judged again in each run.
for (const name of Object.keys(silver.entities)) {
  publish(`${name}_quarantine`, {
    type: "view",
    schema: "silver",
    description: `Delivered rows that were kept out of ${name}, and the rules that they broke.`,
    columns: silver.describeVerdict(name),
  }).query(
    (ctx) => `
select
  ${silver
    .verdictColumns(name)
    .map(({ name: column }) => column)
    .join(",\n  ")}
from ${ctx.ref("silver", `${name}_verdict`)}
where disposition = 'quarantined'`,
  );
}
