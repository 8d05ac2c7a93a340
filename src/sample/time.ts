/**
 * The hospital's calendar: days as whole numbers since 1970-01-01, instants as seconds since then in UTC, and the clock on
 * the wall in New York. No clock is ever read: the sample's today is a constant.
 */

const DAY_SECONDS = 86_400;

/** Day number of a date. */
export const dayOf = (year: number, month: number, day: number) => Date.UTC(year, month - 1, day) / 86_400_000;

/** The sample's last day. */
export const TODAY = dayOf(2025, 6, 30);

const dayTexts = new Map<number, string>();

/** `2025-06-30`. */
export function isoDay(day: number): string {
  const known = dayTexts.get(day);
  if (known !== undefined) return known;
  const text = new Date(day * 86_400_000).toISOString().slice(0, 10);
  dayTexts.set(day, text);
  return text;
}

const two = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, "0"));

/** `2025-06-30T21:00:00Z`, of whole seconds. */
export function isoInstant(at: number): string {
  const day = Math.floor(at / DAY_SECONDS);
  const second = at - day * DAY_SECONDS;
  const minute = Math.floor(second / 60);
  return `${isoDay(day)}T${two[Math.floor(minute / 60)]}:${two[minute % 60]}:${two[second % 60]}Z`;
}

/** 0 Sunday to 6 Saturday. */
export const weekday = (day: number) => (((day + 4) % 7) + 7) % 7;

export const yearOf = (day: number) => Number(isoDay(day).slice(0, 4));

/** Moves a Saturday or Sunday to the nearest working day that is not after `last`. */
export function workday(day: number, last: number): number {
  const of = weekday(day);
  if (of !== 0 && of !== 6) return day;
  const monday = day + (of === 6 ? 2 : 1);
  return monday <= last ? monday : day - (of === 6 ? 1 : 2);
}

interface Summer {
  /** Instants in UTC between which New York is 4 hours behind, else 5. */
  readonly from: number;
  readonly to: number;
}

const summers = new Map<number, Summer>();

/** Summer time by the law of 2007: 2:00 on the second Sunday of March to 2:00 on the first Sunday of November. */
function summerOf(year: number): Summer {
  const known = summers.get(year);
  if (known !== undefined) return known;
  const sunday = (from: number) => from + ((7 - weekday(from)) % 7);
  const summer = {
    from: (sunday(dayOf(year, 3, 8)) * 24 + 7) * 3600,
    to: (sunday(dayOf(year, 11, 1)) * 24 + 6) * 3600,
  };
  summers.set(year, summer);
  return summer;
}

function offsetAt(at: number): number {
  const summer = summerOf(yearOf(Math.floor(at / DAY_SECONDS)));
  return at >= summer.from && at < summer.to ? 4 * 3600 : 5 * 3600;
}

/** The day in New York of an instant from 2007 on. */
export const localDay = (at: number) => Math.floor((at - offsetAt(at)) / DAY_SECONDS);

/**
 * The instant at which New York's clock shows a minute of a day from 2007 on. In the hour that the clock skips or repeats, the
 * instant by winter time.
 */
export function localInstant(day: number, minute: number): number {
  const winter = day * DAY_SECONDS + minute * 60 + 5 * 3600;
  const summer = summerOf(yearOf(day));
  return winter >= summer.from + 3600 && winter - 3600 < summer.to ? winter - 3600 : winter;
}

/** The sample's now: the end of clinic hours on its last day. */
export const NOW = localInstant(TODAY, 17 * 60);
