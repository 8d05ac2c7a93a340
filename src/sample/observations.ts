/** What is measured and asked, at visits and without one. */

import type { Measure, Question } from "./codes/measures.js";
import * as measures from "./codes/measures.js";
import { diabetes } from "./codes/problems.js";
import type { Writing } from "./rows.js";
import { isoInstant, localDay, localInstant, NOW, workday } from "./time.js";
import { ageAt, type Visit } from "./visit.js";

const DAY = 86_400;

function write(
  { chart }: Writing,
  at: number,
  visit: Visit | undefined,
  of: { readonly category: string; readonly code: string; readonly name: string },
  value: string,
  unit: string,
  type: "numeric" | "text",
): void {
  // What is known only after today is not known yet.
  if (at > NOW) return;
  chart.addEvent(
    "observations",
    {
      DATE: isoInstant(at),
      PATIENT: chart.person.id,
      ENCOUNTER: visit?.id ?? "",
      CATEGORY: of.category,
      CODE: of.code,
      DESCRIPTION: of.name,
      VALUE: value,
      UNITS: unit,
      TYPE: type,
    },
    localDay(at),
    visit,
  );
}

/** `value` in the measure's first unit; written in the unit that the place sends. */
function number(writing: Writing, at: number, visit: Visit | undefined, of: Measure, value: number): void {
  const facility = visit?.facility ?? writing.chart.person.clinic;
  const usesSecond = of.category === "laboratory" ? facility.sendsSi : facility.sendsPounds;
  const unit = (usesSecond ? of.units[1] : undefined) ?? of.units[0];
  const text = (value * unit.factor + unit.shift).toFixed(unit.digits);
  write(writing, at, visit, of, text, unit.unit, "numeric");
}

function measure(writing: Writing, at: number, visit: Visit | undefined, list: readonly Measure[]): void {
  const isDiabetic = writing.course.chronic.includes(diabetes);
  for (const of of list) {
    const mean = isDiabetic ? (of.diabetic ?? of.mean) : of.mean;
    number(writing, at, visit, of, writing.random.around(mean, of.deviation));
  }
}

function answer(writing: Writing, at: number, visit: Visit | undefined, of: Question): void {
  const [low, high] = of.answers;
  if (typeof low === "number" && typeof high === "number") {
    write(writing, at, visit, of, writing.random.int(low, high).toFixed(1), of.unit, "numeric");
  } else {
    write(writing, at, visit, of, writing.random.pick(of.answers as readonly string[]), of.unit, "text");
  }
}

/** Height and weight grow with age. */
function body(writing: Writing, visit: Visit): void {
  const { person } = writing.chart;
  const grown = Math.min(1, Math.max(0, ageAt(person, visit.startDay)) / 18);
  const height = person.adultHeight * (0.3 + 0.7 * Math.sqrt(grown));
  const bodyMass = 14.5 + (person.bodyMass - 14.5) * grown + writing.random.around(0, 0.4);
  number(writing, visit.start, visit, measures.height, height);
  number(writing, visit.start, visit, measures.weight, bodyMass * (height / 100) * (height / 100));
  number(writing, visit.start, visit, measures.bodyMass, bodyMass);
}

export function observeGeneral(writing: Writing, visit: Visit): void {
  const { random, chart } = writing;
  body(writing, visit);
  measure(writing, visit.start, visit, measures.vitals);
  if (ageAt(chart.person, visit.startDay) < 18) return;
  for (const question of measures.questions) if (random.chance(0.7)) answer(writing, visit.start, visit, question);
  if (random.chance(0.5)) {
    write(writing, visit.start, visit, measures.livesAt, chart.person.address, "", "text");
  }
  if (random.chance(0.5)) panel(writing, visit, [...measures.metabolic, ...measures.lipids]);
}

export function observeAcute(writing: Writing, visit: Visit): void {
  const { random } = writing;
  if (visit.kind.class === "virtual") return;
  measure(writing, visit.start, visit, random.chance(0.5) ? measures.vitals.slice(0, 3) : [measures.pain]);
  measure(writing, visit.start, visit, [measures.temperature]);
  if (visit.reason?.code === "840539006") answer(writing, visit.start + 300, visit, measures.virus);
  if (visit.kind.class === "emergency") {
    panel(writing, visit, measures.bloodCount);
    const value = random.around(measures.troponin.mean, measures.troponin.deviation);
    if (value < 0.01) write(writing, visit.start + 300, visit, measures.troponin, "<0.01", "ng/mL", "numeric");
    else number(writing, visit.start + 300, visit, measures.troponin, value);
  }
}

export function observeChronic(writing: Writing, visit: Visit): void {
  if (visit.kind.class !== "virtual") measure(writing, visit.start, visit, measures.vitals.slice(0, 3));
  if (writing.random.chance(0.45)) panel(writing, visit, measures.metabolic);
  if (visit.reason === diabetes) panel(writing, visit, [measures.hba1c]);
}

/** Vital signs each morning, blood every other; a culture whose result mostly comes after the discharge. */
export function observeStay(writing: Writing, visit: Visit): void {
  const { random } = writing;
  const end = visit.stop ?? NOW;
  let day = 0;
  for (let at = visit.start + 1800; at < end && day < 10; at += DAY) {
    measure(writing, at, visit, measures.vitals);
    if (day % 2 === 0 && visit.kind.class === "inpatient") measure(writing, at + 60, visit, measures.metabolic);
    day += 1;
  }
  if (visit.kind.class === "inpatient" && random.chance(0.35)) {
    const drawn = end - random.int(6, 40) * 3600;
    answer(writing, Math.max(drawn, visit.start) + random.int(2, 5) * DAY, visit, measures.culture);
  }
}

/** A blood panel: within the visit, now and then resulted a day or two later. */
function panel(writing: Writing, visit: Visit, list: readonly Measure[]): void {
  const { random } = writing;
  const isLate = visit.stop !== undefined && random.chance(0.06);
  measure(writing, isLate ? visit.start + random.int(1, 2) * DAY : visit.start + 300, visit, list);
}

export function observeDeath(writing: Writing, visit: Visit): void {
  const cause = writing.course.chronic[0]?.name ?? "Natural death with probable cause suspected (event)";
  write(writing, visit.start, visit, measures.causeOfDeath, cause, "", "text");
}

/** Blood that was drawn without any encounter, and Synthea's yearly score, which never has one. */
export function observeOutside(writing: Writing): void {
  const { random, course } = writing;
  for (let day = course.from; day + 330 <= course.to; day += 365) {
    const scored = localInstant(day, 12 * 60);
    write(
      writing,
      scored,
      undefined,
      measures.qualityOfLife,
      (0.6 + random.float() * 0.4).toFixed(1),
      "{score}",
      "numeric",
    );
    if (random.chance(0.15)) {
      const drawn = workday(day + random.int(10, 320), course.to);
      measure(writing, localInstant(drawn, random.int(420, 600)), undefined, measures.metabolic.slice(0, 3));
    }
  }
}
