/** A patient's encounters since the network's records begin: what brings them, when, where, and in which order. */

import { type VisitKind, visits } from "./codes/care.js";
import { type Acute, acuteProblems, type Chronic, chronicProblems, type Problem } from "./codes/problems.js";
import type { Facility, Network, Provider } from "./network.js";
import type { Person } from "./person.js";
import type { Random } from "./random.js";
import { localDay, localInstant, NOW, TODAY, workday, yearOf } from "./time.js";

export type Role = "general" | "acute" | "chronic" | "stay" | "after-stay" | "certificate";
/** What a stay is of the one before. */
export type Return = "transfer" | "unplanned" | "planned";

export interface Visit {
  readonly id: string;
  readonly kind: VisitKind;
  readonly role: Role;
  /** Undefined: of nothing before. */
  readonly back?: Return | undefined;
  readonly facility: Facility;
  readonly provider: Provider;
  /** Id of a locum who stood in for the provider at the visit, and whom the register of providers does not have. */
  readonly locum: string | undefined;
  /** Seconds since 1970 in UTC. */
  readonly start: number;
  /** Undefined: still going on. */
  readonly stop: number | undefined;
  /** Days in New York. */
  readonly startDay: number;
  readonly stopDay: number | undefined;
  readonly reason: Problem | undefined;
  /** The first visit about a chronic problem. */
  readonly isFirst: boolean;
}

export interface Course {
  /** The first day of care here and the last: death or today. */
  readonly from: number;
  readonly to: number;
  /** When on the day of death the patient dies. */
  readonly death: number | undefined;
  readonly chronic: readonly Chronic[];
  /** In the order of their starts; they do not overlap. */
  readonly visits: readonly Visit[];
}

export interface Draft {
  readonly kind: VisitKind;
  readonly role: Role;
  readonly back?: Return;
  readonly start: number;
  readonly stop: number;
  readonly reason?: Problem | undefined;
  readonly isFirst?: boolean;
}

const YEAR = 365.25;

export function planCourse(random: Random, person: Person, network: Network): Course {
  const to = person.deathDay ?? TODAY;
  const joined = network.since + (random.chance(0.4) ? random.int(0, Math.max(0, TODAY - network.since - 400)) : 0);
  const from = Math.min(Math.max(person.birthDay + 3, joined), to);
  const death = person.deathDay === undefined ? undefined : localInstant(person.deathDay, random.int(60, 1100));
  const chronic = chronicProblems.filter(({ prevalence }) => random.chance(shareAt(prevalence, ageAt(person, to))));
  const drafts = [
    ...generalVisits(random, person, from, to),
    ...acuteVisits(random, person, from, to),
    ...chronic.flatMap((problem) => chronicVisits(random, problem, from, to)),
    ...lastStay(random, person, chronic, death),
  ];
  const certificate = certificateOf(random, person);
  return { from, to, death, chronic, visits: settle(random, person, network, drafts, certificate, death) };
}

export const ageAt = (person: Person, day: number) => (day - person.birthDay) / YEAR;

function shareAt([young, middle, old]: readonly [number, number, number], age: number): number {
  if (age < 18) return 0;
  if (age < 50) return young + ((middle - young) * Math.max(0, age - 25)) / 25;
  return middle + ((old - middle) * Math.min(25, age - 50)) / 25;
}

/** In clinic hours; a virtual visit may be in the evening, when it is the next day in UTC already. */
function inClinic(random: Random, kind: VisitKind, role: Role, day: number, last: number, reason?: Problem): Draft {
  const minute = kind === visits.virtual ? random.int(8 * 60, 21 * 60) : random.int(8 * 60, 16 * 60);
  const start = localInstant(workday(day, last), minute) + random.int(0, 59);
  return { kind, role, start, stop: start + random.int(...kind.minutes) * 60, reason };
}

/** At any hour. */
function atAnyHour(random: Random, kind: VisitKind, role: Role, day: number, reason?: Problem): Draft {
  const start = localInstant(day, random.int(0, 1439)) + random.int(0, 59);
  return { kind, role, start, stop: start + random.int(...kind.minutes) * 60, reason };
}

function generalVisits(random: Random, person: Person, from: number, to: number): readonly Draft[] {
  const drafts: Draft[] = [];
  for (let day = from + random.int(0, 20); day <= to; ) {
    const age = ageAt(person, day);
    drafts.push(inClinic(random, age < 18 ? visits.wellChild : visits.wellness, "general", day, to));
    day += age < 1 ? 60 : age < 2 ? 120 : age < 18 ? 365 : age < 65 ? random.int(365, 800) : random.int(330, 400);
  }
  return drafts;
}

function acuteVisits(random: Random, person: Person, from: number, to: number): readonly Draft[] {
  const drafts: Draft[] = [];
  const weights = acuteProblems.map((problem): readonly [number, Acute] => [problem.weight, problem]);
  for (let day = from + random.int(1, 700); day <= to; day += random.int(30, 700)) {
    const problem = random.weighted(weights);
    if (problem.code === "840539006" && yearOf(day) < 2020) continue;
    const age = ageAt(person, day);
    if (problem.severe) {
      drafts.push(...admitted(random, problem, day, age));
      continue;
    }
    const kind = random.weighted([
      [50, visits.problem],
      [20, visits.symptom],
      [18, visits.urgent],
      [yearOf(day) < 2020 ? 0 : 14, visits.virtual],
      [12, visits.emergency],
    ]);
    const isOpenAlways = kind === visits.urgent || kind === visits.emergency;
    drafts.push(
      isOpenAlways ? atAnyHour(random, kind, "acute", day, problem) : inClinic(random, kind, "acute", day, to, problem),
    );
  }
  return drafts;
}

