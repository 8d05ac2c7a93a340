/**
 * Judges a sample's files by the rules of the warehouse, written here once more and apart from the generator: so that the
 * manifest's counts are counted by two.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

export type Cells = Readonly<Record<string, string>>;

export interface Table {
  readonly header: readonly string[];
  /** Well-formed records in file order. */
  readonly rows: readonly Cells[];
  readonly rejected: Readonly<Record<string, number>>;
  readonly records: number;
}

/** The fields of one line; undefined where a quote is not closed. Fields of a sample hold no line ends. */
export function fields(line: string): readonly string[] | undefined {
  const out: string[] = [];
  let at = 0;
  for (;;) {
    if (line[at] === '"') {
      let text = "";
      for (at += 1; ; at += 1) {
        if (at >= line.length) return undefined;
        if (line[at] !== '"') text += line[at];
        else if (line[at + 1] === '"') {
          text += '"';
          at += 1;
        } else break;
      }
      out.push(text);
      at += 1;
    } else {
      const comma = line.indexOf(",", at);
      const end = comma === -1 ? line.length : comma;
      out.push(line.slice(at, end));
      at = end;
    }
    if (at >= line.length) return out;
    at += 1;
  }
}

export function readTable(dir: string, name: string): Table {
  const lines = readFileSync(join(dir, `${name}.csv`), "utf8").split("\n");
  if (lines.pop() !== "") throw new Error(`${name}.csv does not end with a line end`);
  const [head = "", ...records] = lines;
  const header = head.split(",");
  const rejected: Record<string, number> = {};
  const rows: Cells[] = [];
  for (const record of records) {
    const cells = fields(record);
    if (cells === undefined || cells.length !== header.length) {
      const reason = cells === undefined ? "unclosed quote" : "wrong number of fields";
      rejected[reason] = (rejected[reason] ?? 0) + 1;
    } else rows.push(Object.fromEntries(header.map((column, index) => [column, cells[index] ?? ""])));
  }
  return { header, rows, rejected, records: records.length };
}

const zone = new Intl.DateTimeFormat("en-CA", { timeZone: "America/New_York" });
const days = new Map<string, string>();

/** The day in New York of a text as delivered; undefined where it is no time. */
export function localDay(text: string): string | undefined {
  const match = /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}:\d{2}Z)?$/.exec(text);
  if (match === null) return undefined;
  const date = new Date(`${match[1]}T00:00:00Z`);
  if (Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== match[1]) return undefined;
  if (match[2] === undefined) return match[1];
  const hour = text.slice(0, 13);
  const known = days.get(hour) ?? zone.format(new Date(text));
  days.set(hour, known);
  return known;
}

/** By instant where both are instants, else by the day in New York; what is not given is before nothing. */
function isBefore(a = "", b = ""): boolean {
  if (a === "" || b === "") return false;
  return a.length > 10 && b.length > 10 ? a < b : (localDay(a) ?? "") < (localDay(b) ?? "");
}

const entities: Readonly<Record<string, { readonly entity: string; readonly time: string }>> = {
  encounters: { entity: "encounter", time: "START" },
  conditions: { entity: "condition", time: "START" },
  procedures: { entity: "procedure", time: "START" },
  medications: { entity: "prescription", time: "START" },
  allergies: { entity: "allergy", time: "START" },
  observations: { entity: "", time: "DATE" },
  appointments: { entity: "appointment", time: "SCHEDULED_START" },
  immunizations: { entity: "immunization", time: "DATE" },
  imaging_studies: { entity: "imaging_study", time: "DATE" },
};

/** The tables that are judged here; of the hospital's own the warehouse itself is the judge, in test/sample-hospital.test.ts. */
export const judgedTables: ReadonlySet<string> = new Set([...Object.keys(entities), "patients"]);
export const judgedEntities: ReadonlySet<string> = new Set([
  ...Object.values(entities).map(({ entity }) => entity),
  "lab_result",
  "vital_sign",
  "observation",
  "patient",
]);

/** Nothing that is measured in people is more. */
const GREATEST = 5000;
const units = new Set(
  "mm[Hg] /min Cel [degF] cm [in_i] kg [lb_av] kg/m2 {score} mg/dL mmol/L umol/L mEq/L 10*3/uL g/dL % mmol/mol ng/mL".split(
    " ",
  ),
);

const classes = "wellness ambulatory outpatient urgentcare inpatient emergency virtual snf hospice home".split(" ");
const statuses = "scheduled in_progress completed cancelled no_show".split(" ");

function entityOf(table: string, row: Cells): string {
  if (table !== "observations") return entities[table]?.entity ?? "";
  if (row.CODE === "56799-0") return "observation";
  return row.CATEGORY === "laboratory" ? "lab_result" : row.CATEGORY === "vital-signs" ? "vital_sign" : "observation";
}

export interface Judgement {
  /** `outcome entity rule -> rows`. */
  readonly counts: Readonly<Record<string, number>>;
  /** Rows that break more than one rule, or a rule and are a copy as well. */
  readonly several: number;
  /** Rows of other events that name an encounter which is not admitted. */
  readonly strayed: number;
}

