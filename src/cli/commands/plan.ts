/** `medform plan`: what a run would do, and why; nothing is touched. */
import { emptyState, openLedger } from "../../ledger/index.js";
import { type Estimate, estimateOf, makePlan, type Plan, type PlanInput } from "../../plan/index.js";
import { readSituation } from "../../run/index.js";
import { warehouseFor } from "../../warehouse/index.js";
import { computeFor } from "../compute.js";
import { type GlobalOptions, type Io, paintFor, widthOf } from "../io.js";
import { type OpenedProject, openProject, openWarehouse } from "../open.js";
import { renderEstimate } from "../render/estimate.js";
import { renderPlan } from "../render/plan.js";
import { jsonLine } from "../render/run-view.js";

export interface PlanCommandOptions extends GlobalOptions {
  readonly select: readonly string[];
  readonly exclude: readonly string[];
  readonly fullRefresh: boolean;
  /** ISO instant, or null for the project's own default. */
  readonly asOf: string | null;
}

/** With `--json` the plan as one JSON value; on Snowflake with what it will ask of the warehouse as `estimate`. */
export async function planCommand(options: PlanCommandOptions, io: Io): Promise<number> {
  const opened = await openProject(options, io);
  const { select, exclude, fullRefresh, asOf } = options;
  const situation = await situationOf(opened);
  const hashKey = io.env.MEDFORM_HASH_KEY;
  const selection = { select, exclude };
  const plan = makePlan({ ...situation, graph: opened.graph, selection, fullRefresh, asOf, hashKey });
  const estimate = opened.graph.engine === "snowflake" ? estimated(plan, opened, situation.relations) : undefined;
  if (options.json) {
    io.stdout.write(`${jsonLine({ ...plan, ...(estimate && { estimate }) })}\n`);
    return 0;
  }
  const screen = { width: widthOf(io.stdout), paint: paintFor(io.stdout, io, options) };
  const lines = [...renderPlan(plan, screen), ...(estimate ? renderEstimate(estimate, screen) : [])];
  for (const line of lines) io.stdout.write(`${line}\n`);
  return 0;
}

/** Which compute a run would use, not this command. */
function estimated(plan: Plan, opened: OpenedProject, relations: PlanInput["relations"]): Estimate {
  const compute = computeFor(opened, "run");
  return estimateOf(plan, { graph: opened.graph, relations, warehouseFor: (tags) => warehouseFor(compute, tags) });
}

/** Where there is no warehouse, a run would begin from nothing. */
async function situationOf(opened: OpenedProject): Promise<Pick<PlanInput, "state" | "relations" | "sourceVersions">> {
  if (!opened.warehouseExists) return { state: emptyState, relations: [], sourceVersions: {} };
  await using warehouse = await openWarehouse(opened, { command: "plan", readOnly: true });
  await using ledger = await openLedger(warehouse);
  // Awaited here: the warehouse is closed when this function ends.
  return await readSituation(opened.graph, warehouse, ledger, { recover: false });
}
