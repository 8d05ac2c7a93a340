/**
 * What a plan will ask of the warehouse, as far as it can be known beforehand: what is made whole, what is added to, what
 * must be made aside and swapped in, which compute runs it, how large it is now. Pure; a cost in credits is nobody's to know.
 */
import { type Action, type Graph, type Target, targetKey } from "../graph/index.js";
import type { RelationInfo } from "../warehouse/index.js";
import type { Plan, Unit } from "./types.js";

export interface RelationEstimate {
  readonly target: Target;
  /** `whole`: all rows are written anew. `increment`: staged rows go in. `view`: its text is replaced, no row is written. */
  readonly how: "whole" | "increment" | "view" | "operation";
  /**
   * Whether it is made aside as a candidate that takes its place afterwards, beside the transaction that its rules gate:
   * for the first build and for another kind of relation; `columns`: only where the query's columns are not the table's.
   */
  readonly candidate: "yes" | "columns" | "no";
  /** The compute that runs it; null: the user's default. */
  readonly warehouse: string | null;
  /** As it is now; null where it is not there, or the catalog does not say. */
  readonly rows: number | null;
  readonly bytes: number | null;
}

export interface WarehouseEstimate {
  readonly warehouse: string | null;
  readonly builds: number;
  readonly assertions: number;
  /** Of what is rebuilt or added to there, as it is now. */
  readonly bytes: number;
}

export interface Estimate {
  readonly relations: readonly RelationEstimate[];
  readonly warehouses: readonly WarehouseEstimate[];
}

export interface EstimateInput {
  readonly graph: Graph;
  readonly relations: readonly RelationInfo[];
  /** The compute for what has these tags; undefined: the user's default. */
  warehouseFor(tags: readonly string[]): string | undefined;
}

export function estimateOf(plan: Plan, { graph, relations, warehouseFor }: EstimateInput): Estimate {
  const actions = new Map(graph.actions.map((action) => [targetKey(action.target), action]));
  const there = new Map(relations.map((relation) => [targetKey(relation.target), relation]));
  const modes = new Map(plan.steps.map((step) => [targetKey(step.target), step.mode]));
  const placed = plan.units.map((unit) => ({ unit, warehouse: warehouseFor(tagsOf(unit, actions)) ?? null }));
  const built = placed.flatMap(({ unit, warehouse }) =>
    unit.members.flatMap((target): RelationEstimate[] => {
      const key = targetKey(target);
      const action = actions.get(key);
      if (action === undefined) return [];
      const now = there.get(key);
      return [
        {
          target,
          ...making(action, now, modes.get(key) === "increment"),
          warehouse,
          rows: now?.rows ?? null,
          bytes: now?.bytes ?? null,
        },
      ];
    }),
  );
  const names = [...new Set(placed.map(({ warehouse }) => warehouse))];
  const warehouses = names.map((warehouse): WarehouseEstimate => {
    const here = built.filter((each) => each.warehouse === warehouse);
    const rules = placed.filter((each) => each.warehouse === warehouse).map(({ unit }) => unit.rules.length);
    return {
      warehouse,
      builds: here.length,
      assertions: rules.reduce((sum, count) => sum + count, 0),
      bytes: here.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0),
    };
  });
  return { relations: built, warehouses };
}

function making(
  action: Action,
  now: RelationInfo | undefined,
  increment: boolean,
): Pick<RelationEstimate, "how" | "candidate"> {
  if (action.kind === "view")
    return { how: "view", candidate: now === undefined || now.kind === "view" ? "no" : "yes" };
  if (action.kind !== "table" && action.kind !== "incremental") return { how: "operation", candidate: "no" };
  if (increment) return { how: "increment", candidate: "columns" };
  return { how: "whole", candidate: now?.kind === "table" ? "columns" : "yes" };
}

/** As the run opens a unit's scope: by what it builds, else by what it evaluates. */
function tagsOf({ members, rules }: Unit, actions: ReadonlyMap<string, Action>): readonly string[] {
  const about = members.length > 0 ? members : rules;
  return [...new Set(about.flatMap((target) => actions.get(targetKey(target))?.tags ?? []))];
}
