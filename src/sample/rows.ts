/** What is found, done, given and prescribed at a visit, as rows. */

import type { Chart } from "./chart.js";
import { allergens, devices, procedures, reactions, supplies, vaccines } from "./codes/care.js";
import type { Acute, Chronic, Medication, Problem } from "./codes/problems.js";
import { diabetes, socialFindings } from "./codes/problems.js";
import type { Random } from "./random.js";
import type { Row } from "./tables.js";
import { isoDay, isoInstant, localDay, NOW } from "./time.js";
import { ageAt, type Course, type Visit } from "./visit.js";

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
      PROVIDER: visit.provider.id,
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

function condition(writing: Writing, visit: Visit, code: string, name: string, days: number | undefined): void {
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
function prescribe(writing: Writing, visit: Visit, drug: Medication, days: number | undefined): void {
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
  if (!chart.addEvent("medications", row, localDay(start), visit) || days !== undefined) return;
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

function procedure(writing: Writing, visit: Visit, { code, name }: { code: string; name: string }, cost: number): void {
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
      SYSTEM: "SNOMED-CT",
      CODE: code,
      DESCRIPTION: name,
      BASE_COST: money(cost * (0.8 + random.float() * 0.4)),
      ...reasonOf(visit.reason),
    },
    localDay(start),
    visit,
  );
}

function careplan(writing: Writing, visit: Visit, problem: Acute | Chronic, days: number | undefined): void {
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

export function generalVisit(writing: Writing, visit: Visit): void {
  const { chart, random, vaccinated } = writing;
  const age = ageAt(chart.person, visit.startDay);
  procedure(writing, visit, procedures.reconciliation, 480);
  if (age >= 18) {
    const finding = random.pick(socialFindings);
    condition(writing, visit, finding.code, finding.name, finding.days);
    procedure(writing, visit, random.pick([procedures.needs, procedures.depression, procedures.substances]), 430);
  }
  for (const vaccine of vaccines) {
    const [from, to] = vaccine.ages;
    if (age < from || age > to || (!vaccine.yearly && vaccinated.has(vaccine.code)) || random.chance(0.4)) continue;
    vaccinated.add(vaccine.code);
    chart.add("immunizations", {
      DATE: isoInstant(visit.start),
      PATIENT: chart.person.id,
      ENCOUNTER: visit.id,
      CODE: vaccine.code,
      DESCRIPTION: vaccine.name,
      BASE_COST: "136.00",
    });
  }
}

const operations: Readonly<Record<string, { readonly code: string; readonly name: string }>> = {
  "74400008": procedures.appendectomy,
  "22298006": procedures.coronary,
  "125605004": procedures.immobilization,
  "312608009": procedures.suture,
};

export function acuteVisit(writing: Writing, visit: Visit, problem: Acute): void {
  const days = writing.random.int(...problem.days);
  condition(writing, visit, problem.code, problem.name, days);
  // Where a stay follows, the prescription comes with the discharge.
  if (!problem.severe)
    for (const drug of problem.medications) prescribe(writing, visit, drug, writing.random.int(7, 14));
  const operation = operations[problem.code];
  if (operation !== undefined && !problem.severe) procedure(writing, visit, operation, 620);
  if (writing.random.chance(0.3)) careplan(writing, visit, problem, days);
}

export function chronicVisit(writing: Writing, visit: Visit, problem: Chronic): void {
  const { diagnosed, random, chart } = writing;
  if (!diagnosed.has(problem.code)) {
    diagnosed.add(problem.code);
    condition(writing, visit, problem.code, problem.name, undefined);
    careplan(writing, visit, problem, undefined);
    if (problem === diabetes) device(writing, visit, 0);
  }
  const severity = problem.medications.length;
  for (const drug of problem.medications.slice(0, random.int(Math.min(1, severity), severity))) {
    prescribe(writing, visit, drug, undefined);
  }
  if (random.chance(0.3)) procedure(writing, visit, procedures.reconciliation, 480);
  if (problem === diabetes && random.chance(0.3)) {
    chart.add("supplies", {
      DATE: isoDay(visit.startDay),
      PATIENT: chart.person.id,
      ENCOUNTER: visit.id,
      CODE: "337388004",
      DESCRIPTION: "Blood glucose testing strips (physical object)",
      QUANTITY: "50",
    });
  }
}

function device({ chart, random }: Writing, visit: Visit, which: number): void {
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

/** A stay in hospital or hospice: diagnosis as the hospital codes it, what was done, what is to be taken afterwards. */
export function stay(writing: Writing, visit: Visit): void {
  const { chart, random } = writing;
  const problem = visit.reason;
  if (problem !== undefined) {
    chart.addEvent(
      "conditions",
      {
        START: isoDay(visit.startDay),
        STOP: visit.stopDay === undefined ? "" : isoDay(visit.stopDay),
        PATIENT: chart.person.id,
        ENCOUNTER: visit.id,
        SYSTEM: "ICD-10-CM",
        CODE: problem.icd10,
        DESCRIPTION: problem.icd10Name,
      },
      visit.startDay,
      visit,
    );
    const operation = operations[problem.code];
    if (operation !== undefined) procedure(writing, visit, operation, 9_800);
    for (const drug of problem.medications) prescribe(writing, visit, drug, random.int(10, 30));
  }
  if (random.chance(0.5)) procedure(writing, visit, procedures.oxygen, 310);
  if (random.chance(0.3)) procedure(writing, visit, procedures.echo, 1_150);
  if (random.chance(0.4)) chestXray(writing, visit);
  if (random.chance(0.15)) device(writing, visit, random.int(1, devices.length - 1));
  const supply = random.pick(supplies);
  chart.add("supplies", {
    DATE: isoDay(visit.startDay),
    PATIENT: chart.person.id,
    ENCOUNTER: visit.id,
    CODE: supply.code,
    DESCRIPTION: supply.name,
    QUANTITY: String(random.int(1, 24)),
  });
}

function chestXray(writing: Writing, visit: Visit): void {
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

/** Some have allergies, told at one visit. */
export function allergies({ chart, random }: Writing, visit: Visit): void {
  for (let left = random.int(1, 4); left > 0; left -= 1) {
    const allergen = random.pick(allergens);
    const [first, second] = [random.pick(reactions), random.chance(0.4) ? random.pick(reactions) : undefined];
    chart.addEvent(
      "allergies",
      {
        START: isoDay(visit.startDay),
        STOP: "",
        PATIENT: chart.person.id,
        ENCOUNTER: visit.id,
        CODE: allergen.code,
        SYSTEM: allergen.system,
        DESCRIPTION: allergen.name,
        TYPE: allergen.type,
        CATEGORY: allergen.category,
        REACTION1: first.code,
        DESCRIPTION1: first.name,
        SEVERITY1: random.pick(["MILD", "MODERATE", "SEVERE"]),
        REACTION2: second?.code ?? "",
        DESCRIPTION2: second?.name ?? "",
        SEVERITY2: second === undefined ? "" : "MILD",
      },
      visit.startDay,
      visit,
    );
  }
}
