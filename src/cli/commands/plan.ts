/** `medform plan`: what a run would do, and why; nothing is touched. */
import { emptyState, openLedger } from "../../ledger/index.js";
import { makePlan, type PlanInput } from "../../plan/index.js";
import { readSituation } from "../../run/index.js";
import { type GlobalOptions, type Io, paintFor, widthOf } from "../io.js";
import { type OpenedProject, openProject, openWarehouse } from "../open.js";
import { renderPlan } from "../render/plan.js";
import { jsonLine } from "../render/run-view.js";

export interface PlanCommandOptions extends GlobalOptions {
  readonly select: readonly string[];
  readonly exclude: readonly string[];
  readonly fullRefresh: boolean;
  /** ISO instant, or null for the project's own default. */
  readonly asOf: string | null;
}

/** With `--json` the plan as one JSON value. */
export async function planCommand(options: PlanCommandOptions, io: Io): Promise<number> {
  const opened = await openProject(options, io);
  const { select, exclude, fullRefresh, asOf } = options;
  const situation = await situationOf(opened);
  const hashKey = io.env.MEDFORM_HASH_KEY;
  const selection = { select, exclude };
  const plan = makePlan({ ...situation, graph: opened.graph, selection, fullRefresh, asOf, hashKey });
  if (options.json) {
    io.stdout.write(`${jsonLine(plan)}\n`);
    return 0;
  }
  const lines = renderPlan(plan, { width: widthOf(io.stdout), paint: paintFor(io.stdout, io, options) });
  for (const line of lines) io.stdout.write(`${line}\n`);
  return 0;
}

/** Where there is no warehouse, a run would begin from nothing. */
async function situationOf(opened: OpenedProject): Promise<Pick<PlanInput, "state" | "relations" | "sourceVersions">> {
  if (!opened.warehouseExists) return { state: emptyState, relations: [], sourceVersions: {} };
  await using warehouse = await openWarehouse(opened, { command: "plan", readOnly: true });
  await using ledger = await openLedger(warehouse);
  // Awaited here: the warehouse is closed when this function ends.
  return await readSituation(opened.graph, warehouse, ledger, { recover: false });
}
