// Every value that was delivered and could not be typed: where it is and why, never what it is.
const { column } = require("../../includes/columns.js");

const failures = formats.tables.flatMap(({ name: table, fields }) =>
  fields
    .map((field) => format.failure(field, source_systems.zone("_source_system")))
    .filter((failure) => failure !== undefined)
    .map((failure) => ({ table, ...failure })),
);

publish("cast_failure", {
  type: "view",
  schema: "bronze",
  description:
    "Values that were delivered and could not be typed; they are NULL in bronze. The value itself stays in landing.",
  columns: silver.describeColumns([
    column("table_name", "text", "The bronze table."),
    column("source_record", "text", "The delivered row.", ["provenance"]),
    column("batch_id", "text", "The batch that landed the row.", ["provenance"]),
    column("column_name", "text", "The column; of a time without its _at, _date or _precision."),
    column("reason", "text", "What it is not."),
  ]),
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
  from ${ctx.ref("raw", table)}
) as landed
where ${when}`,
    )
    .join("\nunion all"),
);
