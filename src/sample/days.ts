/**
 * The same hospital as it is delivered day by day: on each day what became known or changed. The last version of a row is the row
 * of the whole sample, so that all days together end where the whole does.
 */
import type { Chart } from "./chart.js";
import type { Random } from "./random.js";
import type { AnyRow, Table } from "./tables.js";
import { isoInstant, localDay, TODAY } from "./time.js";

export interface Version {
  readonly day: number;
  readonly row: AnyRow;
}

/** When a row of a table is first delivered, and what is not known of it before. */
interface Course {
  /** The latest of these columns; where all are empty, on the first day. */
  readonly since: readonly string[];
  /** Days before that, for what is planned ahead. */
  readonly ahead?: number;
  /** In the order in which they are told; `before`: the cells as they are until then. */
  readonly later?: readonly { readonly column: string; readonly before: AnyRow }[];
}

const stopped = [{ column: "STOP", before: { STOP: "" } }] as const;

const courses: Readonly<Record<Table, Course>> = {
  patients: { since: ["BIRTHDATE"], later: [{ column: "DEATHDATE", before: { DEATHDATE: "" } }] },
  organizations: { since: [] },
  providers: { since: [] },
  payers: { since: [] },
  payer_transitions: { since: ["START_DATE"] },
  encounters: { since: ["START"], later: stopped },
  conditions: { since: ["START"], later: stopped },
  medications: { since: ["START"], later: stopped },
  observations: { since: ["DATE"] },
  procedures: { since: ["STOP"] },
  allergies: { since: ["START"] },
  immunizations: { since: ["DATE"] },
  careplans: { since: ["START"], later: stopped },
  devices: { since: ["START"] },
  imaging_studies: { since: ["DATE"] },
  supplies: { since: ["DATE"] },
  claims: { since: ["LASTBILLEDDATEP"] },
  claims_transactions: { since: ["TODATE"] },
  appointments: { since: ["BOOKED_AT"] },
  organization_units: { since: [] },
  patient_identifiers: { since: ["VALID_FROM"] },
  patient_contacts: { since: ["UPDATED_AT"] },
  patient_statuses: { since: ["CHANGED_AT"] },
  risk_scores: { since: ["SCORED_AT"] },
  legal_holds: { since: ["PLACED_AT"], later: [{ column: "LIFTED_AT", before: { LIFTED_AT: "" } }] },
  identity_decisions: { since: ["DECIDED_AT"] },
  staff: { since: ["HIRED_ON"], later: [{ column: "LEFT_ON", before: { LEFT_ON: "" } }] },
  licenses: { since: ["ISSUED_ON"] },
  access_log: { since: ["ACCESSED_AT"] },
  satisfaction: { since: ["SURVEYED_AT"] },
  appointment_changes: { since: ["CHANGED_AT"] },
  provider_schedules: { since: ["START"], ahead: 30 },
  staff_schedules: { since: ["START"], ahead: 14 },
  timesheets: { since: ["WORK_DATE", "CLOCK_OUT"] },
  beds: { since: [] },
  bed_days: { since: ["DATE"] },
  encounter_locations: { since: ["START"], later: [{ column: "STOP", before: { STOP: "", DISPOSITION: "" } }] },
  equipment: { since: [] },
  equipment_usage: { since: ["STOP"] },
  remittances: { since: ["POSTED_AT"] },
  audit_findings: { since: ["FOUND_ON"], later: [{ column: "CLOSED_ON", before: { CLOSED_ON: "", STATUS: "open" } }] },
  lab_orders: {
    since: ["ORDERED_AT"],
    later: [{ column: "COLLECTED_AT", before: { COLLECTED_AT: "", STATUS: "ordered" } }],
  },
  lab_reports: { since: ["UPDATED_AT"] },
  device_vitals: { since: ["MEASURED_AT"] },
  medication_administrations: { since: ["SCHEDULED_AT", "ADMINISTERED_AT"] },
  radiology_reports: { since: ["UPDATED_AT"] },
  documents: { since: ["WRITTEN_AT", "SIGNED_AT"] },
  infections: { since: ["DIAGNOSED_AT"] },
  adverse_events: { since: ["REPORTED_AT"] },
  medication_errors: { since: ["REPORTED_AT"] },
};

