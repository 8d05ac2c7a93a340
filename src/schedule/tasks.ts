/**
 * The tasks that start an environment's schedules within Snowflake: which there should be, and what has to be done for it.
 * Pure. A task is known as ours by its comment; what has none of that project and environment is never touched.
 */
import { createHash } from "node:crypto";
import { ProblemError } from "../graph/index.js";
import { createTask, dropTask, resumeTask, suspendTask, type Task } from "../warehouse/index.js";
import type { Named } from "./find.js";
import { taskCron } from "./task-cron.js";

/** What `show tasks` says of one. */
export interface DeployedTask {
  readonly name: string;
  readonly comment: string;
  readonly started: boolean;
}

export interface TaskOptions {
  readonly project: string;
  readonly database: string;
  /** Made, but not started. */
  readonly suspended: boolean;
}

export interface TaskStep {
  readonly name: string;
  readonly what: "create" | "change" | "resume" | "suspend" | "keep" | "drop";
  /** In this order; a task cannot be changed while it is started. */
  readonly statements: readonly string[];
}

/** In an image as docs/snowflake.md makes it. */
const PROJECT_IN_IMAGE = "/project";

interface Mark {
  readonly project: string;
  readonly environment: string;
  readonly schedule: string;
  readonly definition: string;
}

/**
 * The task of a schedule.
 *
 * @throws ProblemError `task-settings`, `task-login`, `task-cron`, at the schedule.
 */
export function taskOf({ environment, schedule }: Named, { project, database }: TaskOptions): Task {
  const settings = environment.connection?.tasks;
  if (settings === undefined) {
    throw new ProblemError({
      code: "task-settings",
      message: `The environment "${environment.name}" does not say what its tasks run in.`,
      at: schedule.at,
      hint: 'Write "tasks": {"computePool": "…", "image": "/database/schema/repository/name:tag"} into its connection; docs/snowflake.md tells how to make them.',
    });
  }
  refuseOtherLogins({ environment, schedule });
  const cron = taskCron(schedule.cron);
  if (cron === undefined) {
    throw new ProblemError({
      code: "task-cron",
      message: `A task cannot be due at "${schedule.cron}".`,
      at: schedule.at,
      hint: "Write numbers, names, ranges and steps.",
    });
  }
  const name = `medform ${environment.name}.${schedule.name}`;
  const job = {
    computePool: settings.computePool,
    image: settings.image,
    args: ["schedule", "run", `${environment.name}.${schedule.name}`, "--project", PROJECT_IN_IMAGE, "--no-color"],
    secrets: settings.secrets ?? {},
    integrations: settings.integrations ?? [],
  };
  const task = { database, name, cron: `${cron} ${schedule.timeZone}`, job };
  const definition = createHash("sha256")
    .update(createTask({ ...task, comment: "" }, { replace: false }))
    .digest("hex")
    .slice(0, 16);
  const mark: Mark = { project, environment: environment.name, schedule: schedule.name, definition };
  return { ...task, comment: JSON.stringify({ medform: "task", ...mark }) };
}

/**
 * What makes the tasks that are there those that there should be. `complete`: `wanted` are all schedules of the environment,
 * so that a task of ours without its schedule is dropped.
 *
 * @throws ProblemError `task-foreign` where somebody else's task has a name that is needed; nothing is to be done then.
 */
export function taskSteps(
  wanted: readonly Named[],
  there: readonly DeployedTask[],
  environment: string,
  options: TaskOptions & { readonly complete: boolean },
): readonly TaskStep[] {
  const { project, database, suspended, complete } = options;
  const names = new Map(there.map((task) => [task.name, task]));
  const ours = ({ comment }: DeployedTask): Mark | undefined => {
    const mark = markOf(comment);
    return mark?.project === project && mark.environment === environment ? mark : undefined;
  };
  const steps = wanted.map((named): TaskStep => {
    const task = taskOf(named, options);
    const started = !suspended && !named.schedule.disabled;
    const before = names.get(task.name);
    const settle = started ? [resumeTask(task)] : [];
    if (before === undefined) {
      return { name: task.name, what: "create", statements: [createTask(task, { replace: false }), ...settle] };
    }
    const mark = ours(before);
    if (mark === undefined) throw foreign(named, task);
    if (mark.definition !== markOf(task.comment)?.definition) {
      const statements = [
        ...(before.started ? [suspendTask(task)] : []),
        createTask(task, { replace: true }),
        ...settle,
      ];
      return { name: task.name, what: "change", statements };
    }
    if (before.started === started) return { name: task.name, what: "keep", statements: [] };
    return started
      ? { name: task.name, what: "resume", statements: settle }
      : { name: task.name, what: "suspend", statements: [suspendTask(task)] };
  });
  const kept = new Set(steps.map(({ name }) => name));
  const gone = there.filter((task) => complete && !kept.has(task.name) && ours(task) !== undefined);
  return [
    ...steps,
    ...gone.map(({ name }): TaskStep => ({ name, what: "drop", statements: [dropTask({ database, name })] })),
  ];
}

/** In the container Snowflake's own token logs in, and what environments.json says goes before it. */
function refuseOtherLogins({ environment: { name, connection }, schedule }: Named): void {
  const said = (["accessUrl", "user", "connectionName", "privateKeyFile", "tokenFile"] as const).filter(
    (key) => connection?.[key] !== undefined,
  );
  const other = connection?.authenticator !== undefined && connection.authenticator !== "oauth";
  const keys = [...said, ...(other ? ["authenticator"] : [])];
  if (keys.length === 0) return;
  throw new ProblemError({
    code: "task-login",
    message: `The connection of "${name}" says how to log in (${keys.join(", ")}), and a task logs in with the token that Snowflake gives its container.`,
    at: schedule.at,
    hint: "Take that out of environments.json; elsewhere say it in the process (SNOWFLAKE_USER, SNOWFLAKE_PRIVATE_KEY_FILE, …) or in connections.toml.",
  });
}

function foreign({ schedule }: Named, { database, name }: Task): ProblemError {
  return new ProblemError(
    {
      code: "task-foreign",
      message: `There is a task "${name}" in ${database}.MEDFORM already, which is not this project's.`,
      at: schedule.at,
      hint: "Nothing was touched. Rename the schedule, or whoever made that task may drop it.",
    },
    3,
  );
}

function markOf(comment: string): Mark | undefined {
  try {
    const found: unknown = JSON.parse(comment);
    if (typeof found !== "object" || found === null || !("medform" in found) || found.medform !== "task")
      return undefined;
    const mark = found as Partial<Record<keyof Mark, unknown>>;
    const { project, environment, schedule, definition } = mark;
    return typeof project === "string" &&
      typeof environment === "string" &&
      typeof schedule === "string" &&
      typeof definition === "string"
      ? { project, environment, schedule, definition }
      : undefined;
  } catch {
    return undefined;
  }
}
