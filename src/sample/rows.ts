/** Single rows of a patient: an encounter, a condition, a prescription, a procedure, a plan, a device, an image. */
import type { Chart } from "./chart.js";
import { devices, procedures } from "./codes/care.js";
import type { Acute, Chronic, Medication, Problem } from "./codes/problems.js";
import type { Random } from "./random.js";
import type { Row } from "./tables.js";
import { isoDay, isoInstant, localDay, NOW } from "./time.js";
import type { Course, Visit } from "./visit.js";

const DAY = 86_400;

/** What the rows of one patient are written with. */
export interface Writing {
  readonly random: Random;
  readonly chart: Chart;
  readonly course: Course;
  /** Chronic problems that stand in the record. */
  readonly diagnosed: Set<string>;
  /** The last prescription of a drug that is taken for good; its stop is written when it is renewed. */
  readonly running: Map<string, { -readonly [C in keyof Row<"medications">]: Row<"medications">[C] }>;
  readonly vaccinated: Set<string>;
}

export const money = (amount: number) => amount.toFixed(2);

const reasonOf = (problem: Problem | undefined) => ({
  REASONCODE: problem?.code ?? "",
  REASONDESCRIPTION: problem?.name ?? "",
});

export function encounterRow({ chart, random }: Writing, visit: Visit): void {
  const base = visit.kind.cost;
  const total = base * (1 + random.float() * 6);
  chart.addEvent(
    "encounters",
    {
      Id: visit.id,
      START: isoInstant(visit.start),
      STOP: visit.stop === undefined ? "" : isoInstant(visit.stop),
      PATIENT: chart.person.id,
      ORGANIZATION: visit.facility.id,
      PROVIDER: visit.locum ?? visit.provider.id,
      PAYER: chart.person.payer.id,
      ENCOUNTERCLASS: visit.kind.class,
      CODE: visit.kind.code,
      DESCRIPTION: visit.kind.name,
      BASE_ENCOUNTER_COST: money(base),
      TOTAL_CLAIM_COST: money(total),
      PAYER_COVERAGE: money(Math.round(total * chart.person.payer.share * 100) / 100),
      ...reasonOf(visit.reason),
    },
    visit.startDay,
  );
}

export function condition(writing: Writing, visit: Visit, code: string, name: string, days: number | undefined): void {
  const { chart, random, course } = writing;
  // Some tell at the visit that it began days before.
  const isEarlier = visit.role === "acute" && random.chance(0.04);
  const start = Math.max(chart.person.birthDay, visit.startDay - (isEarlier ? random.int(2, 10) : 0));
  const stop = days === undefined ? undefined : visit.startDay + days;
  chart.addEvent(
    "conditions",
    {
      START: isoDay(start),
      STOP: stop === undefined || stop > course.to ? "" : isoDay(stop),
      PATIENT: chart.person.id,
      ENCOUNTER: visit.id,
      SYSTEM: "SNOMED-CT",
      CODE: code,
      DESCRIPTION: name,
    },
    start,
    visit,
  );
}

/** `days` undefined: for good, until it is renewed. */
export function prescribe(writing: Writing, visit: Visit, drug: Medication, days: number | undefined): void {
  const { chart, random, course, running } = writing;
  // At a discharge where there is one, else at once.
  const start = visit.role === "stay" && visit.stop !== undefined ? visit.stop : visit.start;
  const end = days === undefined ? undefined : start + days * DAY;
  const stop = end === undefined || end > NOW ? undefined : Math.max(start, Math.min(end, course.death ?? end));
  const dispenses = days === undefined ? random.int(6, 12) : 1;
  const row = {
    START: isoInstant(start),
    STOP: stop === undefined ? "" : isoInstant(stop),
    PATIENT: chart.person.id,
    PAYER: chart.person.payer.id,
    ENCOUNTER: visit.id,
    CODE: drug.code,
    DESCRIPTION: drug.name,
    BASE_COST: money(drug.cost),
    PAYER_COVERAGE: money(drug.cost * chart.person.payer.share),
    DISPENSES: String(dispenses),
    TOTALCOST: money(drug.cost * dispenses),
    ...reasonOf(visit.reason),
  };
  const flags = visit.locum === undefined ? [] : (["prescriber_unresolved"] as const);
  if (!chart.addEvent("medications", row, localDay(start), visit, flags) || days !== undefined) return;
  const former = running.get(drug.code);
  if (former !== undefined) former.STOP = row.START;
  running.set(drug.code, row);
}