/** Everything that a sound warehouse finds in a sample. */
export function judge(dir: string): Judgement {
  const counts: Record<string, number> = {};
  const count = (outcome: string, entity: string, rule: string) => {
    const key = `${outcome} ${entity} ${rule}`;
    counts[key] = (counts[key] ?? 0) + 1;
  };
  let [several, strayed] = [0, 0];

  const patients = readTable(dir, "patients").rows;
  const byId = new Map(patients.filter((row) => row.Id !== "").map((row) => [row.Id, row]));
  for (const { Id, BIRTHDATE = "" } of patients) {
    if (BIRTHDATE < "1890") count("flagged", "patient", "birth_death_implausible");
    if (Id !== "") continue;
    for (const entity of ["patient", "patient_address"]) count("quarantined", entity, "patient_id_missing");
  }
  const people = new Set<string>();
  for (const { SSN, BIRTHDATE } of patients) {
    const person = `${SSN} ${BIRTHDATE}`;
    if (SSN !== "" && people.has(person)) count("flagged", "patient", "duplicate_patient");
    people.add(person);
  }
  const providers = new Set(readTable(dir, "providers").rows.flatMap(({ Id }) => Id || []));
  const named = readTable(dir, "encounters").rows.filter((row) => row.Id !== "");
  const encounters = new Map(named.map((row) => [row.Id, row]));
  const admitted = new Set<string>();

  for (const [table, { time }] of Object.entries(entities)) {
    const { rows } = readTable(dir, table);
    const last = new Map(rows.map((row) => [row.Id, JSON.stringify(row)]));
    const seen = new Set<string>();
    const conflicts = new Set<string>();
    for (const row of rows) {
      const entity = entityOf(table, row);
      const text = JSON.stringify(row);
      const broken = quarantine(table, row, time);
      const flags = flagsOf(table, row, time);
      if (seen.has(text)) {
        count("duplicate", entity, "duplicate");
        several += broken.length + flags.length;
      } else if ((row.Id ?? "") !== "" && last.get(row.Id) !== text) {
        count("superseded", entity, "conflict");
        several += broken.length + flags.length + (conflicts.has(row.Id ?? "") ? 1 : 0);
        conflicts.add(row.Id ?? "");
      } else if (broken.length > 0) {
        several += broken.length - 1;
        for (const rule of broken) count("quarantined", entity, rule);
      } else {
        for (const rule of flags) count("flagged", entity, rule);
        if (table === "encounters") admitted.add(row.Id ?? "");
        else if (row.ENCOUNTER !== "" && encounters.has(row.ENCOUNTER ?? "") && !admitted.has(row.ENCOUNTER ?? "")) {
          strayed += 1;
        }
      }
      seen.add(text);
    }
  }
  for (const table of judgedTables) {
    for (const [reason, n] of Object.entries(readTable(dir, table).rejected)) counts[`rejected ${table} ${reason}`] = n;
  }
  return { counts, several, strayed };

  function quarantine(table: string, row: Cells, time: string): readonly string[] {
    const broken: string[] = [];
    const patient = byId.get(row.PATIENT ?? "");
    const day = localDay(row[time] ?? "");
    if (patient === undefined) broken.push("patient_unresolved");
    if (day === undefined) broken.push("event_time_missing");
    if (patient !== undefined && day !== undefined && day < (patient.BIRTHDATE ?? "")) broken.push("before_birth");
    const encounter = encounters.get(row.ENCOUNTER ?? "");
    if (encounter !== undefined && encounter.PATIENT !== row.PATIENT) broken.push("encounter_other_patient");
    if (row.Id === "") broken.push("key_missing");
    if (table === "encounters" && !classes.includes(row.ENCOUNTERCLASS ?? "")) broken.push("status_unmapped");
    if (table === "appointments" && !statuses.includes(row.STATUS ?? "")) broken.push("status_unmapped");
    if (table === "appointments" && !providers.has(row.PROVIDER ?? "")) broken.push("provider_unresolved");
    return broken;
  }

  function flagsOf(table: string, row: Cells, time: string): readonly string[] {
    const flags: string[] = [];
    const death = byId.get(row.PATIENT ?? "")?.DEATHDATE ?? "";
    const day = localDay(row[time] ?? "") ?? "";
    if (death !== "" && day > death) flags.push("after_death");
    if (table === "encounters" && row.STOP !== "" && (row.STOP ?? "") < (row.START ?? ""))
      flags.push("end_before_start");
    if (table === "medications" && row.STOP !== "" && (row.STOP ?? "") < (row.START ?? ""))
      flags.push("stop_before_start");
    if (table === "appointments" && (row.SCHEDULED_END ?? "") <= (row.SCHEDULED_START ?? ""))
      flags.push("out_of_order");
    if (["lab_result", "vital_sign"].includes(entityOf(table, row))) {
      if (row.VALUE === "") flags.push("value_missing");
      if (Number(row.VALUE) > GREATEST) flags.push("value_out_of_range");
      if (row.TYPE === "numeric" && !units.has(row.UNITS ?? "")) flags.push("unit_unknown");
    }
    if (table === "encounters" || (row.ENCOUNTER ?? "") === "") return flags;
    const encounter = encounters.get(row.ENCOUNTER ?? "");
    if (encounter === undefined) return [...flags, "encounter_unresolved"];
    if (table === "medications" && !providers.has(encounter.PROVIDER ?? "")) flags.push("prescriber_unresolved");
    if (table === "appointments") return flags;
    const over = (encounter.STOP ?? "") >= (encounter.START ?? "") ? encounter.STOP : "";
    const ends = table === "procedures" ? [row[time], row.STOP] : [row[time]];
    if (isBefore(row[time], encounter.START) || ends.some((end) => isBefore(over, end)))
      flags.push("outside_encounter");
    return flags;
  }
}
