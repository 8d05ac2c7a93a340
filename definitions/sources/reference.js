// The landing tables of published lists of codes: as delivered, with where it came from.
for (const { name, description, headers } of reference.tables) {
  declare({ schema: tenancy.landingSchema(), name }).config({
    description: `${description} As delivered.`,
    columns: silver.describeColumns([...headers, ...landing.provenance]),
  });
}
