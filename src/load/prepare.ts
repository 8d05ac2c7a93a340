/** Everything that can be wrong with the files is found here, before the warehouse is touched. */
import { type Declaration, type Graph, ProblemError, type Target } from "../graph/index.js";
import { isLandingSchema, provenanceColumns, type StagedFile } from "../warehouse/index.js";
import { deliveredAt, toldDate } from "./delivered.js";
import { discoverFile, discoverFolder, type Found } from "./discover.js";
import type { LoadListener } from "./events.js";
import { columnNames } from "./header.js";
import { isParquet, parquetColumns } from "./parquet.js";
import { readHeader } from "./sniff.js";
import { type Fingerprinted, fingerprint } from "./source-file.js";
import { spreadsheetDates } from "./spreadsheet.js";
import { type DeliveredTable, type FolderFormat, folderFormats, otherTableOf } from "./tables.js";

/** Where landing tables lie: in the schema in which the project declares the loader's own log, which begins with RAW. */
export function landingSchema({ actions }: Graph): string {
  const log = actions.find(
    ({ kind, target }) =>
      kind === "declaration" && target.name.toUpperCase() === "LOADED_FILE" && isLandingSchema(target.schema),
  );
  return log?.target.schema ?? "RAW";
}

/** Tables that the loader keeps for its own counts. */
export const logTables = ["LOADED_FILE", "REJECTED_LINE", "REPEATED_FILE"] as const;

/** A file that is known to be a table's, before it is known whether it is new. */
export interface Prepared extends Fingerprinted {
  readonly target: Target;
  /** What its table knows it by: the hash of its content, and where that came back after another, the instant of that delivery. */
  readonly knownAs: string;
  /** Names of the file's columns, one a field: as written, and as the landing table has them. */
  readonly header: readonly string[];
  readonly columns: readonly string[];
  /** What the landing table shall have beside them: declared by the project, else known of the format. */
  readonly declared: readonly string[];
  /** ISO instant. */
  readonly deliveredAt: string;
  /** Whether somebody said so, a person or a name; else it is when the file was last written. */
  readonly isDated: boolean;
  /** Where it lies in a stage of the engine's, which reads it itself. Of one that was loaded before, no columns are known. */
  readonly staged?: StagedFile;
}

export interface PrepareOptions {
  readonly format: FolderFormat["name"] | "csv";
  readonly path: string;
  readonly table?: string;
  /** ISO instant. */
  readonly delivered?: string;
  readonly source: string;
  readonly graph: Graph;
  readonly listener: LoadListener;
  readonly signal?: AbortSignal;
}

export async function prepare(options: PrepareOptions): Promise<readonly Prepared[]> {
  const { format, source, listener } = options;
  const at = new Date().toISOString();
  if (format === "csv") {
    const table = landingName(options.table);
    const file = await discoverFile(options.path);
    listener({ kind: "load-started", at, format, source, files: 1 });
    return [await prepareFile(file, table, undefined, options)];
  }
  if (options.table !== undefined) {
    throw new ProblemError({
      code: "load-option",
      message: `--table goes with the format csv; ${format} knows its tables by the names of the files`,
    });
  }
  const folder = await discoverFolder(folderFormats[format], options.path);
  listener({ kind: "load-started", at, format, source, files: folder.files.length });
  for (const file of folder.ignored) listener({ kind: "file-ignored", file, reason: "no table of this format" });
  for (const table of folder.absent) listener({ kind: "table-absent", table: table.landing });
  const prepared: Prepared[] = [];
  for (const { file, table } of folder.files) {
    const read = await prepareFile(file, table.landing, table, options);
    refuseForeign(folderFormats[format], file.name, table, read.columns);
    prepared.push(read);
  }
  return prepared;
}

