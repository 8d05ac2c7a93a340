/** `medform audit export`: the ledger as JSON lines. */
import { resolve } from "node:path";
import { Writable } from "node:stream";
import { ProblemError } from "../../graph/index.js";
import { exportLine, type LedgerScan, scanLedger } from "../../ledger/index.js";
import type { GlobalOptions, Io, Output } from "../io.js";
import { newFile } from "../new-file.js";
import { fileLabel, openForReading, openProject } from "../open.js";
import { counted } from "../render/layout.js";
import { jsonLine } from "../render/run-view.js";

export interface AuditExportOptions extends GlobalOptions {
  /** File; stdout unless told. */
  readonly out?: string;
}

/** Reads only. With `--out` and `--json`: `{"export": <absolute path>, "records": <count>}`. */
export async function auditExportCommand(options: AuditExportOptions, io: Io): Promise<number> {
  const opened = await openProject(options, io);
  if (!opened.warehouseExists) {
    throw new ProblemError({
      code: "ledger-none",
      message: "There is no warehouse yet, so there is no ledger.",
      hint: "medform load brings files in, medform run builds the tables.",
    });
  }
  await using warehouse = await openForReading(opened, "audit export", io, options);
  await using scan = await scanLedger(warehouse);
  if (!scan.complete) {
    throw new ProblemError(
      {
        code: "ledger-broken",
        message: "A table of the ledger was removed.",
        hint: "medform audit verify says more. Restore the warehouse from a backup.",
      },
      4,
    );
  }
  const cancel = () => scan.cancel();
  io.signal.addEventListener("abort", cancel, { once: true });
  if (options.out === undefined) {
    await written(scan, (text) => toOutput(io.stdout, text));
    return 0;
  }
  const file = resolve(io.cwd, options.out);
  const records = await toFile(scan, file, fileLabel(file, io.cwd));
  if (options.json) io.stdout.write(`${jsonLine({ export: file, records })}\n`);
  else if (!options.quiet) {
    io.stdout.write(`Ledger written to ${fileLabel(file, io.cwd)}: ${counted(records, "record")}\n`);
  }
  return 0;
}

/** Chunk by chunk, until `write` says that nobody reads any more; how many records. */
async function written(scan: LedgerScan, write: (text: string) => Promise<boolean>): Promise<number> {
  let count = 0;
  for await (const records of scan.records()) {
    count += records.length;
    if (!(await write(records.map(exportLine).join("")))) break;
  }
  return count;
}

/** Waits for who reads slower than we write; false where they went away. */
async function toOutput(output: Output, text: string): Promise<boolean> {
  if (output.write(text) !== false || !(output instanceof Writable)) return true;
  if (!output.destroyed && output.writableNeedDrain) {
    await new Promise<void>((done) => {
      const go = () => {
        for (const event of ["drain", "close", "error"]) output.off(event, go);
        done();
      };
      for (const event of ["drain", "close", "error"]) output.once(event, go);
    });
  }
  return !output.destroyed;
}

/** Whole or not at all: under its name when its last line is written. */
async function toFile(scan: LedgerScan, path: string, label: string): Promise<number> {
  const file = await newFile(path, { label, hint: "--out FILE names another file." });
  try {
    const count = await written(scan, async (text) => {
      await file.write(text);
      return true;
    });
    await file.close();
    await file.keep();
    return count;
  } catch (error) {
    await file.discard();
    throw error;
  }
}
