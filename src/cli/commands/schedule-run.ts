/** `medform schedule run`: what cron, Airflow or a CI job calls. */
import { hostname } from "node:os";
import { basename } from "node:path";
import { type Problem, ProblemError } from "../../graph/index.js";
import type { RunEvent } from "../../run/index.js";
import {
  type Ended,
  findSchedule,
  type Named,
  notify,
  openWorktree,
  reportOf,
  selectionOf,
} from "../../schedule/index.js";
import { type GlobalOptions, Interrupted, type Io } from "../io.js";
import { messages } from "../messages.js";
import { unexpected } from "../program.js";
import { quoted, type Typed, typedHere } from "../typed.js";
import { type RunCommandOptions, runCommand } from "./run.js";
import { schedulesOf } from "./schedule.js";

/**
 * Runs what a schedule selects, in its environment, with the code of the environment's gitRef; then tells its channels.
 *
 * @returns the exit code of the run: 0, 1, 2, 3, 130 or 143.
 * @throws ProblemError `schedule-unknown`, `schedule-ambiguous`, `schedule-disabled` (exit 3), and those of the file.
 */
export async function scheduleRunCommand(options: GlobalOptions & { readonly name: string }, io: Io): Promise<number> {
  const named = findSchedule(schedulesOf(options), options.name);
  const { environment, schedule } = named;
  const here: GlobalOptions = { ...options, environment: environment.name };
  if (schedule.disabled) throw disabled(named, here, io);
  const started = new Date();
  const clock = performance.now();
  const ended = await runIn(here, named, io);
  const report = reportOf(
    {
      project: basename(options.project),
      environment: environment.name,
      schedule: schedule.name,
      commit: ended.commit ?? null,
      host: hostname(),
      startedAt: started.toISOString(),
      milliseconds: Math.round(performance.now() - clock),
      look: `medform status --project ${quoted(options.project)} --environment ${quoted(environment.name)}`,
    },
    ended,
  );
  const told = await notify(report, schedule, io.env, io.signal);
  const say = messages(io, options);
  if (told.channels.length > 0) say.note(`Told ${told.channels.join(", ")}.`);
  for (const problem of told.problems) say.warning(problem);
  return ended.exitCode;
}

function disabled(named: Named, here: GlobalOptions, io: Io): ProblemError {
  const { environment, schedule } = named;
  const plain = [
    "medform run",
    ...selectionOf(schedule).map(quoted),
    ...(schedule.fullRefresh ? ["--full-refresh"] : []),
    ...(environment.gitRef === undefined ? [] : ["--any-commit"]),
  ].join(" ");
  return new ProblemError(
    {
      code: "schedule-disabled",
      message: `The schedule "${environment.name}.${schedule.name}" is disabled.`,
      at: schedule.at,
      hint: `Take "disabled" away; or build the same from the code that is checked out:\n${typedHere(io, withVars(here, named))(plain)}`,
    },
    3,
  );
}

function withVars(here: GlobalOptions, { environment, schedule }: Named): GlobalOptions {
  return { ...here, vars: { environmentName: environment.name, scheduleName: schedule.name, ...here.vars } };
}

/** What a run is advised for, the schedule does, for it has the code of its commit. */
function advised(here: GlobalOptions, named: Named, io: Io): Typed {
  const name = quoted(`${named.environment.name}.${named.schedule.name}`);
  const again = typedHere(io, { ...here, environment: undefined })(`medform schedule run ${name}`);
  const others = typedHere(io, withVars(here, named));
  return (command) => (command.startsWith("medform run ") ? again : others(command));
}

/** However it ends, it ends with an exit code, and what was thrown has been shown. */
async function runIn(here: GlobalOptions, named: Named, io: Io): Promise<Ended & { readonly commit?: string }> {
  const { gitRef, gitRefAt } = named.environment;
  const events: RunEvent[] = [];
  const thrown: Problem[] = [];
  let commit: string | undefined;
  const run = async (within: GlobalOptions): Promise<number> => {
    try {
      return await runCommand(
        {
          ...optionsOf(within, named),
          typed: advised(here, named, io),
          watch: (event) => void events.push(event),
        },
        io,
      );
    } catch (error) {
      // Shown here, while the code that it is about is still there.
      return show(error, within);
    }
  };
  const show = (error: unknown, within: GlobalOptions): number => {
    const known = error instanceof ProblemError;
    const problems = known ? error.problems.map((problem) => placed(problem, named)) : [];
    thrown.push(...(known ? problems : [{ code: "internal", message: "Something went wrong inside medform." }]));
    const { reason } = io.signal;
    if (reason instanceof Interrupted) {
      messages(io, here).note(`${reason.message}.`);
      return reason.exitCode;
    }
    for (const problem of known ? problems : [unexpected(error, io)]) {
      // That file is read from the project, whatever the code.
      messages(io, problem.at?.file === "environments.json" ? here : within).error(problem);
    }
    return known ? error.exitCode : 1;
  };
  try {
    if (gitRef === undefined) return { exitCode: await run(here), events, thrown };
    await using code = await openWorktree(here.project, gitRef, gitRefAt);
    commit = code.commit;
    return { exitCode: await run({ ...here, code }), events, thrown, commit };
  } catch (error) {
    return { exitCode: show(error, here), events, thrown, commit };
  }
}

function optionsOf(within: GlobalOptions, named: Named): RunCommandOptions {
  const { environment, schedule } = named;
  return {
    ...withVars(within, named),
    select: selectionOf(schedule),
    exclude: [],
    fullRefresh: schedule.fullRefresh,
    failFast: false,
    resume: false,
    prove: false,
    asOf: null,
    anyCommit: true,
    command: `schedule run ${environment.name}.${schedule.name}`,
  };
}

/** What no line of the project is to blame for is the schedule's. */
function placed(problem: Problem, { schedule: { at } }: Named): Problem {
  return problem.at === undefined && problem.code.startsWith("selection-") ? { ...problem, at } : problem;
}
