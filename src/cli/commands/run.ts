/** `medform run`: builds what changed, asserts it, publishes it, and tells the verdict. */
import { openLedger } from "../../ledger/index.js";
import { makePlan } from "../../plan/index.js";
import { executeRun, type RunFinished, readSituation } from "../../run/index.js";
import { about } from "../about.js";
import type { GlobalOptions, Io } from "../io.js";
import { messages } from "../messages.js";
import { openProject, openWarehouse, sourcesOf, tellPrevious } from "../open.js";
import { counted } from "../render/layout.js";
import { createRunView } from "../render/run-view.js";
import { snapshotAfter } from "../snapshot-after.js";

export interface RunCommandOptions extends GlobalOptions {
  readonly select: readonly string[];
  readonly exclude: readonly string[];
  readonly fullRefresh: boolean;
  readonly failFast: boolean;
  /** Rebuild incremental tables aside afterwards, and compare. */
  readonly prove: boolean;
  /** Units at a time. */
  readonly threads?: number;
  /** ISO instant, or null for the project's own default. */
  readonly asOf: string | null;
}

/** @returns the run's exit code: 0, 1, 2, 130 or 143. */
export async function runCommand(options: RunCommandOptions, io: Io): Promise<number> {
  const opened = await openProject(options, io);
  const { graph } = opened;
  const selection = { select: options.select, exclude: options.exclude };
  await using warehouse = await openWarehouse(opened, { command: "run" });
  tellPrevious(warehouse, messages(io, options));
  await using ledger = await openLedger(warehouse);
  const { recovered, ...situation } = await readSituation(graph, warehouse, ledger);
  if (recovered.length > 0) {
    messages(io, options).note(
      `An earlier command was interrupted: ${counted(recovered.length, "fact")} that it had published or landed, now in the ledger.`,
    );
  }
  const { fullRefresh, asOf } = options;
  const hashKey = io.env.MEDFORM_HASH_KEY;
  const plan = makePlan({ ...situation, graph, selection, fullRefresh, asOf, hashKey });
  const view = await createRunView(io, options, graph);
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
        if (event.kind === "run-finished") end = event;
        else view.listen(event);
      },
      environment: opened.environment.name,
      about: await about("run", opened.project.dir, selection),
      hashKey,
      threads: options.threads,
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
