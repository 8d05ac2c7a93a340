/**
 * The SQL that Snowflake is sent to land what was read here: part files in a stage of medform's own, and COPY out of them.
 * Pure text. Part files hold a JSON array a line, the row number first: JSON alone keeps NULL, the empty text, line ends,
 * quotes and backslashes apart without a setting of a file format that could be another on some account.
 */
import { quoteName, quoteTarget, type Target } from "../../graph/index.js";
import type { LandingFile, LandingPlan } from "../lander.js";
import {
  type LandingColumn,
  loadedFileColumns,
  provenanceColumns,
  rejectedLineColumns,
  repeatedFileColumns,
} from "../landing.js";
import { snowflakeText as quoteText } from "./text.js";

/** Of medform's own; `path` begins with a name that each load makes anew. Quoted, for a database may be named like nothing else. */
export const stagePlace = (database: string, path = ""): string =>
  quoteText(`@${quoteName(database)}.MEDFORM.LANDING${path === "" ? "" : `/${path}`}`);

export function createStage(database: string): string {
  return `create stage if not exists ${quoteName(database)}.MEDFORM.LANDING encryption = (type = 'SNOWFLAKE_FULL') comment = 'Rows on their way into landing tables; empty between loads.'`;
}

export function removeStaged(database: string, path?: string): string {
  return `remove ${stagePlace(database, path)}`;
}

/** `file` is absolute, and gzip already. */
export function put(file: string, database: string, path: string): string {
  return `put ${quoteText(`file://${file.replaceAll("\\", "/")}`)} ${stagePlace(database, path)} parallel = 4 auto_compress = false source_compression = gzip overwrite = true`;
}

const partFormat =
  "file_format = (type = json compression = gzip trim_space = false null_if = () strip_outer_array = false strip_null_values = false replace_invalid_characters = false)";

/** Into a table, from the parts under a path; answers a row a part, with `rows_loaded`. Any error ends it. */
function copyParts(target: Target, columns: readonly string[], values: readonly string[], place: string): string {
  return `copy into ${quoteTarget(target)} (${columns.map(quoteName).join(", ")})
from (select ${values.join(", ")} from ${place})
${partFormat} on_error = abort_statement`;
}

const instant = (iso: string) => `${quoteText(timestamp(iso))}::timestamp_ntz`;

/** Parts of rows: the record's number in the file, then its fields. */
export function copyRows(plan: LandingPlan, file: LandingFile, database: string, path: string): string {
  const fields = file.columns.map((_, index) => `$1[${index + 1}]::varchar`);
  const same = [plan.source, plan.batchId, file.file].map(quoteText);
  return copyParts(
    { database, ...file.target },
    [...file.columns, ...provenanceColumns.map(({ name }) => name)],
    [...fields, ...same, "$1[0]::number(38, 0)", instant(plan.loadedAt)],
    stagePlace(database, path),
  );
}

/** Parts of rejected lines: number, reason, text. */
export function copyRejected(plan: LandingPlan, file: LandingFile, database: string, path: string): string {
  const same = [plan.source, plan.batchId, file.target.name, file.file].map(quoteText);
  return copyParts(
    { database, ...plan.place, name: "REJECTED_LINE" },
    rejectedLineColumns.map(({ name }) => name),
    [...same, "$1[0]::number(38, 0)", "$1[1]::varchar", "$1[2]::varchar"],
    stagePlace(database, path),
  );
}

/** Rows of binds, those left out for which the table has one that is the same in `same`. */
function insertNew(target: Target, of: readonly LandingColumn[], same: readonly string[], count: number): string {
  const type: Readonly<Record<string, string>> = { timestamp: "timestamp_ntz", bigint: "number(38, 0)" };
  const row = of.map((column) =>
    type[column.type] === undefined ? `? as ${column.name}` : `cast(? as ${type[column.type]}) as ${column.name}`,
  );
  const rows = Array.from({ length: count }, () => `select ${row.join(", ")}`).join(" union all ");
  const columns = of.map(({ name }) => name);
  return `insert into ${quoteTarget(target)} (${columns.join(", ")})
select ${columns.map((name) => `n.${name}`).join(", ")} from (${rows}) as n
where not exists (select 1 from ${quoteTarget(target)} as f where ${same.map((name) => `f.${name} = n.${name}`).join(" and ")})`;
}

/**
 * A row of LOADED_FILE for each file whose content its table does not have yet. Binds: of each file batch, source, table,
 * file, hash, delivered at, records, landed, rejected, loaded at, header.
 */
export function insertLoadedFiles(target: Target, count: number): string {
  return insertNew(target, loadedFileColumns, ["TABLE_NAME", "CONTENT_HASH"], count);
}

/** A row of REPEATED_FILE for each delivery that has none yet. Binds: of each source, table, file, hash, delivered at, loaded at. */
export function insertRepeatedFiles(target: Target, count: number): string {
  return insertNew(target, repeatedFileColumns, ["TABLE_NAME", "CONTENT_HASH", "DELIVERED_AT"], count);
}

/** ISO instant to the text of a UTC timestamp without zone. */
export const timestamp = (iso: string): string => iso.replace("T", " ").replace("Z", "");
