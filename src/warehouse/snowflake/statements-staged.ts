/**
 * The SQL that Snowflake is sent to land files that lie in a stage of somebody's, and that it reads itself. Pure text. COPY with a
 * SELECT pads a short record and cuts a long one in silence, so it goes into a table of this session first, with one field more
 * than the file has, where the two are told apart: a field that is there is never NULL, for empty ones come as empty text.
 */
import { quoteName, quoteTarget, type Target } from "../../graph/index.js";
import type { LandingFile, LandingPlan } from "../lander.js";
import { provenanceColumns, rejectedLineColumns } from "../landing.js";
import { timestamp } from "./statements-load.js";
import { snowflakeText } from "./text.js";

type Place = Pick<Target, "database" | "schema">;

/** Every setting, so that none is what the stage says. `\n` takes CR LF as well. */
const format = (settings: string) =>
  `type = csv compression = auto record_delimiter = '\\n' ${settings} trim_space = false escape = none escape_unenclosed_field = none null_if = () empty_field_as_null = false replace_invalid_characters = false encoding = 'UTF8'`;

const fields = (header: 0 | 1) =>
  format(
    `field_delimiter = ',' skip_header = ${header} skip_blank_lines = true field_optionally_enclosed_by = '"' error_on_column_count_mismatch = true`,
  );

const lineFormat = (place: Place) => quoteTarget({ ...place, name: "LINE$MEDFORM" });

/** Of this session only: whole lines, for the header. */
export function createLineFormat(place: Place): string {
  return `create or replace temporary file format ${lineFormat(place)} ${format("field_delimiter = none skip_header = 0 skip_blank_lines = false field_optionally_enclosed_by = none")}`;
}

/** What lies in a stage, with `name`, `size` and `md5`. `location` is `@STAGE/path`, its names quoted. */
export function listStage(location: string): string {
  return `list ${snowflakeText(location)}`;
}

/** Of an external one a row with the property URL, whose value is a JSON array. */
export function describeStage(stage: string): string {
  return `desc stage ${stage}`;
}

/** The first line of one file, as it is. */
export function firstLine(location: string, path: string, place: Place): string {
  return `select $1 as "LINE" from ${snowflakeText(location)} (file_format => ${snowflakeText(lineFormat(place))}) where metadata$file_row_number = 1 and endswith(metadata$filename, ${snowflakeText(path)}) limit 1`;
}

const columns = (count: number) => Array.from({ length: count }, (_, index) => `C${index + 1}`);

const scratch = (place: Place, width: number) => quoteTarget({ ...place, name: `FIELDS$MEDFORM_${width}` });
const plain = (place: Place, width: number) => quoteTarget({ ...place, name: `PLAIN$MEDFORM_${width}` });

/** Tables of this session only, for files of so many columns. */
export function createFields(place: Place, width: number): readonly string[] {
  const texts = (count: number) => columns(count).map((name) => `${name} varchar`);
  return [
    `create or replace temporary table ${scratch(place, width)} (R number(38, 0), ${texts(width + 1).join(", ")})`,
    `create or replace temporary table ${plain(place, width)} (${texts(width).join(", ")})`,
  ];
}

/** A file of a stage: the folder that it is in, with `/` at its end, and its name there. */
export interface StagePath {
  readonly folder: string;
  readonly file: string;
}

/** Answers one row, with `rows_parsed`; what cannot be parsed is left out. */
export function copyFields(place: Place, width: number, { folder, file }: StagePath): string {
  const names = columns(width + 1);
  return `copy into ${scratch(place, width)} (R, ${names.join(", ")})
from (select metadata$file_row_number, ${names.map((_, index) => `$${index + 1}`).join(", ")} from ${snowflakeText(folder)})
files = (${snowflakeText(file)}) file_format = (${fields(0)}) on_error = continue`;
}

/** What COPY alone says of the records that it does not take: CODE, LINE, REJECTED_RECORD. Loads nothing. */
export function validate(place: Place, width: number, { folder, file }: StagePath): string {
  return `copy into ${plain(place, width)} from ${snowflakeText(folder)} files = (${snowflakeText(file)}) file_format = (${fields(1)}) validation_mode = return_all_errors`;
}

/** The records that have as many fields as the header, but the header. */
export function insertFields(plan: LandingPlan, file: LandingFile, place: Place): string {
  const width = file.columns.length;
  const names = [...file.columns, ...provenanceColumns.map(({ name }) => name)];
  const same = [plan.source, plan.batchId, file.file].map(snowflakeText);
  const values = [
    ...columns(width).map((name) => `nullif(${name}, '')`),
    ...same,
    "R - 1",
    `cast(${snowflakeText(timestamp(plan.loadedAt))} as timestamp_ntz)`,
  ];
  return `insert into ${quoteTarget({ ...place, ...file.target })} (${names.map(quoteName).join(", ")})
select ${values.join(", ")} from ${scratch(place, width)} where R > 1 and C${width} is not null and C${width + 1} is null`;
}

export function emptyFields(place: Place, width: number): string {
  return `delete from ${scratch(place, width)}`;
}

/** Binds: of each line source, batch, table, file, number, reason, text. */
export function insertRejected(target: Target, count: number): string {
  const row = rejectedLineColumns.map(({ name, type }) =>
    type === "bigint" ? `cast(? as number(38, 0)) as ${name}` : `? as ${name}`,
  );
  const rows = Array.from({ length: count }, () => `select ${row.join(", ")}`).join(" union all ");
  return `insert into ${quoteTarget(target)} (${rejectedLineColumns.map(({ name }) => name).join(", ")}) ${rows}`;
}
