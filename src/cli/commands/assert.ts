/** `medform assert`: evaluates rules on what is published now; builds nothing. */
import { factsFor, planAssert } from "../../plan/index.js";
import { executeAssert, readSituation } from "../../run/index.js";
import { about } from "../about.js";
import { openRecordingLedger } from "../anchors.js";
import { threadsFor } from "../compute.js";
import type { GlobalOptions, Io } from "../io.js";
import { openProject, openWarehouse, sourcesOf } from "../open.js";
import { createRunView } from "../render/run-view.js";

export interface AssertCommandOptions extends GlobalOptions {
  readonly select: readonly string[];
  readonly exclude: readonly string[];
  /** Rules at a time. */
  readonly threads?: number;
}

/** @returns 0, 1, 2, 130 or 143, as a run does. */
export async function assertCommand(options: AssertCommandOptions, io: Io): Promise<number> {
  const opened = await openProject(options, io);
  const { graph } = opened;
  const selection = { select: options.select, exclude: options.exclude };
  await using warehouse = await openWarehouse(opened, { command: "assert" });
  await using ledger = await openRecordingLedger(warehouse, options, io);
  const { state } = await readSituation(graph, warehouse, ledger);
  const hashKey = io.env.MEDFORM_HASH_KEY;
  const facts = factsFor({ graph, selection, state, hashKey });
  const view = await createRunView(io, options, graph, { lines: "assertions" });
  try {
    const finished = await executeAssert({
      graph,
      plan: planAssert(graph, selection, facts),
      warehouse,
      ledger,
      listener: view.listen,
      environment: opened.environment.name,
      about: { ...(await about("assert", opened.project.dir, selection)), project: opened.name },
      hashKey,
      threads: threadsFor(opened, options.threads),
      sourceOf: sourcesOf(opened),
      signal: io.signal,
    });
    return finished.exitCode;
  } finally {
    view.close();
  }
}
