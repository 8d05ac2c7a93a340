/** Synthea's CSV export as versions 3.0 and 3.3 write it, and the appointments that belong to the same delivery. */

export interface SyntheaTable {
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
  /** Part of Synthea's own export; `appointments` is not, so its absence is nothing to report. */
  readonly exported: boolean;
}

/** `~` marks a column that 3.0 does not write, `-` one that 3.3 no longer writes. */
const headers: Readonly<Record<string, string>> = {
  allergies:
    "START STOP PATIENT ENCOUNTER CODE SYSTEM DESCRIPTION TYPE CATEGORY REACTION1 DESCRIPTION1 SEVERITY1 REACTION2 DESCRIPTION2 SEVERITY2",
  careplans: "ID START STOP PATIENT ENCOUNTER CODE DESCRIPTION REASONCODE REASONDESCRIPTION",
  claims:
    "ID PATIENTID PROVIDERID PRIMARYPATIENTINSURANCEID SECONDARYPATIENTINSURANCEID DEPARTMENTID PATIENTDEPARTMENTID DIAGNOSIS1 DIAGNOSIS2 DIAGNOSIS3 DIAGNOSIS4 DIAGNOSIS5 DIAGNOSIS6 DIAGNOSIS7 DIAGNOSIS8 REFERRINGPROVIDERID APPOINTMENTID CURRENTILLNESSDATE SERVICEDATE SUPERVISINGPROVIDERID STATUS1 STATUS2 STATUSP OUTSTANDING1 OUTSTANDING2 OUTSTANDINGP LASTBILLEDDATE1 LASTBILLEDDATE2 LASTBILLEDDATEP HEALTHCARECLAIMTYPEID1 HEALTHCARECLAIMTYPEID2",
  claims_transactions:
    "ID CLAIMID CHARGEID PATIENTID TYPE AMOUNT METHOD FROMDATE TODATE PLACEOFSERVICE PROCEDURECODE MODIFIER1 MODIFIER2 DIAGNOSISREF1 DIAGNOSISREF2 DIAGNOSISREF3 DIAGNOSISREF4 UNITS DEPARTMENTID NOTES UNITAMOUNT TRANSFEROUTID TRANSFERTYPE PAYMENTS ADJUSTMENTS TRANSFERS OUTSTANDING APPOINTMENTID LINENOTE PATIENTINSURANCEID FEESCHEDULEID PROVIDERID SUPERVISINGPROVIDERID",
  conditions: "START STOP PATIENT ENCOUNTER ~SYSTEM CODE DESCRIPTION",
  devices: "START STOP PATIENT ENCOUNTER CODE DESCRIPTION UDI",
  encounters:
    "ID START STOP PATIENT ORGANIZATION PROVIDER PAYER ENCOUNTERCLASS CODE DESCRIPTION BASE_ENCOUNTER_COST TOTAL_CLAIM_COST PAYER_COVERAGE REASONCODE REASONDESCRIPTION",
  imaging_studies:
    "ID DATE PATIENT ENCOUNTER SERIES_UID BODYSITE_CODE BODYSITE_DESCRIPTION MODALITY_CODE MODALITY_DESCRIPTION INSTANCE_UID SOP_CODE SOP_DESCRIPTION PROCEDURE_CODE",
  immunizations: "DATE PATIENT ENCOUNTER CODE DESCRIPTION BASE_COST",
  medications:
    "START STOP PATIENT PAYER ENCOUNTER CODE DESCRIPTION BASE_COST PAYER_COVERAGE DISPENSES TOTALCOST REASONCODE REASONDESCRIPTION",
  observations: "DATE PATIENT ENCOUNTER CATEGORY CODE DESCRIPTION VALUE UNITS TYPE",
  organizations: "ID NAME ADDRESS CITY STATE ZIP LAT LON PHONE REVENUE UTILIZATION",
  patients:
    "ID BIRTHDATE DEATHDATE SSN DRIVERS PASSPORT PREFIX FIRST ~MIDDLE LAST SUFFIX MAIDEN MARITAL RACE ETHNICITY GENDER BIRTHPLACE ADDRESS CITY STATE COUNTY ~FIPS ZIP LAT LON HEALTHCARE_EXPENSES HEALTHCARE_COVERAGE ~INCOME",
  payer_transitions:
    "PATIENT MEMBERID ~START_DATE ~END_DATE PAYER SECONDARY_PAYER ~PLAN_OWNERSHIP ~OWNER_NAME -START_YEAR -END_YEAR -OWNERSHIP -OWNERNAME",
  payers:
    "ID NAME ~OWNERSHIP ADDRESS CITY STATE_HEADQUARTERED ZIP PHONE AMOUNT_COVERED AMOUNT_UNCOVERED REVENUE COVERED_ENCOUNTERS UNCOVERED_ENCOUNTERS COVERED_MEDICATIONS UNCOVERED_MEDICATIONS COVERED_PROCEDURES UNCOVERED_PROCEDURES COVERED_IMMUNIZATIONS UNCOVERED_IMMUNIZATIONS UNIQUE_CUSTOMERS QOLS_AVG MEMBER_MONTHS",
  procedures: "START STOP PATIENT ENCOUNTER ~SYSTEM CODE DESCRIPTION BASE_COST REASONCODE REASONDESCRIPTION",
  providers:
    "ID ORGANIZATION NAME GENDER SPECIALITY ADDRESS CITY STATE ZIP LAT LON ~ENCOUNTERS ~PROCEDURES -UTILIZATION",
  supplies: "DATE PATIENT ENCOUNTER CODE DESCRIPTION QUANTITY",
  appointments:
    "ID PATIENT PROVIDER ORGANIZATION DEPARTMENT BOOKED_AT SCHEDULED_START SCHEDULED_END CHECKED_IN_AT STARTED_AT ENDED_AT STATUS REASONCODE REASONDESCRIPTION ENCOUNTER CREATED_BY UPDATED_AT",
};

