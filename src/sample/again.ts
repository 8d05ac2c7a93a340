/**
 * Patients who are known twice: registered again where another register gives the numbers, under another id, their names and
 * dates told and spelled a little otherwise, with visits there. That both are one person is written beside the sample only.
 */
import type { Chart } from "./chart.js";
import type { Resources } from "./hospital/index.js";
import { type Network, streetAddress, type Tally, towns } from "./network.js";
import { createChart, type Patient } from "./patient.js";
import type { Person } from "./person.js";
import type { Random } from "./random.js";
import { comeBack } from "./returns.js";
import { dayOf, isoDay, isoInstant, NOW, TODAY } from "./time.js";
import { type Course, planCourse } from "./visit.js";

/** Of those who are alive and have been seen. */
const SHARE = 0.08;
/** Days before today from which they are seen at the other place. */
const SINCE = 1500;

/** Undefined: known once, as most are. */
export function registerAgain(
  random: Random,
  { chart, course }: Patient,
  network: Network,
  resources: Resources,
  tally: Tally,
): Patient | undefined {
  const { person } = chart;
  if (course === undefined || person.deathDay !== undefined || !random.chance(SHARE)) return undefined;
  const known = new Set(course.visits.map(({ facility }) => resources.unitOf(facility).authority));
  known.add(resources.unitOf(person.clinic).authority);
  const clinics = resources.units.filter(
    ({ facility, authority }) => facility.place === "clinic" && !known.has(authority),
  );
  if (clinics.length === 0) return undefined;
  const { facility: clinic, authority } = random.pick(clinics);
  const other: Person = { ...otherwise(random, person), clinic };
  const planned = comeBack(other, network, planCourse(random, other, network));
  const isElsewhere = (start: number, stop: number) =>
    course.visits.some((visit) => start < (visit.stop ?? Number.POSITIVE_INFINITY) && visit.start < stop);
  const visits = planned.visits.filter(
    ({ facility, start, startDay, stop }) =>
      startDay > TODAY - SINCE &&
      resources.unitOf(facility).authority === authority &&
      !isElsewhere(start, stop ?? Number.POSITIVE_INFINITY),
  );
  const first = visits[0];
  if (first === undefined) return undefined;
  const here: Course = { ...planned, from: first.startDay, visits };
  const isSame = other.row.SSN !== "" && other.birthDay === person.birthDay;
  const again = createChart(random, other, here, tally, isSame ? ["duplicate_patient"] : []);
  decide(random, again.chart, person.id, first.start);
  return again;
}

/** Of some pairs the register found out; of few of these it took that back. */
function decide(random: Random, chart: Chart, former: string, since: number): void {
  if (!random.chance(0.2)) return;
  const decision = (word: string, at: number) =>
    chart.add("identity_decisions", {
      ID: random.uuid(),
      PATIENT: former,
      OTHER_PATIENT: chart.person.id,
      DECISION: word,
      DECIDED_AT: isoInstant(at),
      DECIDED_BY: "registration",
    });
  const at = since + Math.floor((NOW - since) * random.float() * 0.8);
  decision(random.pick(["link", "merge"]), at);
  if (random.chance(0.1)) decision("unlink", at + Math.floor((NOW - at) * random.float()));
}

/** The same person as somebody else would write them down. */
function otherwise(random: Random, person: Person): Person {
  const { row } = person;
  const birthDay = random.chance(0.9) ? person.birthDay : misread(person.birthDay);
  const hasMoved = random.chance(0.6);
  const town = random.pick(towns);
  const address = hasMoved ? streetAddress(random) : misspelled(random, person.address, 0.3);
  const id = random.uuid();
  return {
    ...person,
    id,
    birthDay,
    address,
    row: {
      ...row,
      Id: id,
      BIRTHDATE: isoDay(birthDay),
      // Mostly nobody asked.
      SSN: random.chance(0.15) ? row.SSN : "",
      DRIVERS: random.chance(0.4) ? row.DRIVERS : "",
      PASSPORT: random.chance(0.3) ? row.PASSPORT : "",
      PREFIX: random.chance(0.5) ? row.PREFIX : "",
      FIRST: misspelled(random, row.FIRST ?? "", 0.3),
      MIDDLE: random.chance(0.5) ? (row.MIDDLE ?? "").slice(0, 1) : "",
      LAST: row.MAIDEN && random.chance(0.3) ? row.MAIDEN : misspelled(random, row.LAST ?? "", 0.2),
      MAIDEN: "",
      MARITAL: random.chance(0.7) ? row.MARITAL : "",
      ADDRESS: address,
      ...(hasMoved
        ? {
            CITY: town.city,
            COUNTY: town.county,
            FIPS: town.fips,
            ZIP: town.zip,
            LAT: town.latitude.toFixed(8),
            LON: town.longitude.toFixed(8),
          }
        : {}),
    },
  };
}

/** Two neighbouring letters in the wrong order, one left out, or one twice. */
function misspelled(random: Random, text: string, share: number): string {
  if (text.length < 4 || !random.chance(share)) return text;
  const at = random.int(1, text.length - 3);
  const [before, one, two, after] = [text.slice(0, at), text[at] ?? "", text[at + 1] ?? "", text.slice(at + 2)];
  return random.pick([
    `${before}${two}${one}${after}`,
    `${before}${one}${after}`,
    `${before}${one}${one}${two}${after}`,
  ]);
}

/** Day and month in the wrong order where that is a date, else a day before; never later than it is. */
function misread(day: number): number {
  const [year, month, date] = isoDay(day).split("-").map(Number) as [number, number, number];
  const swapped = date <= 12 ? dayOf(year, date, month) : day;
  return swapped < day ? swapped : day - 1;
}
