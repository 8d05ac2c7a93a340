// The landing tables that the sample hospital delivers beside Synthea's export: as delivered, with where it came from.
for (const { name, description, headers } of hospital.tables) {
  declare({ schema: tenancy.landingSchema(), name }).config({
    description: `${description} As delivered.`,
    columns: silver.describeColumns([...headers, ...landing.provenance]),
  });
}
