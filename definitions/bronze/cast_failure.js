// Every value that was delivered and could not be typed: where it is and why, never what it is. One view a format, and all of them.
const { column } = require("../../includes/columns.js");

const columns = silver.describeColumns([
  column("table_name", "text", "The bronze table."),
  column("source_record", "text", "The delivered row.", ["provenance"]),
  column("batch_id", "text", "The batch that landed the row.", ["provenance"]),
  column("column_name", "text", "The column; of a time without its _at, _date or _precision."),
  column("reason", "text", "What it is not."),
]);
const what =
  "values that were delivered and could not be typed; they are NULL in bronze. The value itself stays in landing.";

const failuresOf = (tables) =>
  tables.flatMap(({ name: table, fields }) =>
    fields
      .map((field) => format.failure(field, source_systems.zone("_source_system")))
      .filter((failure) => failure !== undefined)
      .map((failure) => ({ table, ...failure })),
  );
// Text is what it is: a format of nothing else has nothing to fail.
const typed = formats.formats
  .map(({ name, tables }) => ({ name, failures: failuresOf(tables) }))
  .filter(({ failures }) => failures.length > 0);

for (const { name: of, failures } of typed) {
  publish(`cast_failure_${of}`, {
    type: "view",
    schema: "bronze",
    description: `Of the format ${of}: ${what}`,
    columns,
  }).query((ctx) =>
    failures
      .map(
        ({ table, name, reason, said, when }) => `
select
  '${table}' as table_name,
  ${landing.sourceRecord} as source_record,
  _batch_id as batch_id,
  '${name}' as column_name,
  '${reason}' as reason
from (
  select _source_system, _batch_id, _file, _row, ${said.join(", ")}
  from ${ctx.ref(tenancy.landingSchema(), table)}
) as landed
where ${when}`,
      )
      .join("\nunion all"),
  );
}

publish("cast_failure", { type: "view", schema: "bronze", description: `V${what.slice(1)}`, columns }).query((ctx) =>
  typed
    .map(
      ({ name }) => `
select
  table_name,
  source_record,
  batch_id,
  column_name,
  reason
from ${ctx.ref("bronze", `cast_failure_${name}`)}`,
    )
    .join("\nunion all"),
);
