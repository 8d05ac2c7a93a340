/** What `status` and `audit report` say: read from the ledger and the warehouse, without touching either. */
import { emptyState, openLedger } from "../ledger/index.js";
import { type ReportModel, reportModel } from "../report/index.js";
import { readDispositions } from "../run/index.js";
import type { Warehouse } from "../warehouse/index.js";
import type { GlobalOptions, Io } from "./io.js";
import { type OpenedProject, openForReading } from "./open.js";

/**
 * Where there is no warehouse yet, the same as for one in which nothing has run. `command` is who asks; `look` may ask the
 * warehouse more while it is open.
 */
export async function gatherReport(
  opened: OpenedProject,
  command: string,
  io: Io,
  options: GlobalOptions,
  look: (warehouse: Warehouse) => Promise<void> = () => Promise.resolve(),
): Promise<ReportModel> {
  const { graph, environment } = opened;
  const known = opened.warehouseExists
    ? await readWarehouse(opened, await openForReading(opened, command, io, options), look)
    : { state: emptyState, dispositions: [] };
  return reportModel({
    ...known,
    graph,
    generatedAt: new Date().toISOString(),
    environment: environment.name,
    engine: graph.engine,
    project: opened.name,
  });
}

async function readWarehouse(opened: OpenedProject, open: Warehouse, look: (warehouse: Warehouse) => Promise<void>) {
  await using warehouse = open;
  await look(warehouse);
  await using ledger = await openLedger(warehouse);
  const state = await ledger.state();
  const events = await readDispositions(opened.graph, state, warehouse);
  const dispositions = events.flatMap((event) => (event.kind === "dispositions" ? event.rows : []));
  return { state, dispositions };
}
