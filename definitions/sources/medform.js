// What the loader itself writes: which files were landed, and which lines could not be.
const { column } = require("../../includes/columns.js");

const batch = column("batch_id", "text", "The batch that landed the file.", ["provenance"]);
const source = column("source_system", "text", "The system that delivered it.");
const table = column("table_name", "text", "The landing table.");
const file = column("file", "text", "The file.", ["provenance"]);

declare({ schema: tenancy.landingSchema(), name: "loaded_file" }).config({
  description: "One row for each file that was landed. A file is landed once, by content.",
  columns: silver.describeColumns([
    batch,
    source,
    table,
    file,
    column(
      "content_hash",
      "text",
      "SHA-256 of its content; where that came back after other rows of its table, with `@` and the instant of that delivery.",
      ["provenance"],
    ),
    column("delivered_at", "instant", "When the source delivered it, in UTC."),
    column("record_count", "integer", "Records in the file, the header not counted."),
    column("landed_count", "integer", "Rows landed."),
    column("rejected_count", "integer", "Lines that could not be landed."),
    column("loaded_at", "instant", "When it was landed, in UTC.", ["provenance"]),
    column(
      "header",
      "text",
      "Its header: a JSON list with, of each column in order, its name as `written` and the `column` of the landing table. NULL of what was landed before it was kept.",
    ),
  ]),
});

declare({ schema: tenancy.landingSchema(), name: "repeated_file" }).config({
  description:
    "One row for each later delivery of a content that was landed before: nothing of it is landed, and it was delivered again.",
  columns: silver.describeColumns([
    source,
    table,
    file,
    column("content_hash", "text", "SHA-256 of its content, by which raw.loaded_file knows it.", ["provenance"]),
    column("delivered_at", "instant", "When the source delivered it again, in UTC."),
    column("loaded_at", "instant", "When that was noticed, in UTC.", ["provenance"]),
  ]),
});

declare({ schema: tenancy.landingSchema(), name: "rejected_line" }).config({
  description: "Lines that could not be landed, as they were, with the reason.",
  columns: silver.describeColumns([
    source,
    batch,
    table,
    file,
    column("line_number", "integer", "The line in the file, from 1.", ["provenance"]),
    column("reason", "text", "Why it could not be landed; no value."),
    column("line", "text", "The line as delivered.", ["phi:other"]),
  ]),
});
