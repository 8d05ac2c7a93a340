/** Rows of a tiny hospital as the CSV files that a delivery would hold: what a row does not say is empty. */
import { hospitalHeaders } from "../../src/load/hospital.js";
import { mimicHeaders } from "../../src/load/mimic.js";

const SYNTHEA = {
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
  conditions: ["START", "STOP", "PATIENT", "ENCOUNTER", "SYSTEM", "CODE", "DESCRIPTION"],
  procedures: ["START", "STOP", "PATIENT", "ENCOUNTER", "SYSTEM", "CODE", "DESCRIPTION", "REASONCODE"],
  medications: ["START", "STOP", "PATIENT", "ENCOUNTER", "CODE", "DESCRIPTION", "DISPENSES"],
  allergies: ["START", "STOP", "PATIENT", "ENCOUNTER", "CODE", "SYSTEM", "DESCRIPTION"],
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
  payers: ["Id", "NAME", "OWNERSHIP"],
  payer_transitions: ["PATIENT", "MEMBERID", "START_DATE", "END_DATE", "PAYER", "SECONDARY_PAYER"],
  claims: [
    "Id",
    "PATIENTID",
    "PROVIDERID",
    "PRIMARYPATIENTINSURANCEID",
    "SECONDARYPATIENTINSURANCEID",
    "APPOINTMENTID",
    "SERVICEDATE",
    "STATUS1",
    "STATUSP",
    "OUTSTANDING1",
    "OUTSTANDINGP",
  ],
  claims_transactions: [
    "ID",
    "CLAIMID",
    "PATIENTID",
    "TYPE",
    "AMOUNT",
    "METHOD",
    "FROMDATE",
    "PAYMENTS",
    "ADJUSTMENTS",
    "TRANSFERS",
    "TRANSFERTYPE",
    "APPOINTMENTID",
    "PROVIDERID",
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

const headersOf = (headers: Readonly<Record<string, string>>, prefix = "") =>
  Object.fromEntries(Object.entries(headers).map(([table, header]) => [prefix + table, header.split(" ")]));

const HEADERS: Readonly<Record<string, readonly string[]>> = {
  ...SYNTHEA,
  ...headersOf(hospitalHeaders),
  ...headersOf(mimicHeaders, "mimic_"),
};

export type Line = Readonly<Record<string, string>>;
/** Rows by table: one of Synthea's, one that a hospital delivers beside them, or `mimic_` and one of MIMIC's. */
export type Delivery = Readonly<Record<string, readonly Line[]>>;

/** One CSV text a table; a value must not need quoting. A column that the table has not is a mistake of the test. */
export function files(delivery: Delivery): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [table, lines] of Object.entries(delivery)) {
    const header = HEADERS[table];
    if (header === undefined) throw new Error(`there is no table ${table}`);
    for (const name of lines.flatMap((line) => Object.keys(line))) {
      if (!header.includes(name)) throw new Error(`${table} has no column ${name}`);
    }
    texts[table] = [header, ...lines.map((line) => header.map((name) => line[name] ?? ""))]
      .map((values) => `${values.join(",")}\n`)
      .join("");
  }
  return texts;
}
