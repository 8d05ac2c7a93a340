const schema = readers.schema();
const { defaultDatabase: database } = dataform.projectConfig;

// All or none are switched: they are published in one transaction.
for (const [name, { relation, about }] of Object.entries(readers.VIEWS)) {
  const source = schema === "gold" ? relation : name;
  if (schema !== "gold") {
    declare({
      database,
      schema,
      name,
      description: `${about}, as the warehouse that is to be replaced has it.`,
    });
  }
  publish(name, {
    type: "view",
    schema: "readers",
    description: `${about}: ${schema}.${source}, under a name that stays when another warehouse takes over.`,
    tags: ["clinical", "publish:readers"],
    columns: schema === "gold" ? readers.columnsOf(dataform.actions, relation) : {},
  }).query(
    // Whatever columns it has.
    (ctx) => `select * from ${ctx.ref(schema, source)}`,
  );
}