async function prepareFile(
  file: Found,
  landing: string,
  table: DeliveredTable | undefined,
  options: PrepareOptions,
): Promise<Prepared> {
  const read = await fingerprint(file, options.signal);
  const header = isParquet(file) ? await parquetColumns(file) : readHeader(read);
  const columns = columnNames(header, file.name);
  const suspect = (isParquet(file) ? [] : spreadsheetDates(read)).flatMap((index) => columns[index] ?? []);
  if (suspect.length > 0) {
    const about = { file: file.name, table: landing, columns: suspect };
    options.listener({ kind: "file-suspect", reason: "spreadsheet dates", ...about });
  }
  return {
    ...read,
    ...landingOf(options.graph, landing, table),
    knownAs: read.hash,
    header,
    columns,
    deliveredAt: options.delivered ?? deliveredAt(file.path, file.modified),
    isDated: (options.delivered ?? toldDate(file.path)) !== undefined,
  };
}

/** The table of that name, and what the project declares of it, else what is known of the format. */
export function landingOf(
  graph: Graph,
  landing: string,
  table?: DeliveredTable,
): Pick<Prepared, "target" | "declared"> {
  const declaration = declarationOf(graph, landing);
  return {
    target: declaration?.target ?? { ...databaseOf(graph), schema: landingSchema(graph), name: landing },
    declared: declaration === undefined ? (table?.columns ?? []) : declaredColumns(declaration, table),
  };
}

/** The place of tables that no declaration names. */
export function databaseOf(graph: Graph): { readonly database?: string } {
  return graph.defaultDatabase === undefined ? {} : { database: graph.defaultDatabase };
}

/** A header that is not this table's. The names in the file are not repeated: its first line may be a patient. */
function refuseForeign(format: FolderFormat, file: string, table: DeliveredTable, columns: readonly string[]): void {
  const missing = table.required.filter((column) => !columns.includes(column));
  const other = otherTableOf(format, table, columns);
  if (missing.length === 0 && other === undefined) return;
  throw new ProblemError({
    code: "load-other-table",
    message:
      other === undefined
        ? `${file} is not ${format.whose} table ${table.name}: its header has no ${missing.join(", ")}`
        : `${file} is not ${format.whose} table ${table.name}: its header is that of ${other.name}`,
    at: { file, line: 1 },
    hint: columns.every((column) => /^COL(?:UMN)?_?\d+$/.test(column))
      ? "Its columns are numbered: a program that it passed through has dropped their names. Ask for it as it was exported."
      : other === undefined
        ? "Load a file of another origin with: medform load csv FILE --table NAME"
        : "Were two files given each other's name?",
  });
}

function declarationOf(graph: Graph, landing: string): Declaration | undefined {
  const schema = landingSchema(graph).toUpperCase();
  return graph.actions.find(
    (action): action is Declaration =>
      action.kind === "declaration" &&
      action.target.schema.toUpperCase() === schema &&
      action.target.name.toUpperCase() === landing,
  );
}

function declaredColumns(declaration: Declaration, table: DeliveredTable | undefined): readonly string[] {
  const provenance = new Set(provenanceColumns.map(({ name }) => name));
  const names = declaration.columns
    .map(({ path }) => path.join(".").toUpperCase())
    .filter((name) => !provenance.has(name));
  return names.length === 0 ? (table?.columns ?? []) : names;
}

export function landingName(table: string | undefined): string {
  if (table === undefined || !/^[A-Za-z_][A-Za-z0-9_$]*$/.test(table) || table.length > 255) {
    throw new ProblemError({
      code: "load-table-name",
      message: table === undefined ? "csv needs the name of a table" : "The name of the table is no plain identifier",
      hint: "Give it as --table NAME: letters, digits, _ and $, not beginning with a digit.",
    });
  }
  const name = table.toUpperCase();
  if (logTables.some((reserved) => reserved === name)) {
    throw new ProblemError({
      code: "load-table-name",
      message: `${name} is the loader's own table`,
      hint: "Choose another name.",
    });
  }
  return name;
}
