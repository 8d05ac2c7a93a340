/** `medform status`: what is built, how fresh, what fails. */
import { gatherReport } from "../gather.js";
import { type GlobalOptions, type Io, paintFor, widthOf } from "../io.js";
import { fileLabel, openProject } from "../open.js";
import { jsonLine } from "../render/run-view.js";
import { renderStatus } from "../render/status.js";
import { typedHere } from "../typed.js";

/** Reads only; works before there is a warehouse. With `--json` one JSON value. */
export async function statusCommand(options: GlobalOptions, io: Io): Promise<number> {
  const opened = await openProject(options, io);
  const model = await gatherReport(opened, "status", io, options);
  const warehouse = fileLabel(opened.warehouseFile, io.cwd);
  if (options.json) {
    io.stdout.write(`${jsonLine({ warehouse, exists: opened.warehouseExists, ...model })}\n`);
    return 0;
  }
  const lines = renderStatus(model, {
    width: widthOf(io.stdout),
    paint: paintFor(io.stdout, io, options),
    warehouse,
    warehouseExists: opened.warehouseExists,
    environment: opened.environment.name,
    engine: opened.graph.engine,
    typed: typedHere(io, options),
  });
  for (const line of lines) io.stdout.write(`${line}\n`);
  return 0;
}
