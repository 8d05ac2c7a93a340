/** The columns that the loader writes beside what was delivered, and how bronze names them. */
const sources = require("./source_systems.js");
const { column } = require("./columns.js");

/** Columns of every landing table, for declarations. */
const provenance = [
  column("_SOURCE_SYSTEM", "text", "The system that delivered the row.", ["provenance"]),
  column("_BATCH_ID", "text", "The batch that landed the row.", ["provenance"]),
  column("_FILE", "text", "The file that delivered the row.", ["provenance"]),
  column("_ROW", "integer", "The record's number in its file, from 1, the header not counted.", ["provenance"]),
  column("_LOADED_AT", "instant", "When the row was landed, in UTC.", ["provenance"]),
];

/** The same as every bronze model shows them, with what is known about the source. */
const bronze = [
  column("source_system", "text", "The system that delivered the row."),
  column("tenant_id", "text", "The organisation that the row belongs to."),
  column("assigning_authority", "text", "Who gave the source's patient ids."),
  column("time_zone", "text", "Where the source's days begin."),
  column("source_record", "text", "The delivered row: batch, file and row number. Unique.", ["provenance"]),
  column("batch_id", "text", "The batch that landed the row.", ["provenance"]),
  column("file_name", "text", "The file that delivered the row.", ["provenance"]),
  column("record_number", "integer", "The record's number in its file, from 1.", ["provenance"]),
  column("loaded_at", "instant", "When the row was landed, in UTC.", ["provenance"]),
];

const sourceRecord = `_batch_id || '/' || _file || '#' || cast(_row as varchar)`;

/** Select list of those columns over a landing table. */
const selected = [
  "_source_system as source_system",
  `${sources.tenant("_source_system")} as tenant_id`,
  `${sources.authority("_source_system")} as assigning_authority`,
  `${sources.zone("_source_system")} as time_zone`,
  `${sourceRecord} as source_record`,
  "_batch_id as batch_id",
  "_file as file_name",
  "_row as record_number",
  "_loaded_at as loaded_at",
];

module.exports = { bronze, provenance, selected, sourceRecord };
