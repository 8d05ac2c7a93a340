/** `medform backup`: a folder with a copy of the warehouse and a manifest of what it holds. */
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { rowsIn, takeBackup } from "../../backup/index.js";
import { ProblemError } from "../../graph/index.js";
import type { GlobalOptions, Io } from "../io.js";
import { messages } from "../messages.js";
import { fileLabel, openCopy, openProject, openWarehouse } from "../open.js";
import { counted, duration, megabytes } from "../render/layout.js";
import { jsonLine } from "../render/run-view.js";
import { refuseSnowflake } from "./restore.js";

export interface BackupOptions extends GlobalOptions {
  /** Relative to where the command runs. */
  readonly folder: string;
}

/** With `--json` one value: `{backup, takenAt, runId, relations, rows, bytes, ledger, milliseconds}`. 4 where the ledger does not verify. */
export async function backupCommand(options: BackupOptions, io: Io): Promise<number> {
  const opened = await openProject(options, io);
  refuseSnowflake(opened);
  if (!opened.warehouseExists) {
    throw new ProblemError({
      code: "backup-unbuilt",
      message: "There is no warehouse yet.",
      hint: "medform load brings files in, medform run builds the tables.",
    });
  }
  const started = performance.now();
  const { folder, manifest } = await takeBackup({
    openWarehouse: () => openWarehouse(opened, { command: "backup" }),
    openCopy: (file) => openCopy(opened, "backup", file),
    bytes: (await stat(opened.warehouseFile)).size,
    folder: resolve(io.cwd, options.folder),
    signal: io.signal,
  });
  const { takenAt, runId, relations, files, ledger } = manifest;
  const milliseconds = Math.round(performance.now() - started);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const rows = rowsIn(manifest);
  if (options.json) {
    const said = { backup: folder, takenAt, runId, relations: relations.length, rows, bytes, ledger, milliseconds };
    io.stdout.write(`${jsonLine(said)}\n`);
  } else if (!options.quiet) {
    const of = runId === null ? "nothing published yet" : `as run ${runId} published it`;
    io.stdout.write(`Backup written to ${fileLabel(folder, io.cwd)}: ${of}\n`);
    const what = `${counted(relations.length, "relation")} with ${counted(rows, "row")}, read back and found the same`;
    io.stdout.write(`${what}; ${megabytes(bytes)}, ${duration(milliseconds)}\n`);
  }
  if (ledger?.verified !== false) return 0;
  messages(io, options).error({
    code: "ledger-broken",
    message: "The ledger does not verify, and neither does its copy.",
    hint: "medform audit verify says more. Keep both as they are for whoever looks into it.",
  });
  return 4;
}
