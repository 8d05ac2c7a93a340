// Masked views: for each relation of gold one of the same name and columns that says of nobody who it is (includes/masking.js).
// The columns are those that gold declares, so this file must be read after theirs: its folder comes last.
for (const { schema, tenant } of tenancy.maskedSchemas()) {
  for (const { name, description, columns } of masking.shown(dataform.actions)) {
    // What belongs to no tenant is shown to nobody, where tenants are kept apart.
    if (tenant !== undefined && !columns.some((column) => column.name === "tenant_id")) continue;
    publish(name, {
      type: "view",
      schema,
      description: `${description} Masked${tenant === undefined ? "" : `, rows of ${tenant} only`}.`,
      columns: Object.fromEntries(columns.map((column) => [column.name, masking.described(column)])),
      snowflake: { secure: true },
    }).query((ctx) => {
      const lines = [
        "select",
        `  ${columns.map(masking.selected).join(",\n  ")}`,
        `from ${ctx.ref("gold", name)} as source`,
        ...(masking.needsAge(columns)
          ? [`left join ${ctx.ref("gold", "dim_patient")} as aged\n  on aged.patient_key = source.patient_key`]
          : []),
        ...(masking.needsKey(columns) ? [`cross join ${ctx.ref("governance", "pseudonym_key")} as secret`] : []),
        ...(tenant === undefined ? [] : [`where source.tenant_id = ${texts.literal(tenant)}`]),
      ];
      return lines.join("\n");
    });
  }
}
