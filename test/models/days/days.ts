/**
 * A hospital's files split into ten daily deliveries as they come in life: rows before the rows that they refer to, the same
 * row twice, rows that are wrong at first or made wrong later, and deliveries that arrive after younger ones.
 */
import { Random } from "../../../src/sample/random.js";
import { type Cells, parse } from "./text.js";

/** CSV text with header, by table (`patients`). */
export type Files = Readonly<Record<string, string>>;

export interface Day {
  readonly id: string;
  /** ISO day on which the source delivered it: not always in the order in which it arrives. */
  readonly delivered: string;
  readonly files: Files;
}

const dayCount = 10;
/** The fourth delivery is older than the third, and two more pairs are disordered. */
const deliveredOn = [1, 2, 4, 3, 5, 6, 9, 7, 8, 10];

/** A column of a table, and what wrongly stands there for a while; nothing where it stands so anyway. */
type Mistake = readonly [column: string, wrong: (right: string, random: Random) => string];

const always = (text: string) => () => text;
const stop: Mistake = ["STOP", always("")];
const other: Mistake = ["DESCRIPTION", (right) => `${right} (other)`];

const mistakes: Readonly<Record<string, readonly Mistake[]>> = {
  patients: [
    ["BIRTHDATE", always("2024-12-31")],
    ["CITY", always("Elsewhere")],
    ["LAST", always("Mistaken")],
    ["DEATHDATE", (right) => (right === "" ? "2024-01-01" : "")],
  ],
  organizations: [["NAME", always("Old name")]],
  providers: [["NAME", always("Old name")]],
  encounters: [
    stop,
    ["ENCOUNTERCLASS", always("unheard of")],
    ["START", always("some day")],
    ["TOTAL_CLAIM_COST", always("1")],
    ["PATIENT", always("nobody")],
  ],
  conditions: [stop, other],
  medications: [stop, other],
  procedures: [stop, other],
  allergies: [stop, other],
  immunizations: [other],
  imaging_studies: [["MODALITY_CODE", always("OT")]],
  patient_identifiers: [
    ["VALUE", always("0")],
    ["PATIENT", always("nobody")],
  ],
  patient_contacts: [["PHONE", always("")]],
  patient_statuses: [
    ["STATUS", always("unheard of")],
    ["CONFIDENTIALITY", always("vip")],
  ],
  risk_scores: [["SCORE", always("1")]],
  legal_holds: [["LIFTED_AT", always("2026-01-01")]],
  payers: [["NAME", always("Old name")]],
  payer_transitions: [
    ["END_DATE", always("")],
    ["PAYER", always("nobody")],
  ],
  claims: [
    ["APPOINTMENTID", always("nowhere")],
    ["PATIENTID", always("nobody")],
    ["OUTSTANDINGP", always("1")],
  ],
  claims_transactions: [
    ["TYPE", always("unheard of")],
    ["CLAIMID", always("nothing")],
    ["PAYMENTS", always("")],
  ],
  remittances: [
    ["DECISION", always("unheard of")],
    ["CLAIM", always("nothing")],
  ],
  observations: [["VALUE", always("7")], other],
  identity_decisions: [["DECISION", always("unheard of")]],
  appointments: [
    ["STATUS", always("unheard of")],
    ["PROVIDER", always("nobody")],
    ["ENDED_AT", always("")],
  ],
  lab_orders: [
    ["STATUS", always("unheard of")],
    ["COLLECTED_AT", always("2001-01-01")],
  ],
  lab_reports: [
    ["VALUE", always("7")],
    ["LAB_ORDER", always("nothing")],
    ["STATUS", always("corrected")],
    ["FLAG", always("A")],
  ],
  device_vitals: [["VALUE", always("7")]],
  medication_administrations: [["DOSE", always("")], other],
  radiology_reports: [
    ["TEXT", always("Another reading.")],
    ["IMAGING_STUDY", always("nothing")],
  ],
  documents: [
    ["VERSION", always("9")],
    ["STATUS", always("unheard of")],
  ],
  infections: [["ORIGIN", always("community")]],
  adverse_events: [["SEVERITY", always("severe")]],
  medication_errors: [["SEVERITY", always("C")]],
  organization_units: [["BRANCH", always("Elsewhere")]],
  staff: [
    ["ROLE", always("unheard of")],
    ["PROVIDER", always("nobody")],
  ],
  licenses: [
    ["STATUS", always("unheard of")],
    ["PROVIDER", always("nobody")],
  ],
  provider_schedules: [["PROVIDER", always("nobody")], stop],
  staff_schedules: [["STAFF", always("nobody")], stop],
  timesheets: [
    ["STATUS", always("unheard of")],
    ["SCHEDULE", always("nothing")],
  ],
  beds: [["KIND", always("other")]],
  bed_days: [
    ["STATUS", always("unheard of")],
    ["PATIENT", always("nobody")],
  ],
  encounter_locations: [stop, ["BED", always("nothing")]],
  equipment: [["KIND", always("other")]],
  equipment_usage: [["EQUIPMENT", always("nothing")], stop],
  mimic_d_icd_diagnoses: [["LONG_TITLE", always("Old text")]],
  audit_findings: [["STATUS", always("unheard of")]],
  satisfaction: [["SCORE", always("9")]],
  access_log: [
    ["PATIENT", always("nobody")],
    ["ACTION", always("unheard of")],
  ],
  appointment_changes: [
    ["TO_STATUS", always("unheard of")],
    ["APPOINTMENT", always("nothing")],
  ],
};