/** The day in New York; undefined where a cell is empty. */
function dayOf(text: string | undefined): number | undefined {
  if (text === undefined || text === "") return undefined;
  return text.length === 10 ? Date.parse(text) / 86_400_000 : localDay(Date.parse(text) / 1000);
}

/** What a booked appointment is on the days before it reached its status. */
function appointmentVersions(row: AnyRow, booked: number, known: number): readonly Version[] {
  const scheduled = {
    ...row,
    ...{ CHECKED_IN_AT: "", STARTED_AT: "", ENDED_AT: "", ENCOUNTER: "" },
    ...{ STATUS: "scheduled", UPDATED_AT: row.BOOKED_AT },
  };
  return known > booked
    ? [
        { day: booked, row: scheduled },
        { day: known, row },
      ]
    : [{ day: known, row }];
}

function versionsOf(table: Table, row: AnyRow, first: number): readonly Version[] {
  const { since, ahead = 0, later = [] } = courses[table];
  const days = since.map((column) => dayOf(row[column])).filter((day) => day !== undefined);
  const begun = Math.max(first, Math.min(TODAY, Math.max(first, ...days) - ahead));
  if (table === "appointments") return appointmentVersions(row, begun, Math.max(begun, dayOf(row.UPDATED_AT) ?? begun));
  const versions: Version[] = [];
  let now: AnyRow = row;
  for (const { column, before } of later.toReversed()) {
    const day = dayOf(now[column]);
    if (day === undefined || day <= begun) continue;
    versions.unshift({ day: Math.min(TODAY, day), row: now });
    now = { ...now, ...before };
  }
  return [{ day: begun, row: now }, ...versions];
}

/** Where an older version must not come after a newer one. */
const inOrder: readonly Table[] = ["patients", "lab_reports", "radiology_reports", "documents"];

/** The day on which nothing of a row is to come any more. */
export const lastDay = (table: Table, row: AnyRow, first: number): number =>
  versionsOf(table, row, first).at(-1)?.day ?? first;

/** One in so many events comes late, by up to three days. */
const LATE = 100;
/** One patient in so many moves, and one coverage in so many is told otherwise first, within twenty days. */
const CHANGED = 12;

/**
 * All versions of a row by day, the first not before `first`. Of the network's own rows there is no chart: none is late.
 * `random` decides what is late and what was told otherwise before.
 */
export function deliveries(
  random: Random | undefined,
  chart: Chart | undefined,
  table: Table,
  row: AnyRow,
  first: number,
): readonly Version[] {
  const versions = versionsOf(table, row, first);
  const only = versions[0];
  if (only === undefined || versions.length > 1 || chart === undefined || random === undefined) return versions;
  const before = told(random, chart, table, row);
  if (before !== undefined && only.day < TODAY) {
    return [
      { day: only.day, row: before },
      { day: random.int(only.day + 1, Math.min(TODAY, only.day + 20)), row },
    ];
  }
  const isLate = only.day > first && !inOrder.includes(table) && random.chance(1 / LATE);
  return isLate ? [{ day: Math.min(TODAY, only.day + random.int(1, 3)), row }] : versions;
}

/** What was told of it before: another address, or insurance to another day. */
function told(random: Random, chart: Chart, table: Table, row: AnyRow): AnyRow | undefined {
  if (table === "patients" && random.chance(1 / CHANGED)) {
    return { ...row, ADDRESS: `${random.int(1, 999)} Former Street` };
  }
  if (table === "payer_transitions" && row === chart.of(table).at(-1)?.row && random.chance(1 / CHANGED)) {
    const end = Date.parse(row.END_DATE ?? "") / 1000;
    return { ...row, END_DATE: isoInstant(end + 365 * 86_400) };
  }
  return undefined;
}
