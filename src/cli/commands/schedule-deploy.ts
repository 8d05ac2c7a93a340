/** `medform schedule deploy`: tasks of Snowflake that start an environment's schedules, for who has no scheduler. */
import { ProblemError } from "../../graph/index.js";
import { type DeployedTask, findSchedule, type Named, type TaskStep, taskSteps } from "../../schedule/index.js";
import { type Row, type Session, showTasks } from "../../warehouse/index.js";
import { type GlobalOptions, type Io, paintFor, widthOf } from "../io.js";
import { messages } from "../messages.js";
import { type OpenedProject, openProject, openWarehouse } from "../open.js";
import { columns } from "../render/layout.js";
import { jsonLine } from "../render/run-view.js";
import { schedulesOf } from "./schedule.js";

export interface ScheduleDeployOptions extends GlobalOptions {
  /** One schedule; without, all of the environment, and tasks of ours whose schedule is gone are dropped. */
  readonly name?: string;
  /** Print what would be sent to an account that has none of them; nothing is asked or sent. */
  readonly dryRun: boolean;
  /** Make them, but start none. */
  readonly suspend: boolean;
}

/**
 * With `--json` one value: `{tasks: [{name, what, statements}]}`.
 *
 * @throws ProblemError `schedule-deploy-environment`, `task-settings`, `task-login`, `task-cron`, `task-foreign` (exit 3).
 */
export async function scheduleDeployCommand(options: ScheduleDeployOptions, io: Io): Promise<number> {
  const wanted = chosen(options);
  const here = { ...options, environment: wanted.environment };
  const opened = await openProject(here, io);
  const database = databaseOf(opened);
  const settings = {
    project: opened.name,
    database,
    suspended: options.suspend,
    complete: options.name === undefined,
  };
  const plan = (there: readonly DeployedTask[]) => taskSteps(wanted.schedules, there, wanted.environment, settings);
  if (options.dryRun) {
    print(plan([]), options, io);
    return 0;
  }
  // Nothing is asked where the file alone is wrong.
  plan([]);
  await using warehouse = await openWarehouse(opened, { command: "schedule deploy", readOnly: true });
  await using session = await warehouse.session();
  const steps = plan((await session.rows(showTasks(database))).map(deployed));
  await carryOut(steps, session);
  tell(steps, here, io);
  return 0;
}

/** The schedules that are meant, which are all of one environment. */
function chosen(options: ScheduleDeployOptions): {
  readonly environment: string;
  readonly schedules: readonly Named[];
} {
  const schedules = schedulesOf(options);
  if (options.name !== undefined) {
    const named = findSchedule(schedules, options.name);
    return { environment: named.environment.name, schedules: [named] };
  }
  if (options.environment !== undefined) return { environment: options.environment, schedules };
  const names = [...new Set(schedules.map(({ environment }) => environment.name))];
  throw new ProblemError({
    code: "schedule-deploy-environment",
    message: "Tasks are made for one environment.",
    hint: `Name it: --environment ${names.length === 1 ? names[0] : "NAME"}, or name one schedule.`,
  });
}

function databaseOf({ graph, environment }: OpenedProject): string {
  if (graph.engine === "snowflake" && graph.defaultDatabase !== undefined) return graph.defaultDatabase;
  throw new ProblemError({
    code: "schedule-deploy-environment",
    message:
      graph.engine === "snowflake"
        ? `The environment "${environment.name}" names no database.`
        : `The environment "${environment.name}" is for ${graph.engine}, and tasks are Snowflake's.`,
    hint: "On other engines cron, Airflow or a CI job calls `medform schedule run`.",
  });
}

function deployed(row: Row): DeployedTask {
  return {
    name: String(row.name),
    comment: String(row.comment ?? ""),
    started: String(row.state).toLowerCase() === "started",
  };
}

async function carryOut(steps: readonly TaskStep[], session: Session): Promise<void> {
  for (const { statements } of steps) for (const statement of statements) await session.run(statement);
}

/** A script that can be run as it is. */
function print(steps: readonly TaskStep[], options: ScheduleDeployOptions, io: Io): void {
  if (options.json) {
    io.stdout.write(`${jsonLine({ tasks: steps })}\n`);
    return;
  }
  const script = steps.flatMap(({ statements }) => statements.map((statement) => `${statement};\n`));
  io.stdout.write(script.join("\n"));
  messages(io, options).note(
    "Nothing was sent. On an account that has some of these tasks only what differs is changed, and what is gone is dropped.",
  );
}

const done: Readonly<Record<TaskStep["what"], string>> = {
  create: "created",
  change: "changed",
  resume: "resumed",
  suspend: "suspended",
  keep: "as it was",
  drop: "dropped",
};

function tell(steps: readonly TaskStep[], options: GlobalOptions, io: Io): void {
  if (options.json) {
    io.stdout.write(`${jsonLine({ tasks: steps })}\n`);
    return;
  }
  if (options.quiet) return;
  const paint = paintFor(io.stdout, io, options);
  const rows = steps.map(({ name, what }) => [name, what === "keep" ? paint.dim(done[what]) : paint.green(done[what])]);
  for (const line of columns(rows, [{ shrink: true }, {}], { width: widthOf(io.stdout) })) io.stdout.write(`${line}\n`);
  if (steps.length === 0) messages(io, options).note("There are no schedules, and no tasks of this project.");
}
