/** Rows of a tiny hospital as the CSV files that a delivery would hold: what a row does not say is empty. */
const HEADERS = {
  patients: ["Id", "BIRTHDATE", "DEATHDATE", "SSN", "FIRST", "LAST", "GENDER", "ADDRESS", "CITY", "ZIP", "INCOME"],
  organizations: ["Id", "NAME"],
  providers: ["Id", "ORGANIZATION", "NAME"],
  encounters: [
    "Id",
    "START",
    "STOP",
    "PATIENT",
    "ORGANIZATION",
    "PROVIDER",
    "ENCOUNTERCLASS",
    "CODE",
    "TOTAL_CLAIM_COST",
    "PAYER_COVERAGE",
  ],
  conditions: ["START", "STOP", "PATIENT", "ENCOUNTER", "CODE", "DESCRIPTION"],
  procedures: ["START", "STOP", "PATIENT", "ENCOUNTER", "CODE", "DESCRIPTION"],
  medications: ["START", "STOP", "PATIENT", "ENCOUNTER", "CODE", "DESCRIPTION", "DISPENSES"],
  allergies: ["START", "STOP", "PATIENT", "ENCOUNTER", "CODE", "DESCRIPTION"],
  immunizations: ["DATE", "PATIENT", "ENCOUNTER", "CODE", "DESCRIPTION"],
  imaging_studies: [
    "Id",
    "DATE",
    "PATIENT",
    "ENCOUNTER",
    "SERIES_UID",
    "INSTANCE_UID",
    "MODALITY_CODE",
    "PROCEDURE_CODE",
  ],
  observations: ["DATE", "PATIENT", "ENCOUNTER", "CATEGORY", "CODE", "VALUE", "UNITS", "TYPE"],
  appointments: [
    "Id",
    "PATIENT",
    "PROVIDER",
    "ORGANIZATION",
    "DEPARTMENT",
    "BOOKED_AT",
    "SCHEDULED_START",
    "SCHEDULED_END",
    "CHECKED_IN_AT",
    "STARTED_AT",
    "ENDED_AT",
    "STATUS",
    "ENCOUNTER",
    "CREATED_BY",
    "UPDATED_AT",
  ],
} as const;

export type Table = keyof typeof HEADERS;
export type Line = Readonly<Record<string, string>>;
export type Delivery = Readonly<Partial<Record<Table, readonly Line[]>>>;

/** One CSV text a table; a value must not need quoting. A column that the table has not is a mistake of the test. */
export function files(delivery: Delivery): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [table, lines] of Object.entries(delivery)) {
    const header: readonly string[] = HEADERS[table as Table];
    for (const name of lines.flatMap((line) => Object.keys(line))) {
      if (!header.includes(name)) throw new Error(`${table} has no column ${name}`);
    }
    texts[table] = [header, ...lines.map((line) => header.map((name) => line[name] ?? ""))]
      .map((values) => `${values.join(",")}\n`)
      .join("");
  }
  return texts;
}
