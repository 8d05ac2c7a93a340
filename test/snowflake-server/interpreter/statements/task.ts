/** Tasks, as far as `schedule deploy` makes them: kept and listed; nothing is ever run by one. */
import { exists, missing } from "../errors.js";
import { unescaped } from "../portable.js";
import { done, statementType, texts } from "../results.js";
import type { Context, Server } from "../session.js";
import { keyOf, parseTarget, spoken, type Target } from "../target.js";
import { SnowflakeError } from "../types.js";
import { ddl } from "./ddl.js";
import { type Shape, shape } from "./shape.js";

interface Task extends Target {
  readonly schedule: string;
  readonly comment: string;
  readonly definition: string;
  readonly owner: string;
  state: "suspended" | "started";
}

const tasks = new WeakMap<Server, Map<string, Task>>();

function tasksOf({ server }: Context): Map<string, Task> {
  const known = tasks.get(server) ?? new Map<string, Task>();
  tasks.set(server, known);
  return known;
}

function found(context: Context, name: string): Task {
  const target = parseTarget(name, context.session);
  const task = tasksOf(context).get(keyOf(target));
  if (task === undefined) throw missing(spoken(target), "Task");
  return task;
}

const head = "create(?<replace> or replace)? task {name}";
const options =
  " schedule\\s*=\\s*(?<schedule>'(?:[^']|'')*') allow_overlapping_execution\\s*=\\s*false user_task_timeout_ms\\s*=\\s*\\d+ comment\\s*=\\s*{text}";
const job =
  " as execute job service in compute pool \\w+ from specification '(?:[^'\\\\]|''|\\\\[\\s\\S])*'(?: external_access_integrations\\s*=\\s*\\([\\w, ]+\\))?";

export const task: readonly Shape[] = [
  shape(`${head}${options}(?<definition>${job})`, async (groups, context) =>
    ddl(context, [], async () => {
      const { name = "", replace, schedule = "''", text = "''", definition = "" } = groups;
      const target = parseTarget(name, context.session);
      if (replace === undefined && tasksOf(context).has(keyOf(target))) throw exists(spoken(target));
      const given = unescaped(schedule);
      if (!/^USING CRON( [\d,*]+){5} [A-Za-z_/+-]+\d*$/.test(given)) {
        throw new SnowflakeError("001003", "42000", "SQL compilation error:\ninvalid schedule.");
      }
      tasksOf(context).set(keyOf(target), {
        ...target,
        schedule: given,
        comment: unescaped(text),
        definition: definition.trim().replace(/^as\s+/i, ""),
        owner: context.session.role,
        state: "suspended",
      });
      return done(`Task ${target.name} successfully created.`);
    }),
  ),
  shape("alter task {name} (?<what>resume|suspend)", async ({ name = "", what = "" }, context) =>
    ddl(context, [], async () => {
      found(context, name).state = what.toLowerCase() === "resume" ? "started" : "suspended";
      return done();
    }),
  ),
  shape("drop task(?<unless> if exists)? {name}", async ({ name = "", unless }, context) =>
    ddl(context, [], async () => {
      const target = parseTarget(name, context.session);
      const gone = tasksOf(context).delete(keyOf(target));
      if (!gone && unless === undefined) throw missing(spoken(target), "Task");
      return done(`${target.name} successfully dropped.`);
    }),
  ),
  shape("show tasks in schema {name}", async ({ name = "" }, context) => {
    const { schema: database, name: schema } = parseTarget(name, { database: "", schema: context.session.database });
    const rows = [...tasksOf(context).values()]
      .filter((each) => each.database === database && each.schema === schema)
      .map((each) => [
        each.name,
        each.database,
        each.schema,
        each.owner,
        each.comment,
        each.schedule,
        each.state,
        each.definition,
      ]);
    const names = ["name", "database_name", "schema_name", "owner", "comment", "schedule", "state", "definition"];
    return texts(names, rows, statementType.show);
  }),
];
