// The landing tables of Synthea's CSV export: as delivered, every column text, with where it came from.
for (const [table, { description }] of Object.entries(synthea.tables)) {
  declare({ schema: "raw", name: `synthea_${table}` }).config({
    description: `${description} As delivered.`,
    columns: silver.describeColumns([...synthea.headers(table), ...landing.provenance]),
  });
}
