/** All rows of one patient, each judged when it is added: which findings a sound warehouse will have on it. */
import type { Person } from "./person.js";
import type { AnyRow, Row, Table } from "./tables.js";
import { localDay } from "./time.js";
import type { Visit } from "./visit.js";

/** Where silver puts the rows of each table; three tables feed more than one entity, see `entityOf`. */
const entityOfTable = {
  patients: "patient",
  organizations: "facility",
  providers: "provider",
  payers: "payer",
  payer_transitions: "coverage",
  encounters: "encounter",
  conditions: "condition",
  procedures: "procedure",
  medications: "prescription",
  allergies: "allergy",
  observations: "observation",
  immunizations: "immunization",
  imaging_studies: "imaging_study",
  appointments: "appointment",
  claims: "claim",
  claims_transactions: "payment",
  organization_units: "organization_unit",
  patient_identifiers: "patient_identifier",
  patient_contacts: "patient_contact",
  patient_statuses: "patient_status",
  risk_scores: "risk_score",
  legal_holds: "legal_hold",
  identity_decisions: "identity_decision",
  staff: "staff",
  licenses: "provider_license",
  access_log: "phi_access_log",
  satisfaction: "satisfaction",
  appointment_changes: "appointment_change",
  provider_schedules: "provider_schedule",
  staff_schedules: "staff_schedule",
  timesheets: "timesheet",
  beds: "bed",
  bed_days: "bed_day",
  encounter_locations: "encounter_location",
  equipment: "equipment",
  equipment_usage: "equipment_usage",
  remittances: "remittance",
  audit_findings: "audit_finding",
  lab_orders: "lab_order",
  lab_reports: "lab_result",
  device_vitals: "vital_sign",
  medication_administrations: "medication_administration",
  radiology_reports: "radiology_report",
  documents: "document",
  infections: "infection",
  adverse_events: "adverse_event",
  medication_errors: "medication_error",
} as const satisfies Partial<Record<Table, string>>;

export type Entity = (typeof entityOfTable)[keyof typeof entityOfTable] | "claim_line" | "patient_address";

/**
 * Findings on rows that are as they should be: certificates and late posts, results after a discharge, a second registration,
 * what a locum prescribed.
 */
export type ExpectedFlag = "after_death" | "outside_encounter" | "duplicate_patient" | "prescriber_unresolved";

export interface Entry {
  readonly row: AnyRow;
  /** Undefined: a table that silver does not take. */
  readonly entity: Entity | undefined;
  readonly flags: readonly ExpectedFlag[];
}

/** Rows by table, as defects are made from them. */
export interface Rows {
  readonly entries: ReadonlyMap<Table, readonly Entry[]>;
  of(table: Table): readonly Entry[];
}

/** Columns that say when it was, of tables beside the clinical ones that silver holds against the life of the patient. */
const eventTimes: Partial<Record<Table, string>> = {
  documents: "WRITTEN_AT",
  claims: "SERVICEDATE",
  claims_transactions: "FROMDATE",
  appointment_changes: "CHANGED_AT",
};

/** As silver routes observations: an address is an observation whatever its category says, else the category decides. */
export function entityOf(table: Table, row: AnyRow): Entity | undefined {
  if (table === "claims_transactions") return row.TYPE === "CHARGE" ? "claim_line" : "payment";
  if (table !== "observations") return (entityOfTable as Partial<Record<Table, Entity>>)[table];
  if (row.CODE === "56799-0") return "observation";
  if (row.CATEGORY === "laboratory") return "lab_result";
  return row.CATEGORY === "vital-signs" ? "vital_sign" : "observation";
}

/** An instant is compared with the encounter's instants, a day with its days. */
function isOutside(text: string, day: number, { start, stop, startDay, stopDay }: Visit): boolean {
  if (!text.includes("T")) return day < startDay || (stopDay !== undefined && day > stopDay);
  const at = Date.parse(text) / 1000;
  return at < start || (stop !== undefined && at > stop);
}

/** The day in New York of a day or an instant. */
const dayOfText = (text: string) =>
  text.length === 10 ? Date.parse(text) / 86_400_000 : localDay(Date.parse(text) / 1000);

/** Rows of the network's own, of which no finding is expected. */
export function rowsOf(list: readonly (readonly [Table, AnyRow])[]): Rows {
  const entries = new Map<Table, Entry[]>();
  for (const [table, row] of list) {
    const entry = { row, entity: entityOf(table, row), flags: [] };
    const known = entries.get(table);
    if (known === undefined) entries.set(table, [entry]);
    else known.push(entry);
  }
  return { entries, of: (table) => entries.get(table) ?? [] };
}

export class Chart implements Rows {
  readonly person: Person;
  readonly entries = new Map<Table, Entry[]>();
  readonly #identities = new Set<string>();

  constructor(person: Person) {
    this.person = person;
  }

  of(table: Table): readonly Entry[] {
    return this.entries.get(table) ?? [];
  }

  /** A row of which no rule asks whether it is within its encounter. */
  add<T extends Table>(table: T, row: Row<T>, flags: readonly ExpectedFlag[] = []): void {
    const time = eventTimes[table];
    const text = time === undefined ? "" : ((row as AnyRow)[time] ?? "");
    this.#push(table, row, text !== "" && this.#isAfterDeath(dayOfText(text)) ? [...flags, "after_death"] : flags);
  }

  #isAfterDeath(day: number): boolean {
    return this.person.deathDay !== undefined && day > this.person.deathDay;
  }

  /**
   * An event on a day in New York, in its encounter where it has one. Returns false, and adds nothing, where the patient has
   * an event with the same code, encounter and start already: without an id of its own it would be its copy.
   */
  addEvent<T extends Table>(
    table: T,
    row: Row<T>,
    day: number,
    visit?: Visit,
    expected: readonly ExpectedFlag[] = [],
  ): boolean {
    const cells: AnyRow = row;
    if (cells.Id === undefined) {
      const identity = `${table} ${cells.ENCOUNTER ?? ""} ${cells.CODE} ${cells.START ?? cells.DATE}`;
      if (this.#identities.has(identity)) return false;
      this.#identities.add(identity);
    }
    const flags: ExpectedFlag[] = [...expected];
    if (this.#isAfterDeath(day)) flags.push("after_death");
    if (visit !== undefined && isOutside(cells.START ?? cells.DATE ?? "", day, visit)) flags.push("outside_encounter");
    this.#push(table, row, flags);
    return true;
  }

  #push(table: Table, row: AnyRow, flags: readonly ExpectedFlag[]): void {
    const entry = { row, entity: entityOf(table, row), flags };
    const list = this.entries.get(table);
    if (list === undefined) this.entries.set(table, [entry]);
    else list.push(entry);
  }
}
