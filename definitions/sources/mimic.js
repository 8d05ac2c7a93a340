// The landing tables of MIMIC-IV, modules hosp and icu: as delivered, every column text, with where it came from.
for (const { name, description, headers } of mimic.tables) {
  declare({ schema: tenancy.landingSchema(), name }).config({
    description: `${description} As delivered.`,
    columns: silver.describeColumns([...headers, ...landing.provenance]),
  });
}
