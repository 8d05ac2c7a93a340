/** When schedules come due. */
import { cronTimes, type Schedule } from "../project/index.js";
import type { Named } from "./find.js";

export interface Due extends Named {
  readonly at: Date;
}

/** The first instant after one at which a schedule comes due; never where it is disabled. */
export function nextOf(schedule: Schedule, after: Date): Date | undefined {
  return schedule.disabled ? undefined : cronTimes(schedule.cron, schedule.timeZone, after, 1)[0];
}

/** The next `count` instants after one, over all schedules that are not disabled, in order. */
export function nextDue(schedules: readonly Named[], after: Date, count: number): readonly Due[] {
  const enabled = schedules.filter(({ schedule }) => !schedule.disabled);
  return enabled
    .flatMap((named) =>
      cronTimes(named.schedule.cron, named.schedule.timeZone, after, count).map((at) => ({ ...named, at })),
    )
    .sort((a, b) => a.at.getTime() - b.at.getTime())
    .slice(0, count);
}
