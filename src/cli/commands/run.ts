/** `medform run`: builds what changed, asserts it, publishes it, and tells the verdict. */
import { ProblemError } from "../../graph/index.js";
import { makePlan, type PlanInput, recordPlan } from "../../plan/index.js";
import {
  executeRun,
  type Listener,
  noRun,
  planResumed,
  type Resumable,
  type RunFinished,
  readResumable,
  readSituation,
} from "../../run/index.js";
import { about, shortCommit } from "../about.js";
import { openRecordingLedger } from "../anchors.js";
import { threadsFor } from "../compute.js";
import type { GlobalOptions, Io } from "../io.js";
import { messages } from "../messages.js";
import { type OpenedProject, openProject, openWarehouse, sourcesOf, tellPrevious } from "../open.js";
import { counted } from "../render/layout.js";
import { createRunView } from "../render/run-view.js";
import { snapshotAfter } from "../snapshot-after.js";
import type { Typed } from "../typed.js";

export interface RunCommandOptions extends GlobalOptions {
  readonly select: readonly string[];
  readonly exclude: readonly string[];
  readonly fullRefresh: boolean;
  readonly failFast: boolean;
  /** Go on from the last run: with its selection, options and variables. */
  readonly resume: boolean;
  /** Rebuild incremental tables aside afterwards, and compare. */
  readonly prove: boolean;
  /** Units at a time. */
  readonly threads?: number;
  /** ISO instant, or null for the project's own default. */
  readonly asOf: string | null;
  /** Also where the environment's gitRef names another commit than the one that is checked out. */
  readonly anyCommit: boolean;
  /** As the lease and the ledger call what runs; `run` unless told. */
  readonly command?: string;
  /** How what is advised at the end must be typed; as a plain run's unless told. */
  readonly typed?: Typed;
  /** Hears all events, beside the view. */
  readonly watch?: Listener;
}

/** @returns the run's exit code: 0, 1, 2, 3, 130 or 143. */
export async function runCommand(options: RunCommandOptions, io: Io): Promise<number> {
  if (options.resume) refuseMixed(options);
  const opened = await openProject(options, io);
  if (options.resume && !opened.warehouseExists) throw noRun();
  const { code, command = "run" } = options;
  if (code === undefined && !options.anyCommit && opened.environment.gitRef !== undefined) {
    const { refuseOtherCommit } = await import("../commit.js");
    await refuseOtherCommit(opened, messages(io, options));
  }
  await using warehouse = await openWarehouse(opened, { command });
  tellPrevious(warehouse, messages(io, options));
  await using ledger = await openRecordingLedger(warehouse, options, io);
  const situation = await readSituation(opened.graph, warehouse, ledger);
  const { recovered } = situation;
  if (recovered.length > 0) {
    messages(io, options).note(
      `An earlier command was interrupted: ${counted(recovered.length, "fact")} that it had published or landed, now in the ledger.`,
    );
  }
  const hashKey = io.env.MEDFORM_HASH_KEY;
  const environment = opened.environment.name;
  const from = options.resume ? await readResumable(ledger, situation.state, environment) : undefined;
  const graph = from ? (await underVars(opened, from, options, io)).graph : opened.graph;
  const known = graph === opened.graph ? situation : await readSituation(graph, warehouse, ledger);
  const { input, plan } = from
    ? planResumed(from, { ...known, graph, hashKey })
    : planned({ ...known, ...askedBy(options), graph, hashKey });
  const record = recordPlan(input, plan, { environment, vars: from?.record.vars ?? options.vars, from });
  const selection = { select: record.select, exclude: record.exclude };
  const view = await createRunView(io, options, graph, { typed: options.typed });
  const commit = code && { id: shortCommit(code.commit), dirty: false };
  // Whatever the run leaves for readers is told before its end.
  let end: RunFinished | undefined;
  let note: string | undefined;
  try {
    const finished = await executeRun({
      graph,
      plan,
      warehouse,
      ledger,
      listener: (event) => {
        options.watch?.(event);
        if (event.kind === "run-finished") end = event;
        else view.listen(event);
      },
      environment,
      about: {
        ...(await about(command, opened.project.dir, selection, commit)),
        project: opened.name,
        ...(from && { resumes: from.runId }),
      },
      record,
      hashKey,
      threads: threadsFor(opened, options.threads),
      failFast: options.failFast,
      prove: options.prove,
      sourceOf: sourcesOf(opened),
      signal: io.signal,
    });
    note = await snapshotAfter(finished, { opened, warehouse, view, io, options });
    return finished.exitCode;
  } finally {
    if (end !== undefined) view.listen(end);
    view.close();
    if (note !== undefined && !options.json && !options.quiet) io.stdout.write(`${note}\n`);
  }
}

const askedBy = ({ select, exclude, fullRefresh, asOf }: RunCommandOptions) => ({
  selection: { select, exclude },
  fullRefresh,
  asOf,
});

/** What a run that goes on from another is about was said when that one began. */
function refuseMixed({ select, exclude, fullRefresh, asOf, vars }: RunCommandOptions): void {
  const given = [
    ...(select.length > 0 ? ["a selection"] : []),
    ...(exclude.length > 0 ? ["--exclude"] : []),
    ...(fullRefresh ? ["--full-refresh"] : []),
    ...(asOf !== null ? ["--as-of"] : []),
    ...(Object.keys(vars).length > 0 ? ["--vars"] : []),
  ];
  if (given.length === 0) return;
  throw new ProblemError({
    code: "cli-resume",
    message: `--resume goes on with what the last run was about, so it takes no ${given.join(", no ")}.`.replace(
      "no a ",
      "no ",
    ),
    hint: "Leave that away, or leave --resume away and start a run of its own.",
  });
}

/** The project under the variables of the run that it goes on from. */
function underVars(
  opened: OpenedProject,
  { record: { vars } }: Resumable,
  options: RunCommandOptions,
  io: Io,
): Promise<OpenedProject> | OpenedProject {
  return Object.keys(vars).length > 0 ? openProject({ ...options, vars }, io) : opened;
}

const planned = (input: PlanInput) => ({ input, plan: makePlan(input) });
