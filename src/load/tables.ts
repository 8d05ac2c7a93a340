/** The tables that a folder of delivered files can hold. */
import { hospitalHeaders } from "./hospital.js";
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
  /** Part of Synthea's own export; the absence of another is nothing to report. */
  readonly exported: boolean;
}

/** Without these there is no key, no reference or no time, so that no row of the file could be used. */
const identifying: ReadonlySet<string> = new Set(
  "ID PATIENT PATIENTID START DATE CODE BIRTHDATE CLAIMID PAYER MEMBERID SCHEDULED_START STATUS ENCOUNTERCLASS NAME UDI QUANTITY VALUE SERIES_UID BRANCH".split(
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
    exported: format === "SYNTHEA" && name !== "appointments",
  };
}

const tablesOf = (format: string, headers: Readonly<Record<string, string>>) =>
  Object.entries(headers).map(([name, header]) => table(format, name, header));

/** The 18 tables of Synthea's export, `appointments`, and what else a hospital delivers with them. */
export const deliveredTables: readonly DeliveredTable[] = [
  ...tablesOf("SYNTHEA", syntheaHeaders),
  ...tablesOf("HOSPITAL", hospitalHeaders),
];

const byName: ReadonlyMap<string, DeliveredTable> = new Map(deliveredTables.map((entry) => [entry.name, entry]));

/** The table that a file is by its name, in any case, `.csv` or `.csv.gz`; undefined where it is none. */
export function deliveredTableOf(fileName: string): DeliveredTable | undefined {
  const stem = /^(.+?)\.csv(?:\.gz)?$/i.exec(fileName)?.[1];
  return stem === undefined ? undefined : byName.get(stem.toLowerCase());
}

/** Which other table a header is, exactly, where it is not exactly this one: files whose names were swapped. */
export function otherTableOf(table: DeliveredTable, columns: readonly string[]): DeliveredTable | undefined {
  if (isExactly(table, columns)) return undefined;
  return deliveredTables.find((other) => other !== table && isExactly(other, columns));
}

function isExactly(table: DeliveredTable, columns: readonly string[]): boolean {
  return (
    table.stable.every((column) => columns.includes(column)) &&
    columns.every((column) => table.columns.includes(column))
  );
}
