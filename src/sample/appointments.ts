/** What was booked: visits that took place, those that did not, and those to come. */
import { bookingReasons } from "./codes/care.js";
import type { Writing } from "./rows.js";
import { isoInstant, localDay, localInstant, NOW, TODAY, workday } from "./time.js";
import type { Visit } from "./visit.js";

const DAY = 86_400;
const QUARTER = 15 * 60;

interface Booking {
  readonly scheduled: number;
  readonly minutes: number;
  readonly booked: number;
  readonly updated: number;
  readonly status: "scheduled" | "in_progress" | "completed" | "cancelled" | "no_show";
  readonly checkedIn?: number;
  readonly visit?: Visit;
}

/** `like`: the visit whose place, provider and class it has; so that its department is one that has encounters. */
function book({ chart, random }: Writing, like: Visit, booking: Booking): void {
  const { visit } = booking;
  const isDone = visit !== undefined;
  chart.addEvent(
    "appointments",
    {
      Id: random.uuid(),
      PATIENT: chart.person.id,
      PROVIDER: like.provider.id,
      ORGANIZATION: like.facility.id,
      DEPARTMENT: `${like.facility.id}:${like.kind.class}`,
      BOOKED_AT: isoInstant(booking.booked),
      SCHEDULED_START: isoInstant(booking.scheduled),
      SCHEDULED_END: isoInstant(booking.scheduled + booking.minutes * 60),
      CHECKED_IN_AT: booking.checkedIn === undefined ? "" : isoInstant(booking.checkedIn),
      STARTED_AT: isDone ? isoInstant(visit.start) : "",
      ENDED_AT: isDone && visit.stop !== undefined ? isoInstant(visit.stop) : "",
      STATUS: booking.status,
      REASONCODE: isDone ? (visit.reason?.code ?? "") : "",
      REASONDESCRIPTION: isDone && visit.reason !== undefined ? visit.reason.name : random.pick(bookingReasons),
      ENCOUNTER: visit?.id ?? "",
      CREATED_BY: random.pick(["portal", "frontdesk-1", "frontdesk-2", "call-center"]),
      UPDATED_AT: isoInstant(booking.updated),
    },
    localDay(booking.scheduled),
  );
}

/** Booked days before, but never before birth. */
function bookedBefore({ chart, random }: Writing, scheduled: number): number {
  const at = scheduled - random.int(2 * 24, 60 * 24) * 3600 - random.int(0, 3599);
  return Math.min(scheduled, Math.max(at, localInstant(chart.person.birthDay, 720)));
}

/** The appointment of a visit. Some come early, and are then seen before their time. */
export function visitAppointment(writing: Writing, visit: Visit): void {
  const { random } = writing;
  const isEarly = random.chance(0.25);
  const quarter = Math.floor(visit.start / QUARTER) * QUARTER;
  const scheduled = isEarly ? quarter + QUARTER : quarter;
  const checkedIn = visit.start - random.int(0, 40) * 60;
  book(writing, visit, {
    scheduled,
    minutes: random.pick([15, 30, 45]),
    booked: bookedBefore(writing, scheduled),
    updated: visit.stop ?? visit.start,
    status: visit.stop === undefined ? "in_progress" : "completed",
    checkedIn,
    visit,
  });
}

const clinicHour = (writing: Writing, day: number) => localInstant(day, writing.random.int(32, 64) * 15);

/** Beside the visits: cancelled, not shown up, to come; and for the dead, what was booked for later and not cancelled in time. */
export function otherAppointments(writing: Writing, visits: readonly Visit[]): void {
  const { random, course } = writing;
  const booked = visits.filter(({ kind }) => kind.booked);
  if (booked.length === 0) return;
  for (let left = random.int(0, 3); left > 0; left -= 1) {
    const scheduled = clinicHour(writing, workday(random.int(course.from, course.to), course.to));
    if (scheduled > NOW - DAY) continue;
    const status = random.chance(0.6) ? "cancelled" : "no_show";
    const at = bookedBefore(writing, scheduled);
    const updated = status === "no_show" ? scheduled + 3600 : at + Math.floor((scheduled - at) * random.float());
    book(writing, random.pick(booked), { scheduled, minutes: 30, booked: at, updated, status });
  }
  const last = booked.at(-1) as Visit;
  if (course.death === undefined && random.chance(0.4)) {
    const scheduled = clinicHour(writing, workday(TODAY + random.int(1, 60), TODAY + 90));
    const at = NOW - random.int(1, 40) * DAY;
    book(writing, last, { scheduled, minutes: 30, booked: at, updated: at, status: "scheduled" });
  }
  if (course.death !== undefined && random.chance(0.3)) {
    const scheduled = clinicHour(writing, workday(course.to + random.int(3, 40), course.to + 60));
    const at = Math.max(course.death - random.int(1, 20) * DAY, localInstant(writing.chart.person.birthDay, 720));
    const isCancelled = random.chance(0.5);
    const updated = isCancelled ? scheduled - random.int(0, 2) * DAY : scheduled + 3600;
    book(writing, last, { scheduled, minutes: 30, booked: at, updated, status: isCancelled ? "cancelled" : "no_show" });
  }
}
