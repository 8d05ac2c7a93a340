/** `medform load`: files of a delivery into landing tables. */
import { resolve } from "node:path";
import { ProblemError } from "../../graph/index.js";
import { type LoadEvent, loadFiles } from "../../load/index.js";
import { about } from "../about.js";
import { openRecordingLedger } from "../anchors.js";
import type { GlobalOptions, Io } from "../io.js";
import { messages } from "../messages.js";
import { openProject, openWarehouse, tellPrevious } from "../open.js";
import { loadView } from "../render/load-view.js";

export interface LoadCommandOptions extends GlobalOptions {
  /** As typed. */
  readonly format: string;
  /** Relative to where the command runs; or `@STAGE/path`. */
  readonly path: string;
  readonly source?: string;
  readonly table?: string;
  readonly delivered?: string;
}

const formats = ["synthea-csv", "mimic", "csv"] as const;

/**
 * Loads what is new, all of it or nothing; with `--json` the events as JSON lines.
 *
 * @returns 0, also where nothing was new or lines were rejected, which is said.
 * @throws ProblemError `load-…` where a file is refused.
 */
export async function loadCommand(options: LoadCommandOptions, io: Io): Promise<number> {
  const format = formats.find((known) => known === options.format);
  if (format === undefined) {
    throw new ProblemError({
      code: "load-format",
      message: "This format is not known",
      hint: `Formats: ${formats.join(", ")}.`,
    });
  }
  const opened = await openProject(options, io);
  await using warehouse = await openWarehouse(opened, { command: "load" });
  tellPrevious(warehouse, messages(io, options));
  await using ledger = await openRecordingLedger(warehouse, options, io);
  const listener = options.json
    ? (event: LoadEvent) => void io.stdout.write(`${JSON.stringify(event)}\n`)
    : loadView(options, io);
  await loadFiles({
    format,
    path: options.path.startsWith("@") ? options.path : resolve(io.cwd, options.path),
    source: options.source,
    table: options.table,
    delivered: options.delivered,
    graph: opened.graph,
    warehouse,
    ledger,
    about: { ...(await about("load", opened.project.dir)), environment: opened.environment.name, project: opened.name },
    listener,
    signal: io.signal,
  });
  return 0;
}
