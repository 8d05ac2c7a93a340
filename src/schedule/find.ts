/** Schedules by their names. */
import { nearest, ProblemError } from "../graph/index.js";
import type { Environment, Environments, Schedule } from "../project/index.js";

export interface Named {
  readonly environment: Environment;
  readonly schedule: Schedule;
}

/** All of them in the order of the file, or those of one environment. */
export function namedSchedules(environments: Environments, only?: string): readonly Named[] {
  return environments
    .filter(({ name }) => only === undefined || name === only)
    .flatMap((environment) => environment.schedules.map((schedule) => ({ environment, schedule })));
}

/**
 * The schedule that is named `wanted`, or `environment.schedule`.
 *
 * @throws ProblemError `schedule-unknown`, `schedule-ambiguous`.
 */
export function findSchedule(schedules: readonly Named[], wanted: string): Named {
  const long = ({ environment, schedule }: Named) => `${environment.name}.${schedule.name}`;
  // A name may hold a dot: what could mean either is not guessed.
  const found = schedules.filter((named) => named.schedule.name === wanted || long(named) === wanted);
  const [first, ...others] = found;
  if (first !== undefined && others.length === 0) return first;
  if (first !== undefined) {
    throw new ProblemError({
      code: "schedule-ambiguous",
      message: `There are ${found.length} schedules named "${wanted}".`,
      at: first.schedule.at,
      hint: `Say which: ${found.map((named) => (long(named) === wanted ? `${named.schedule.name} --environment ${named.environment.name}` : long(named))).join(", ")}.`,
    });
  }
  const names = schedules.map(long);
  const near = nearest(wanted, [...names, ...schedules.map(({ schedule }) => schedule.name)]);
  const hint =
    near.length > 0
      ? `Did you mean ${near.join(", ")}?`
      : names.length > 0
        ? `Schedules: ${names.join(", ")}.`
        : "Schedules stand in the environments of environments.json.";
  throw new ProblemError({ code: "schedule-unknown", message: `There is no schedule "${wanted}".`, hint });
}