/** Emergency room, then mostly a stay, then for some a nursing home or visits at home. */
function admitted(random: Random, problem: Problem, day: number, age: number): readonly Draft[] {
  const emergency = atAnyHour(random, visits.emergency, "acute", day, problem);
  if (random.chance(0.25)) return [emergency];
  const start = emergency.stop + random.int(5, 40) * 60;
  const stay: Draft = {
    kind: visits.admission,
    role: "stay",
    start,
    stop: start + random.int(...visits.admission.minutes) * 60,
    reason: problem,
  };
  const dischargeDay = localDay(stay.stop);
  if (age > 70 && random.chance(0.4)) {
    const begin = localInstant(dischargeDay + 1, random.int(600, 900));
    const minutes = random.int(...visits.nursing.minutes);
    return [
      emergency,
      stay,
      { kind: visits.nursing, role: "after-stay", start: begin, stop: begin + minutes * 60, reason: problem },
    ];
  }
  if (age > 50 && random.chance(0.4)) {
    const home = inClinic(random, visits.home, "after-stay", dischargeDay + random.int(3, 12), TODAY, problem);
    return [emergency, stay, home];
  }
  return [emergency, stay];
}

function chronicVisits(random: Random, problem: Chronic, from: number, to: number): readonly Draft[] {
  const drafts: Draft[] = [];
  const onset = random.chance(0.5) ? from + random.int(1, 60) : random.int(from, to);
  for (let day = onset; day <= to; day += random.int(200, 420)) {
    const isFirst = day === onset;
    const kind = isFirst
      ? visits.problem
      : yearOf(day) >= 2020 && random.chance(0.25)
        ? visits.virtual
        : random.pick([visits.checkUp, visits.followUp]);
    drafts.push({ ...inClinic(random, kind, "chronic", day, to, problem), isFirst });
    if (problem.admits && random.chance(0.25)) drafts.push(...admitted(random, problem, day + random.int(20, 180), 75));
  }
  return drafts;
}

/** Many die in hospital or in a hospice. */
function lastStay(
  random: Random,
  person: Person,
  chronic: readonly Chronic[],
  death: number | undefined,
): readonly Draft[] {
  if (death === undefined || person.deathDay === undefined) return [];
  const kind = random.weighted([
    [5, visits.admission],
    [2, visits.hospice],
    [3, undefined],
  ]);
  if (kind === undefined) return [];
  const days = kind === visits.hospice ? random.int(5, 15) : random.int(1, 8);
  const start = localInstant(person.deathDay - days, random.int(0, 1439));
  return [
    {
      kind,
      role: "stay",
      start,
      stop: death,
      reason: chronic[0] ?? random.pick(acuteProblems.filter(({ severe }) => severe)),
    },
  ];
}

/** On the evening of the day of death or in the morning after, as in life: then it is an encounter after death. */
function certificateOf(random: Random, person: Person): Draft | undefined {
  if (person.deathDay === undefined) return undefined;
  const start = random.chance(0.5)
    ? localInstant(person.deathDay, random.int(1140, 1410))
    : localInstant(person.deathDay + 1, random.int(480, 900));
  return { kind: visits.certificate, role: "certificate", start, stop: start + 15 * 60 };
}

/** Puts drafts in order, leaves out what overlaps, what is not yet and what would be after death. */
function settle(
  random: Random,
  person: Person,
  network: Network,
  drafts: readonly Draft[],
  certificate: Draft | undefined,
  death: number | undefined,
): readonly Visit[] {
  const settled: Visit[] = [];
  const earliest = person.birthDay;
  let free = Number.NEGATIVE_INFINITY;
  for (const draft of drafts.toSorted((a, b) => a.start - b.start || a.stop - b.stop)) {
    const end = Math.min(draft.stop, death ?? Number.POSITIVE_INFINITY);
    const isLate = draft.start >= NOW - 3600 || end - draft.start < 10 * 60;
    if (draft.start < free || isLate || localDay(draft.start) < earliest) continue;
    settled.push(visitOf(random, person, network, { ...draft, stop: end }));
    free = end + 5 * 60;
  }
  if (certificate !== undefined) settled.push(visitOf(random, person, network, certificate));
  return settled;
}

/** One visit in so many. By its id, so that nothing else depends on it. */
const WITH_LOCUM = 150;

function locumOf(id: string): string | undefined {
  const drawn = Number.parseInt(id.slice(9, 13), 16);
  return drawn % WITH_LOCUM === 0 ? `locum-${id.slice(9, 13)}` : undefined;
}

function visitOf(random: Random, person: Person, network: Network, draft: Draft): Visit {
  const { place } = draft.kind;
  const facility =
    place === "clinic" && random.chance(0.8)
      ? person.clinic
      : random.pick(network.facilities.filter((candidate) => candidate.place === place));
  return visitAt(random, facility, draft);
}

/** A draft, at a facility. */
export function visitAt(random: Random, facility: Facility, draft: Draft): Visit {
  const isOver = draft.stop <= NOW;
  const id = random.uuid();
  return {
    id,
    kind: draft.kind,
    role: draft.role,
    back: draft.back,
    facility,
    provider: random.pick(facility.providers),
    locum: locumOf(id),
    start: draft.start,
    stop: isOver ? draft.stop : undefined,
    startDay: localDay(draft.start),
    stopDay: isOver ? localDay(draft.stop) : undefined,
    reason: draft.reason,
    isFirst: draft.isFirst ?? false,
  };
}