/** On which day a row comes at the earliest and latest: some of what others refer to comes last. */
function dayOf(table: string, random: Random): number {
  if (["patients", "organizations", "providers", "payers"].includes(table)) {
    return random.chance(0.4) ? random.int(5, dayCount - 1) : random.int(0, 3);
  }
  return random.int(0, dayCount - 1);
}

export function tenDays(files: Files, seed: number): readonly Day[] {
  const days = Array.from({ length: dayCount }, () => new Map<string, Cells[]>());
  const headers = new Map<string, Cells>();
  for (const [index, [table, text]] of Object.entries(files).entries()) {
    const random = new Random(seed, 1, index);
    const [header = [], ...records] = parse(text);
    headers.set(table, header);
    const put = (day: number, cells: Cells) => {
      const lines = days[day]?.get(table) ?? [];
      days[day]?.set(table, lines);
      lines.push(cells);
    };
    const few = records.length < 60;
    for (const cells of records) {
      const day = dayOf(table, random);
      put(day, cells);
      const wrong = mistaken(table, header, cells, random);
      // Wrong before it is right, or made wrong afterwards; a row of the same day is a conflict within its file.
      if (wrong !== undefined && random.chance(few ? 0.5 : 0.12)) put(random.int(0, dayCount - 1), wrong);
      if (random.chance(few ? 0.3 : 0.06)) put(random.int(day, dayCount - 1), cells);
    }
  }
  return days.map((tables, index) => ({
    id: `day-${index + 1}`,
    delivered: `2026-02-${String(deliveredOn[index]).padStart(2, "0")}`,
    files: Object.fromEntries(
      [...tables].map(([table, records]) => [table, [headers.get(table) ?? [], ...records].map(line).join("")]),
    ),
  }));
}

function mistaken(table: string, header: Cells, cells: Cells, random: Random): Cells | undefined {
  const known = (mistakes[table] ?? []).filter(([column]) => header.includes(column));
  if (known.length === 0) return undefined;
  const [column = "", wrong] = known[random.int(0, known.length - 1)] ?? [];
  const at = header.indexOf(column);
  return cells.map((cell, index) => (index === at && wrong !== undefined ? wrong(cell, random) : cell));
}

const line = (cells: Cells) =>
  `${cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(",")}\n`;
