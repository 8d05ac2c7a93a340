/** `medform audit report`: the verdict, rules, rows, tables and sources as one HTML file. */
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { ProblemError } from "../../graph/index.js";
import { renderReport } from "../../report/index.js";
import { gatherReport } from "../gather.js";
import type { GlobalOptions, Io } from "../io.js";
import { messages } from "../messages.js";
import { fileLabel, openProject } from "../open.js";
import { jsonLine } from "../render/run-view.js";

export interface AuditReportOptions extends GlobalOptions {
  /** Folder; `.medform/report` of the project unless told. */
  readonly out?: string;
}

/** Writes `index.html` and says where. With `--json`: `{"report": <absolute path>}`. */
export async function auditReportCommand(options: AuditReportOptions, io: Io): Promise<number> {
  const opened = await openProject(options, io);
  if (!opened.warehouseExists) {
    messages(io, options).warning({
      code: "report-empty",
      message: "There is no warehouse yet, so the report has nothing to tell.",
      hint: "medform load brings files in, medform run builds the tables.",
    });
  }
  const html = renderReport(await gatherReport(opened, "audit report", io, options));
  const folder =
    options.out === undefined ? join(opened.project.dir, ".medform", "report") : resolve(io.cwd, options.out);
  const file = join(folder, "index.html");
  try {
    await mkdir(folder, { recursive: true });
    // Whoever has the old page open never reads half of the new one.
    await writeFile(`${file}.new`, html);
    await rename(`${file}.new`, file);
  } catch (error) {
    const why = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
    throw new ProblemError({
      code: "report-not-written",
      message: `${fileLabel(file, io.cwd)} cannot be written${why}.`,
      hint: "--out DIR names another folder.",
    });
  }
  if (options.json) io.stdout.write(`${jsonLine({ report: file })}\n`);
  else if (!options.quiet) io.stdout.write(`Report written to ${fileLabel(file, io.cwd)}\n`);
  return 0;
}
