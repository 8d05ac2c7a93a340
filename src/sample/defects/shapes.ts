/** What the columns of a table are to whoever makes a defect: its id, its patient, its times, and what it refers to. */
import type { Random } from "../random.js";
import type { AnyRow, Table } from "../tables.js";

export interface Shape {
  /** The source's id of the row. */
  readonly id?: string;
  readonly patient: string;
  /** The encounter that it names; where it names none, the row makes no defect but those of tables in `free`. */
  readonly encounter?: string;
  /** Columns that hold times; the first is when the event was or began. */
  readonly times: readonly string[];
  /** Those without which it has no time; the first of `times` unless told. */
  readonly timedBy?: readonly string[];
  /** What it belongs to, which would be wrong as well where the row is moved to another time or patient. */
  readonly parents?: readonly string[];
  /** What else tells it from the row that it is made from, and keeps sums and chains of that as they are. */
  readonly apart?: (random: Random) => AnyRow;
}

const PATIENT = "PATIENT";

const event = (times: readonly string[], more: Partial<Shape> = {}): Shape => ({
  patient: PATIENT,
  encounter: "ENCOUNTER",
  times,
  ...more,
});

/** Of a patient, and with an id of the hospital's own. */
const owned = (times: readonly string[], more: Partial<Shape> = {}): Shape => event(times, { id: "ID", ...more });

/** Of nobody's visit. */
const alone = { encounter: undefined } as const;

export const shapes: Partial<Readonly<Record<Table, Shape>>> = {
  patients: { id: "Id", patient: "Id", times: ["BIRTHDATE"] },
  organizations: { id: "Id", patient: "", times: [] },
  providers: { id: "Id", patient: "", times: [] },
  payers: { id: "Id", patient: "", times: [] },
  payer_transitions: { patient: PATIENT, times: ["START_DATE", "END_DATE"] },
  encounters: event(["START", "STOP"], { id: "Id", ...alone }),
  conditions: event(["START", "STOP"]),
  procedures: event(["START", "STOP"]),
  medications: event(["START", "STOP"]),
  allergies: event(["START", "STOP"]),
  observations: event(["DATE"]),
  immunizations: event(["DATE"]),
  imaging_studies: event(["DATE"], { id: "Id" }),
  appointments: event(
    ["SCHEDULED_START", "SCHEDULED_END", "BOOKED_AT", "CHECKED_IN_AT", "STARTED_AT", "ENDED_AT", "UPDATED_AT"],
    { id: "Id" },
  ),
  claims: event(["SERVICEDATE", "CURRENTILLNESSDATE", "LASTBILLEDDATE1", "LASTBILLEDDATEP"], {
    id: "Id",
    patient: "PATIENTID",
    encounter: "APPOINTMENTID",
  }),
  claims_transactions: event(["FROMDATE", "TODATE"], {
    id: "ID",
    patient: "PATIENTID",
    encounter: "APPOINTMENTID",
    apart: () => ({ CLAIMID: "" }),
  }),
  patient_identifiers: owned(["VALID_FROM", "VALID_TO"], {
    ...alone,
    apart: (random) => ({ VALUE: `X${random.int(100_000_000, 999_999_999)}` }),
  }),
  patient_contacts: owned(["UPDATED_AT"], alone),
  patient_statuses: owned(["CHANGED_AT"], alone),
  risk_scores: owned(["SCORED_AT"], alone),
  legal_holds: owned(["PLACED_AT", "LIFTED_AT"], alone),
  appointment_changes: owned(["CHANGED_AT"], { ...alone, apart: () => ({ APPOINTMENT: "" }) }),
  encounter_locations: owned(["START", "STOP"]),
  equipment_usage: owned(["START", "STOP"]),
  remittances: owned(["POSTED_AT"], { ...alone, apart: () => ({ CLAIM: "" }) }),
  lab_orders: owned(["ORDERED_AT", "COLLECTED_AT"]),
  lab_reports: owned(["RESULTED_AT", "NOTIFIED_AT", "UPDATED_AT"], { parents: ["LAB_ORDER"] }),
  device_vitals: event(["MEASURED_AT"], {
    apart: (random) => ({ SEQUENCE: String(1_000_000_000 + random.int(0, 999_999_999)) }),
  }),
  medication_administrations: owned(["ADMINISTERED_AT", "SCHEDULED_AT"], {
    timedBy: ["ADMINISTERED_AT", "SCHEDULED_AT"],
  }),
  radiology_reports: owned(["REPORTED_AT", "UPDATED_AT"], { parents: ["IMAGING_STUDY"] }),
  documents: owned(["WRITTEN_AT", "SIGNED_AT"], {
    apart: (random) => ({ DOCUMENT: random.uuid(), VERSION: "1" }),
  }),
  infections: owned(["DIAGNOSED_AT"]),
  adverse_events: owned(["OCCURRED_AT", "REPORTED_AT"]),
  medication_errors: owned(["OCCURRED_AT", "REPORTED_AT"]),
  satisfaction: owned(["SURVEYED_AT"]),
  access_log: owned(["ACCESSED_AT"], alone),
  organization_units: { id: "ORGANIZATION", patient: "", times: [] },
  staff: owned(["HIRED_ON", "LEFT_ON"], alone),
  licenses: owned(["EXPIRES_ON"], alone),
  provider_schedules: owned(["START", "STOP"], alone),
  staff_schedules: owned(["START", "STOP"], alone),
  timesheets: owned(["WORK_DATE"], alone),
  beds: owned([], alone),
  bed_days: event(["DATE"]),
  equipment: owned([], alone),
  audit_findings: owned(["FOUND_ON"], alone),
};

/** Events that have a life of their own: a row that names no encounter makes defects too. */
export const free: ReadonlySet<Table> = new Set<Table>(["appointments"]);
