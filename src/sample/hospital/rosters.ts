/** Who shall work when and who did, and when providers can be booked: of the last days, and for providers of the next ones. */
import type { Random } from "../random.js";
import type { Row } from "../tables.js";
import { isoDay, isoInstant, localInstant, NOW, TODAY, weekday } from "../time.js";
import { WINDOW } from "./care.js";
import type { Employee, Resources } from "./resources.js";

/** Days after today for which providers can be booked. */
const AHEAD = 30;

const isWeekend = (day: number) => weekday(day) === 0 || weekday(day) === 6;

/** A session of eight hours each working day; minutes for breaks, meetings and rounds cannot be booked. */
export function* providerSchedules(random: Random, { units }: Resources): Iterable<Row<"provider_schedules">> {
  for (const { facility, staff } of units) {
    for (const { provider, department } of staff) {
      if (provider === undefined) continue;
      for (let day = TODAY - WINDOW + 1; day <= TODAY + AHEAD; day += 1) {
        if (isWeekend(day) || random.chance(0.06)) continue;
        yield {
          ID: random.uuid(),
          PROVIDER: provider.id,
          ORGANIZATION: facility.id,
          DEPARTMENT: department,
          START: isoInstant(localInstant(day, 8 * 60)),
          STOP: isoInstant(localInstant(day, 16 * 60)),
          BOOKABLE_MINUTES: String(random.pick([300, 360, 420])),
        };
      }
    }
  }
}

export interface Shift {
  readonly schedule: Row<"staff_schedules">;
  /** Undefined: the shift is not over. */
  readonly timesheet: Row<"timesheets"> | undefined;
}

/** Nurses by day, evening and night, the others by day. */
export function* shifts(random: Random, { units }: Resources): Iterable<Shift> {
  for (const { staff } of units) {
    for (const employee of staff.filter(({ role }) => role !== "provider")) {
      const isNurse = employee.role === "nurse" && employee.facility.place !== "clinic";
      const from = isNurse ? random.pick([7, 15, 23]) : 8;
      for (let day = TODAY - WINDOW + 1; day <= Math.min(TODAY, employee.leftDay ?? TODAY); day += 1) {
        const isOff = isNurse ? (day + Number(employee.id.slice(1))) % 7 < 2 : isWeekend(day);
        if (!isOff) yield shift(random, employee, day, from);
      }
    }
  }
}

function shift(random: Random, employee: Employee, day: number, hour: number): Shift {
  const [start, stop] = [localInstant(day, hour * 60), localInstant(day, hour * 60 + 480)];
  const schedule = {
    ID: random.uuid(),
    STAFF: employee.id,
    ORGANIZATION: employee.facility.id,
    DEPARTMENT: employee.department,
    START: isoInstant(start),
    STOP: isoInstant(stop),
  };
  const status = random.weighted([
    [90, "present"],
    [6, "late"],
    [4, "absent"],
  ]);
  const came = start + (status === "late" ? random.int(8, 70) : random.int(-12, 4)) * 60;
  const left = stop + random.int(-5, 50) * 60;
  if (left > NOW) return { schedule, timesheet: undefined };
  const timesheet = {
    ID: random.uuid(),
    STAFF: employee.id,
    SCHEDULE: schedule.ID,
    WORK_DATE: isoDay(day),
    CLOCK_IN: status === "absent" ? "" : isoInstant(came),
    CLOCK_OUT: status === "absent" ? "" : isoInstant(left),
    STATUS: status,
  };
  return { schedule, timesheet };
}
