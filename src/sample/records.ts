/** What a visit leaves in the record, by what it is about. */
import { allergens, devices, operations, procedures, reactions, supplies, vaccines } from "./codes/care.js";
import { type Acute, type Chronic, diabetes, socialFindings } from "./codes/problems.js";
import { careplan, chestXray, condition, device, prescribe, procedure, type Writing } from "./rows.js";
import { isoDay, isoInstant } from "./time.js";
import { ageAt, type Visit } from "./visit.js";

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

const LACERATION = "312608009";

export function acuteVisit(writing: Writing, visit: Visit, problem: Acute): void {
  const days = writing.random.int(...problem.days);
  condition(writing, visit, problem.code, problem.name, days);
  // Where a stay follows, the prescription comes with the discharge.
  if (!problem.severe)
    for (const drug of problem.medications) prescribe(writing, visit, drug, writing.random.int(7, 14));
  if (problem.code === LACERATION) procedure(writing, visit, procedures.suture, 620);
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
    if (operation !== undefined) procedure(writing, visit, operation, 9_800, "ICD-10-PCS");
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