/** Without these there is no key, no reference or no time, so that no row of the file could be used. */
const identifying: ReadonlySet<string> = new Set(
  "ID PATIENT PATIENTID START DATE CODE BIRTHDATE CLAIMID PAYER MEMBERID SCHEDULED_START STATUS ENCOUNTERCLASS NAME UDI QUANTITY VALUE SERIES_UID".split(
    " ",
  ),
);

function table(name: string, header: string): SyntheaTable {
  const marked = header.split(" ");
  const columns = marked.map((column) => column.replace(/^[~-]/, ""));
  const stable = marked.filter((column) => !/^[~-]/.test(column));
  return {
    name,
    landing: `SYNTHEA_${name.toUpperCase()}`,
    columns,
    stable,
    required: stable.filter((column) => identifying.has(column)),
    exported: name !== "appointments",
  };
}

/** The 18 tables of the export and `appointments`, by name. */
export const syntheaTables: readonly SyntheaTable[] = Object.entries(headers).map(([name, header]) =>
  table(name, header),
);

const byName: ReadonlyMap<string, SyntheaTable> = new Map(syntheaTables.map((entry) => [entry.name, entry]));

/** The table that a file is by its name, in any case, `.csv` or `.csv.gz`; undefined where it is none. */
export function syntheaTableOf(fileName: string): SyntheaTable | undefined {
  const stem = /^(.+?)\.csv(?:\.gz)?$/i.exec(fileName)?.[1];
  return stem === undefined ? undefined : byName.get(stem.toLowerCase());
}

/** Which other table a header is, exactly, where it is not exactly this one: files whose names were swapped. */
export function otherTableOf(table: SyntheaTable, columns: readonly string[]): SyntheaTable | undefined {
  if (isExactly(table, columns)) return undefined;
  return syntheaTables.find((other) => other !== table && isExactly(other, columns));
}

function isExactly(table: SyntheaTable, columns: readonly string[]): boolean {
  return (
    table.stable.every((column) => columns.includes(column)) &&
    columns.every((column) => table.columns.includes(column))
  );
}
