/** The formats that are folders of files, and the tables that such a folder can hold. */
import { hospitalHeaders } from "./hospital.js";
import { mimicHeaders } from "./mimic.js";
import { syntheaHeaders } from "./synthea.js";

export interface DeliveredTable {
  /** As in the file name, lower case: `claims_transactions`. */
  readonly name: string;
  /** Landing table in RAW. */
  readonly landing: string;
  /** The union of the versions' columns, upper case, in the order of the newest. */
  readonly columns: readonly string[];
  /** Columns that every version writes. */
  readonly stable: readonly string[];
  /** Those without which a file is not this table: keys, references, times. */
  readonly required: readonly string[];
  /** Part of every export of its system; the absence of another is nothing to report. */
  readonly exported: boolean;
}

export interface FolderFormat {
  readonly name: "synthea-csv" | "mimic";
  /** Whose tables they are, for messages: `Synthea's`. */
  readonly whose: string;
  /** Name of the source system where the load gives none. */
  readonly source: string;
  /** Where its files lie: the folder itself, and folders in it. */
  readonly folders: readonly string[];
  /** What to look for where none of its tables is found. */
  readonly looksLike: string;
  readonly tables: readonly DeliveredTable[];
  /** Whether its licence keeps it apart: a warehouse that holds its tables holds those of no other format. */
  readonly isApart: boolean;
}

/** Without these there is no key, no reference or no time, so that no row of the file could be used. */
const identifying: ReadonlySet<string> = new Set(
  "ID PATIENT PATIENTID START DATE CODE BIRTHDATE CLAIMID PAYER MEMBERID SCHEDULED_START STATUS ENCOUNTERCLASS NAME UDI QUANTITY VALUE SERIES_UID BRANCH SUBJECT_ID HADM_ID STAY_ID ITEMID PROVIDER_ID CAREGIVER_ID ICD_CODE POE_ID".split(
    " ",
  ),
);

function table(format: string, name: string, header: string): DeliveredTable {
  const marked = header.split(" ");
  const columns = marked.map((column) => column.replace(/^[~-]/, ""));
  const stable = marked.filter((column) => !/^[~-]/.test(column));
  return {
    name,
    landing: `${format}_${name.toUpperCase()}`,
    columns,
    stable,
    required: stable.filter((column) => identifying.has(column)),
    exported: format !== "HOSPITAL" && name !== "appointments",
  };
}

const tablesOf = (format: string, headers: Readonly<Record<string, string>>) =>
  Object.entries(headers).map(([name, header]) => table(format, name, header));

/** By the name of the format. `synthea-csv` are the 18 tables of Synthea's export, `appointments`, and what else a hospital delivers with them. */
export const folderFormats: Readonly<Record<FolderFormat["name"], FolderFormat>> = {
  "synthea-csv": {
    name: "synthea-csv",
    whose: "Synthea's",
    source: "synthea",
    folders: ["."],
    looksLike: "Synthea writes patients.csv, encounters.csv and others into output/csv.",
    tables: [...tablesOf("SYNTHEA", syntheaHeaders), ...tablesOf("HOSPITAL", hospitalHeaders)],
    isApart: false,
  },
  mimic: {
    name: "mimic",
    whose: "MIMIC's",
    source: "mimic",
    folders: [".", "hosp", "icu"],
    looksLike: "MIMIC-IV holds the folders hosp and icu, with patients.csv.gz, icustays.csv.gz and others.",
    tables: tablesOf("MIMIC", mimicHeaders),
    isApart: true,
  },
};

/** The table that a file is by its name, in any case, `.csv`, `.csv.gz` or `.parquet`; undefined where it is none. */
export function deliveredTableOf({ tables }: FolderFormat, fileName: string): DeliveredTable | undefined {
  const stem = /^(.+?)\.(?:csv(?:\.gz)?|parquet)$/i.exec(fileName)?.[1]?.toLowerCase();
  return tables.find(({ name }) => name === stem);
}

/** The format that a landing table belongs to; undefined where it is of none. */
export function formatOf(landing: string): FolderFormat | undefined {
  return Object.values(folderFormats).find(({ tables }) => tables.some((table) => table.landing === landing));
}

/** Which other table a header is, exactly, where it is not exactly this one: files whose names were swapped. */
export function otherTableOf(
  { tables }: FolderFormat,
  table: DeliveredTable,
  columns: readonly string[],
): DeliveredTable | undefined {
  if (isExactly(table, columns)) return undefined;
  return tables.find((other) => other !== table && isExactly(other, columns));
}

function isExactly(table: DeliveredTable, columns: readonly string[]): boolean {
  return (
    table.stable.every((column) => columns.includes(column)) &&
    columns.every((column) => table.columns.includes(column))
  );
}
