/** The copy for readers that a successful run leaves, where its environment asks for one. */
import { type Problem, ProblemError } from "../graph/index.js";
import type { RunFinished } from "../run/index.js";
import type { Warehouse } from "../warehouse/index.js";
import type { GlobalOptions, Io } from "./io.js";
import { messages } from "./messages.js";
import { fileLabel, type OpenedProject } from "./open.js";
import { unexpected } from "./program.js";
import { duration, megabytes } from "./render/layout.js";
import type { RunView } from "./render/run-view.js";

interface After {
  readonly opened: OpenedProject;
  readonly warehouse: Warehouse;
  readonly view: RunView;
  readonly io: Io;
  readonly options: GlobalOptions;
}

/**
 * Tells it as an event. That none could be taken is a notice and no outcome: what the run published stays published, and
 * readers still have the former snapshot.
 *
 * @returns what to say of it below the summary.
 */
export async function snapshotAfter(
  run: RunFinished,
  { opened, warehouse, view, io, options }: After,
): Promise<string | undefined> {
  const keep = opened.environment.connection?.snapshots ?? 0;
  if (keep === 0 || warehouse.engine === "snowflake" || run.outcome !== "succeeded") return undefined;
  const started = performance.now();
  try {
    const taken = await warehouse.snapshots.take({ keep, onlyNew: true, signal: io.signal });
    if (taken === undefined) return undefined;
    const { takenAt, runId, file, bytes } = taken;
    const milliseconds = Math.round(performance.now() - started);
    view.listen({ kind: "snapshot", at: takenAt, runId, file, bytes, milliseconds });
    return `Snapshot for readers: ${fileLabel(file, io.cwd)} (${megabytes(bytes)}, ${duration(milliseconds)}).`;
  } catch (error) {
    for (const problem of problemsOf(error, io)) {
      // Told in every case: who reads the snapshot reads what was before this run.
      if (options.quiet && !options.json) messages(io, options).warning(problem);
      else view.listen({ kind: "notice", problem });
    }
    return undefined;
  }
}

function problemsOf(error: unknown, io: Io): readonly Problem[] {
  if (error instanceof ProblemError) return error.problems;
  if (!io.signal.aborted) return [unexpected(error, io)];
  return [
    {
      code: "snapshot-cancelled",
      message: "no snapshot was taken: it was cancelled",
      hint: "The former snapshot stays. medform snapshot takes one.",
    },
  ];
}
