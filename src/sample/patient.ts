/** One patient from nothing to a full chart; everything follows from the seed and the patient's number. */
import { otherAppointments, visitAppointment } from "./appointments.js";
import { claim, insure } from "./billing.js";
import { Chart, type ExpectedFlag } from "./chart.js";
import type { Acute, Chronic } from "./codes/problems.js";
import { bump, type Network, payerTally, type Tally } from "./network.js";
import {
  observeAcute,
  observeChronic,
  observeDeath,
  observeGeneral,
  observeOutside,
  observeStay,
} from "./observations.js";
import { createPerson, type Person } from "./person.js";
import type { Random } from "./random.js";
import { acuteVisit, allergies, chronicVisit, generalVisit, stay } from "./records.js";
import { comeBack } from "./returns.js";
import { encounterRow, endPrescriptions, money, type Writing } from "./rows.js";
import { type Course, planCourse, type Visit } from "./visit.js";

export interface Patient {
  readonly chart: Chart;
  /** Undefined: nothing ever happened to them here. */
  readonly course: Course | undefined;
}

/** Adds what the network's own rows must say to `tally`. */
export function createPatient(random: Random, network: Network, ssn: string, tally: Tally): Patient {
  const person = createPerson(random, network, ssn);
  return createChart(
    random,
    person,
    person.hasEvents ? comeBack(person, network, planCourse(random, person, network)) : undefined,
    tally,
  );
}

/** Writes down what happened. Adds what the network's own rows must say to `tally`. `flags` are those of the patient's own row. */
export function createChart(
  random: Random,
  person: Person,
  course: Course | undefined,
  tally: Tally,
  flags: readonly ExpectedFlag[] = [],
): Patient {
  const chart = new Chart(person);
  let [expenses, coverage] = [0, 0];
  if (course !== undefined) {
    const writing: Writing = {
      random,
      chart,
      course,
      diagnosed: new Set(),
      running: new Map(),
      vaccinated: new Set(),
    };
    const hasAllergies = random.chance(0.15);
    course.visits.forEach((visit, index) => {
      encounterRow(writing, visit);
      if (index === 0 && hasAllergies && visit.role !== "certificate") allergies(writing, visit);
      records[visit.role](writing, visit);
      if (visit.kind.booked && (visit.stop === undefined || random.chance(0.45))) visitAppointment(writing, visit);
      const paid = claim(random, chart, visit);
      expenses += paid.payer + paid.patient;
      coverage += paid.payer;
      bump(tally.encounters, visit.facility.id);
      if (visit.locum === undefined) bump(tally.encounters, visit.provider.id);
      bump(tally.revenue, visit.facility.id, paid.payer + paid.patient);
    });
    if (course.visits.length > 0) {
      endPrescriptions(writing);
      observeOutside(writing);
      otherAppointments(writing, course.visits);
      count(tally, chart, course.visits, insure(random, chart, course), coverage, expenses);
    }
  }
  const sums = { HEALTHCARE_EXPENSES: money(expenses), HEALTHCARE_COVERAGE: money(coverage) };
  chart.add("patients", { ...person.row, ...sums }, flags);
  return { chart, course };
}

const records: Readonly<Record<Visit["role"], (writing: Writing, visit: Visit) => void>> = {
  general(writing, visit) {
    generalVisit(writing, visit);
    observeGeneral(writing, visit);
  },
  acute(writing, visit) {
    // A chronic problem that got worse is in the record already.
    if (visit.reason !== undefined && "days" in visit.reason) acuteVisit(writing, visit, visit.reason as Acute);
    observeAcute(writing, visit);
  },
  chronic(writing, visit) {
    chronicVisit(writing, visit, visit.reason as Chronic);
    observeChronic(writing, visit);
  },
  stay(writing, visit) {
    stay(writing, visit);
    observeStay(writing, visit);
  },
  "after-stay"(writing, visit) {
    observeStay(writing, visit);
  },
  certificate: observeDeath,
};

function count(
  tally: Tally,
  chart: Chart,
  visits: readonly Visit[],
  months: number,
  coverage: number,
  expenses: number,
): void {
  const sums = payerTally(tally, chart.person.payer);
  sums.customers += 1;
  sums.months += months;
  sums.covered += coverage;
  sums.uncovered += expenses - coverage;
  sums.encounters += visits.length;
  sums.medications += chart.of("medications").length;
  sums.procedures += chart.of("procedures").length;
  sums.immunizations += chart.of("immunizations").length;
  const provider = new Map(visits.map((visit) => [visit.id, visit.locum ?? visit.provider.id]));
  for (const { row } of chart.of("procedures")) bump(tally.procedures, provider.get(row.ENCOUNTER ?? "") ?? "");
}
