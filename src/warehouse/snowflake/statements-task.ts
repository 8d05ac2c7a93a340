/** The SQL of the tasks that start medform within Snowflake: made, changed, dropped, found again. Pure text. */
import { quoteName } from "../../graph/index.js";

/** What a task runs: medform itself, in a container, with what the schedule is called. Names only, never a secret. */
export interface TaskJob {
  readonly computePool: string;
  /** `/database/schema/repository/name:tag`. */
  readonly image: string;
  /** The container's arguments. */
  readonly args: readonly string[];
  /** Secrets of Snowflake by the variable that holds them in the container. */
  readonly secrets: Readonly<Record<string, string>>;
  /** External access integrations, for what the job calls outside. */
  readonly integrations: readonly string[];
}

export interface Task {
  readonly database: string;
  readonly name: string;
  /** As Snowflake writes it, with its time zone. */
  readonly cron: string;
  readonly comment: string;
  readonly job: TaskJob;
}

/** Where the tasks of a database lie. */
const schema = (database: string) => `${quoteName(database)}.MEDFORM`;

const qualified = ({ database, name }: Pick<Task, "database" | "name">) => `${schema(database)}.${quoteName(name)}`;

/** A string literal; Snowflake reads a backslash as the beginning of an escape. */
const literal = (text: string) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;

/** A day: what runs longer hangs. */
const LONGEST_MILLISECONDS = 86_400_000;

/**
 * A task is made suspended. With `replace` one that is there is made anew. The job is awaited, so that the task fails where
 * the job does, and the next one does not begin before.
 */
export function createTask(task: Task, { replace }: { readonly replace: boolean }): string {
  const { computePool, integrations } = task.job;
  const access = integrations.length === 0 ? "" : `\n  external_access_integrations = (${integrations.join(", ")})`;
  return `create ${replace ? "or replace " : ""}task ${qualified(task)}
  schedule = ${literal(`USING CRON ${task.cron}`)}
  allow_overlapping_execution = false
  user_task_timeout_ms = ${LONGEST_MILLISECONDS}
  comment = ${literal(task.comment)}
as
execute job service
  in compute pool ${computePool}
  from specification ${literal(specification(task.job))}${access}`;
}

export const resumeTask = (task: Pick<Task, "database" | "name">): string => `alter task ${qualified(task)} resume`;
export const suspendTask = (task: Pick<Task, "database" | "name">): string => `alter task ${qualified(task)} suspend`;
export const dropTask = (task: Pick<Task, "database" | "name">): string => `drop task if exists ${qualified(task)}`;
export const showTasks = (database: string): string => `show tasks in schema ${schema(database)}`;

/** YAML, whose scalars are written as JSON. The container logs in with the token that Snowflake lays into it. */
function specification({ image, args, secrets }: TaskJob): string {
  const named = Object.entries(secrets);
  return [
    "spec:",
    "  containers:",
    "  - name: medform",
    `    image: ${JSON.stringify(image)}`,
    `    args: ${JSON.stringify(args)}`,
    "    env:",
    "      SNOWFLAKE_AUTHENTICATOR: oauth",
    "      SNOWFLAKE_TOKEN_FILE_PATH: /snowflake/session/token",
    ...(named.length === 0 ? [] : ["    secrets:"]),
    ...named.flatMap(([variable, secret]) => [
      "    - snowflakeSecret:",
      `        objectName: ${JSON.stringify(secret)}`,
      "      secretKeyRef: secret_string",
      `      envVarName: ${JSON.stringify(variable)}`,
    ]),
    "",
  ].join("\n");
}
