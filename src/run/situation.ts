import type { Graph } from "../graph/index.js";
import { type Entry, type Ledger, recoverMarkers, type State } from "../ledger/index.js";
import type { PlanInput } from "../plan/index.js";
import type { RelationInfo, Warehouse } from "../warehouse/index.js";
import { sourceVersions } from "./sources.js";

/** What `makePlan` wants to know of the warehouse. */
export interface Situation extends Pick<PlanInput, "state" | "relations" | "sourceVersions"> {
  readonly state: State;
  readonly relations: readonly RelationInfo[];
  /** What an interrupted process had published or landed, and the ledger learned only now. */
  readonly recovered: readonly Entry[];
}

/** Reads the situation before a plan; with `recover` (default) the ledger first learns what a dead process left unrecorded. */
export async function readSituation(
  graph: Graph,
  warehouse: Warehouse,
  ledger: Ledger,
  { recover = true }: { readonly recover?: boolean } = {},
): Promise<Situation> {
  // Asked for once: what is recovered is noted in the ledger, and makes no relation.
  const relations = await warehouse.catalog.relations();
  const recovered = recover ? await recoverMarkers(ledger, warehouse, relations) : [];
  const state = await ledger.state();
  await using session = await warehouse.session();
  return { state, relations, recovered, sourceVersions: await sourceVersions(graph, state, relations, session) };
}