/** At death some open prescriptions are ended; others are forgotten and stay open. */
export function endPrescriptions({ random, course, running }: Writing): void {
  if (course.death === undefined) return;
  for (const row of running.values()) {
    const death = isoInstant(course.death);
    if (random.chance(0.5)) row.STOP = death < (row.START ?? "") ? row.START : death;
  }
}

export function procedure(
  writing: Writing,
  visit: Visit,
  { code, name }: { code: string; name: string },
  cost: number,
  system: "SNOMED-CT" | "ICD-10-PCS" = "SNOMED-CT",
): void {
  const { chart, random } = writing;
  const length = (visit.stop ?? NOW) - visit.start;
  const start = visit.start + Math.floor(length * random.float() * 0.5);
  const stop = Math.min(visit.stop ?? NOW, start + random.int(5, 60) * 60);
  chart.addEvent(
    "procedures",
    {
      START: isoInstant(start),
      STOP: isoInstant(stop),
      PATIENT: chart.person.id,
      ENCOUNTER: visit.id,
      SYSTEM: system,
      CODE: code,
      DESCRIPTION: name,
      BASE_COST: money(cost * (0.8 + random.float() * 0.4)),
      ...reasonOf(visit.reason),
    },
    localDay(start),
    visit,
  );
}

export function careplan(writing: Writing, visit: Visit, problem: Acute | Chronic, days: number | undefined): void {
  if (problem.careplan === undefined) return;
  const { chart, random, course } = writing;
  const stop = days === undefined ? undefined : visit.startDay + days;
  chart.add("careplans", {
    Id: random.uuid(),
    START: isoDay(visit.startDay),
    STOP: stop === undefined || stop > course.to ? "" : isoDay(stop),
    PATIENT: chart.person.id,
    ENCOUNTER: visit.id,
    CODE: problem.careplan.code,
    DESCRIPTION: problem.careplan.name,
    ...reasonOf(problem),
  });
}

export function device({ chart, random }: Writing, visit: Visit, which: number): void {
  const chosen = devices[which] as (typeof devices)[number];
  const digits = (count: number) => Array.from({ length: count }, () => random.int(0, 9)).join("");
  chart.add("devices", {
    START: isoInstant(visit.start),
    STOP: "",
    PATIENT: chart.person.id,
    ENCOUNTER: visit.id,
    CODE: chosen.code,
    DESCRIPTION: chosen.name,
    UDI: `(01)${digits(14)}(11)${isoDay(visit.startDay).replaceAll("-", "").slice(2)}(10)${digits(12)}(21)${digits(8)}`,
  });
}

export function chestXray(writing: Writing, visit: Visit): void {
  const { chart, random } = writing;
  procedure(writing, visit, procedures.chestXray, 240);
  const uid = () => `1.2.840.99999999.1.${random.int(1_000_000, 99_999_999)}.${visit.start}`;
  chart.add("imaging_studies", {
    Id: random.uuid(),
    DATE: isoInstant(visit.start),
    PATIENT: chart.person.id,
    ENCOUNTER: visit.id,
    SERIES_UID: uid(),
    BODYSITE_CODE: "51185008",
    BODYSITE_DESCRIPTION: "Thoracic structure (body structure)",
    MODALITY_CODE: "DX",
    MODALITY_DESCRIPTION: "Digital Radiography",
    INSTANCE_UID: uid(),
    SOP_CODE: "1.2.840.10008.5.1.4.1.1.1.1",
    SOP_DESCRIPTION: "Digital X-Ray Image Storage",
    PROCEDURE_CODE: procedures.chestXray.code,
  });
}
