/** `medform schedule list` and `next`: what runs when. */
import { compileProject } from "../../compile/index.js";
import { type Problem, ProblemError } from "../../graph/index.js";
import { type Environment, readEnvironments, readProject, resolveEnvironment } from "../../project/index.js";
import { type Named, namedSchedules, nextDue, nextOf, unusedTags } from "../../schedule/index.js";
import { type GlobalOptions, type Io, paintFor, widthOf } from "../io.js";
import { messages } from "../messages.js";
import { columns } from "../render/layout.js";
import { jsonLine } from "../render/run-view.js";

/** Of all environments, or of the one that is named. */
export function schedulesOf(options: GlobalOptions): readonly Named[] {
  const environments = readEnvironments(options.project);
  if (environments.length === 0) readProject(options.project);
  if (options.environment !== undefined) resolveEnvironment(options.environment, environments);
  return namedSchedules(environments, options.environment);
}

/** Environment, name, cron line, next time and tags of each schedule. With `--json` one JSON value. */
export async function scheduleListCommand(options: GlobalOptions, io: Io): Promise<number> {
  const now = new Date();
  const schedules = schedulesOf(options);
  if (options.json) {
    const rows = schedules.map(({ environment, schedule: { at: _, notify: wishes, ...schedule } }) => ({
      environment: environment.name,
      gitRef: environment.gitRef ?? null,
      ...schedule,
      notify: wishes.map(({ channel, statuses }) => ({ channel: channel.name, statuses })),
      next: nextOf({ ...schedule, at: _, notify: wishes }, now)?.toISOString() ?? null,
    }));
    io.stdout.write(`${jsonLine(rows)}\n`);
  } else if (schedules.length === 0) {
    messages(io, options).note("There are no schedules; they stand in the environments of environments.json.");
  } else {
    const paint = paintFor(io.stdout, io, options);
    const rows = schedules.map(({ environment, schedule }) => {
      const next = nextOf(schedule, now);
      return [
        `${environment.name}.${schedule.name}`,
        schedule.cron,
        next === undefined ? paint.dim(schedule.disabled ? "disabled" : "never") : localTime(next, schedule.timeZone),
        [...schedule.tags, ...schedule.actions].join(" ") || "everything",
        environment.gitRef ?? "working tree",
      ];
    });
    const head = ["schedule", "cron", "next", "what", "code"].map((word) => paint.dim(word));
    const layout = [{}, {}, {}, { shrink: true }, { shrink: true }];
    for (const line of columns([head, ...rows], layout, { width: widthOf(io.stdout) })) io.stdout.write(`${line}\n`);
  }
  await warnOfTags(schedules, options, io);
  return 0;
}

/** The working tree stands for the code of a gitRef here. */
async function warnOfTags(schedules: readonly Named[], options: GlobalOptions, io: Io): Promise<void> {
  const say = messages(io, options);
  const tagged = schedules.filter(({ schedule }) => schedule.tags.length > 0);
  for (const environment of new Set(tagged.map((each) => each.environment))) {
    const group = tagged.filter((each) => each.environment === environment);
    const graph = await graphOf(environment, options, io);
    if (graph === undefined)
      say.note(`${environment.name}: the project does not compile, so its tags were not looked at.`);
    else
      for (const { schedule } of group)
        for (const tag of unusedTags(schedule, graph)) say.warning(noSuchTag(tag, schedule));
  }
}

async function graphOf(environment: Environment, options: GlobalOptions, io: Io) {
  try {
    const { dir: projectDir } = readProject(options.project);
    const { overrides } = resolveEnvironment(environment.name, [environment], options.vars);
    const { graph, problems } = await compileProject({
      projectDir,
      overrides,
      print: (text) => void io.stderr.write(text),
    });
    return problems.length === 0 ? graph : undefined;
  } catch (error) {
    if (error instanceof ProblemError) return undefined;
    throw error;
  }
}

function noSuchTag(tag: string, { name, at }: Named["schedule"]): Problem {
  return {
    code: "schedule-tag",
    message: `The schedule "${name}" runs what is tagged "${tag}", and no action has this tag.`,
    at,
    hint: "Tag an action, or mend the name.",
  };
}

/** The next times, over all schedules. With `--json` one JSON value. */
export async function scheduleNextCommand(
  options: GlobalOptions & { readonly count: number; readonly after: string | null },
  io: Io,
): Promise<number> {
  const after = options.after === null ? new Date() : new Date(options.after);
  const due = nextDue(schedulesOf(options), after, options.count);
  if (options.json) {
    const rows = due.map(({ at, environment, schedule }) => ({
      at: at.toISOString(),
      timeZone: schedule.timeZone,
      environment: environment.name,
      schedule: schedule.name,
    }));
    io.stdout.write(`${jsonLine(rows)}\n`);
    return 0;
  }
  const rows = due.map(({ at, environment, schedule }) => [
    localTime(at, "UTC"),
    `${environment.name}.${schedule.name}`,
    schedule.timeZone === "UTC" ? "" : localTime(at, schedule.timeZone),
  ]);
  for (const line of columns(rows, [{}, {}, {}], { width: widthOf(io.stdout) })) io.stdout.write(`${line}\n`);
  if (due.length === 0) messages(io, options).note("Nothing comes due.");
  return 0;
}

/** `2026-03-29 04:30 Europe/Berlin`. */
function localTime(at: Date, timeZone: string): string {
  const parts = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" }).format(at);
  return `${parts} ${timeZone}`;
}
