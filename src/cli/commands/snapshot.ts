/** `medform snapshot`: a read-only copy of the warehouse for other processes. */
import { ProblemError } from "../../graph/index.js";
import type { GlobalOptions, Io } from "../io.js";
import { fileLabel, openProject, openWarehouse } from "../open.js";
import { counted, duration, megabytes } from "../render/layout.js";
import { jsonLine } from "../render/run-view.js";

export interface SnapshotOptions extends GlobalOptions {
  /** Snapshots kept, the new one too; as the environment says, else 1. */
  readonly keep?: number;
}

/** With `--json` one value: `{file, folder, runId, takenAt, bytes, kept, milliseconds}`. */
export async function snapshotCommand(options: SnapshotOptions, io: Io): Promise<number> {
  const opened = await openProject(options, io);
  if (opened.graph.engine === "snowflake") {
    throw new ProblemError({
      code: "snapshot-not-needed",
      message: "On Snowflake readers need no snapshot: nobody shuts them out.",
      hint: "Let them read the tables; a copy as of now is `create database … clone`, which costs nothing until it differs.",
    });
  }
  if (!opened.warehouseExists) {
    throw new ProblemError({
      code: "snapshot-unbuilt",
      message: "There is no warehouse yet.",
      hint: "medform load brings files in, medform run builds the tables.",
    });
  }
  const started = performance.now();
  await using warehouse = await openWarehouse(opened, { command: "snapshot" });
  const keep = options.keep ?? Math.max(1, opened.environment.connection?.snapshots ?? 1);
  const snapshot = await warehouse.snapshots.take({ keep, signal: io.signal });
  if (snapshot === undefined) return 0;
  const milliseconds = Math.round(performance.now() - started);
  if (options.json) io.stdout.write(`${jsonLine({ ...snapshot, milliseconds })}\n`);
  else if (!options.quiet) {
    const { file, runId, bytes, kept } = snapshot;
    const of = runId === null ? "nothing published yet" : `as run ${runId} published it`;
    io.stdout.write(`Snapshot written to ${fileLabel(file, io.cwd)}: ${of}\n`);
    io.stdout.write(`${megabytes(bytes)}, ${duration(milliseconds)}, ${counted(kept, "snapshot")} kept\n`);
  }
  return 0;
}
