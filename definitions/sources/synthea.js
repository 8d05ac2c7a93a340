// The landing tables of Synthea's CSV export: as delivered, every column text, with where it came from.
for (const { name, description, headers } of synthea.tables) {
  declare({ schema: tenancy.landingSchema(), name }).config({
    description: `${description} As delivered.`,
    columns: silver.describeColumns([...headers, ...landing.provenance]),
  });
}
