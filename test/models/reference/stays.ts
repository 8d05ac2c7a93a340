/** Stays, their length and what followed them, computed plainly from admissions. Times are milliseconds, days `2024-02-29`. */

export interface Admission {
  readonly id: string;
  readonly patient: string;
  readonly start: number;
  readonly stop: number;
}

export interface Stay {
  readonly first: string;
  readonly patient: string;
  readonly start: number;
  readonly stop: number;
  readonly admissions: number;
  readonly days: number;
  readonly midnights: number;
}

/** `observed` too where the definition counts every admission. */
export interface Followed {
  readonly stay: Stay;
  readonly died: boolean;
  readonly followUpDays: number;
  readonly readmitted: boolean;
  readonly readmittedAny: boolean;
}

const DAY = 86_400_000;
const wall = new Intl.DateTimeFormat("en-CA", { timeZone: "America/New_York", dateStyle: "short" });
export const localDay = (at: number) => wall.format(at);
export const daysBetween = (from: string, to: string) => Math.round((Date.parse(to) - Date.parse(from)) / DAY);

export function staysOf(admissions: readonly Admission[]): readonly Stay[] {
  const stays: Admission[][] = [];
  const inOrder = [...admissions].sort((a, b) => a.start - b.start || (a.id < b.id ? -1 : 1));
  for (const patient of new Set(inOrder.map((each) => each.patient))) {
    let latest = Number.NEGATIVE_INFINITY;
    for (const admission of inOrder.filter((each) => each.patient === patient)) {
      if (admission.start <= latest) stays.at(-1)?.push(admission);
      else stays.push([admission]);
      latest = Math.max(latest, admission.stop);
    }
  }
  return stays.map((members) => {
    const start = Math.min(...members.map((each) => each.start));
    const stop = Math.max(...members.map((each) => each.stop));
    return {
      first: members[0]?.id ?? "",
      patient: members[0]?.patient ?? "",
      start,
      stop,
      admissions: members.length,
      days: (stop - start) / DAY,
      midnights: Math.max(1, daysBetween(localDay(start), localDay(stop))),
    };
  });
}

/** What followed each stay. `others`: admissions that are no acute stays, for observation. `deaths`: day by patient. */
export function followed(
  stays: readonly Stay[],
  others: readonly Admission[],
  deaths: ReadonlyMap<string, string>,
  today: string,
): readonly Followed[] {
  return stays.map((stay) => {
    const discharged = localDay(stay.stop);
    const death = deaths.get(stay.patient);
    const within30 = (start: number) => {
      const days = daysBetween(discharged, localDay(start));
      return start > stay.stop && days >= 0 && days <= 30;
    };
    const readmitted = stays.some((next) => next.patient === stay.patient && within30(next.start));
    return {
      stay,
      died: death !== undefined && death >= localDay(stay.start) && death <= discharged,
      followUpDays: daysBetween(discharged, today),
      readmitted,
      readmittedAny: readmitted || others.some((other) => other.patient === stay.patient && within30(other.start)),
    };
  });
}
