/**
 * Who comes back after a stay in hospital: moved to another hospital on the same day, or within two months, unplanned
 * through the emergency room or planned for an operation. Chance comes from the person's id, so that nothing of those who do
 * not come back depends on it.
 */
import { visits as kinds } from "./codes/care.js";
import { acuteProblems, type Problem, plannedProblems } from "./codes/problems.js";
import type { Facility, Network } from "./network.js";
import type { Person } from "./person.js";
import { Random } from "./random.js";
import { localDay, localInstant, NOW } from "./time.js";
import { type Course, type Draft, type Visit, visitAt } from "./visit.js";

const [MINUTE, HOUR, DAY] = [60, 3600, 86_400];

/** Shares of stays that the patient survives, by age: in adults 0.14 of all come back within 30 days (HCUP of the AHRQ). */
const RETURNS: readonly (readonly [from: number, share: number])[] = [
  [65, 0.26],
  [18, 0.2],
  [0, 0.08],
];
const TRANSFERS = 0.04;
/** Of those who come back. */
const [PLANNED, ELSEWHERE] = [0.15, 0.25];
/** Most return soon: of days up to this one two thirds are of the first thirty. */
const LAST_DAY = 60;

const complications = acuteProblems.filter(({ severe }) => severe);

/** A course with what brings the patient back; what they had been booked for in that time falls away. */
export function comeBack(person: Person, network: Network, course: Course): Course {
  const { visits, death } = course;
  const random = new Random(Number.parseInt(person.id.slice(0, 8), 16), 10, Number.parseInt(person.id.slice(-7), 16));
  let all = visits;
  // A stay that was added is followed in its turn.
  for (let at = 0; at < all.length; at += 1) {
    const stay = all[at] as Visit;
    if (stay.role !== "stay" || stay.kind !== kinds.admission || stay.stop === undefined || stay.stop === death)
      continue;
    all = among(all, returnsOf(random, person, network, stay, death)) ?? all;
  }
  return { ...course, visits: all };
}

function returnsOf(
  random: Random,
  person: Person,
  network: Network,
  stay: Visit,
  death: number | undefined,
): readonly Visit[] {
  const end = stay.stop as number;
  const age = (localDay(end) - person.birthDay) / 365.25;
  const others = network.facilities.filter(({ place, id }) => place === "hospital" && id !== stay.facility.id);
  const share = RETURNS.find(([from]) => age >= from)?.[1] ?? 0;
  const add = (facility: Facility, draft: Omit<Draft, "stop">): Visit | undefined => {
    const stop = draft.start + random.int(...draft.kind.minutes) * MINUTE;
    const until = Math.min(stop, death ?? stop);
    const isTooLate = draft.start >= NOW - HOUR || until - draft.start < 10 * MINUTE;
    return isTooLate ? undefined : visitAt(random, facility, { ...draft, stop: until });
  };
  if (stay.back === undefined && random.chance(TRANSFERS)) {
    const start = end + random.int(30, 240) * MINUTE;
    const moved = add(random.pick(others), {
      kind: kinds.admission,
      role: "stay",
      back: "transfer",
      start,
      reason: stay.reason,
    });
    return moved === undefined ? [] : [moved];
  }
  if (!random.chance(share)) return [];
  const facility = random.chance(ELSEWHERE) ? random.pick(others) : stay.facility;
  const day = localDay(end) + Math.floor(LAST_DAY * random.float() ** 1.7);
  if (age >= 18 && random.chance(PLANNED)) {
    const start = localInstant(day + 7, random.int(7 * 60, 11 * 60));
    const planned = add(facility, {
      kind: kinds.admission,
      role: "stay",
      back: "planned",
      start,
      reason: random.pick(plannedProblems),
    });
    return planned === undefined ? [] : [planned];
  }
  const reason: Problem | undefined = random.chance(0.6) ? stay.reason : random.pick(complications);
  const start = Math.max(end + 2 * HOUR, localInstant(day, random.int(0, 1439)));
  const emergency = add(facility, { kind: kinds.emergency, role: "acute", start, reason });
  if (emergency?.stop === undefined || emergency.stop === death) return emergency === undefined ? [] : [emergency];
  const admitted = add(facility, {
    kind: kinds.admission,
    role: "stay",
    back: "unplanned",
    start: emergency.stop + random.int(5, 40) * MINUTE,
    reason,
  });
  return admitted === undefined ? [emergency] : [emergency, admitted];
}

/**
 * Visits with others in their time: what was booked then is called off, and care at home or in a nursing home ends when the
 * patient leaves it. Undefined where the patient was in hospital then, or dead.
 */
function among(visits: readonly Visit[], added: readonly Visit[]): readonly Visit[] | undefined {
  const [first, last] = [added[0], added.at(-1)];
  if (first === undefined || last === undefined) return visits;
  const [from, to] = [first.start - 5 * MINUTE, (last.stop ?? Number.POSITIVE_INFINITY) + 5 * MINUTE];
  const kept: Visit[] = [];
  for (const visit of visits) {
    if (visit.start >= to || (visit.stop ?? Number.POSITIVE_INFINITY) <= from) kept.push(visit);
    else if (visit.kind === kinds.nursing && from - visit.start > DAY)
      kept.push({ ...visit, stop: from, stopDay: localDay(from) });
    else if (visit.kind !== kinds.nursing && !visit.kind.booked) return undefined;
  }
  return [...kept, ...added].sort((a, b) => a.start - b.start);
}

/** Stays that follow one of the same patient within 30 days, as the files have them. */
export interface Readmissions {
  /** Within 0 to 30 days in New York, transfers left out. */
  count: number;
  /** Of these, by the plan. */
  planned: number;
  /** Of these, in another facility than the stay before. */
  elsewhere: number;
  /** Stays that go on in another hospital. */
  transfers: number;
}

export const createReadmissions = (): Readmissions => ({ count: 0, planned: 0, elsewhere: 0, transfers: 0 });

/** Adds those of a patient. */
export function countReadmissions(sums: Readmissions, { visits }: Course): void {
  const stays = visits.filter(({ kind }) => kind === kinds.admission);
  stays.forEach((stay, index) => {
    const before = stays[index - 1];
    if (stay.back === "transfer") sums.transfers += 1;
    else if (before?.stopDay !== undefined && stay.startDay - before.stopDay <= 30) {
      sums.count += 1;
      if (stay.back === "planned") sums.planned += 1;
      if (stay.facility.id !== before.facility.id) sums.elsewhere += 1;
    }
  });
}
