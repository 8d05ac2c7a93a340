import { type Graph, type Selection, selectActions, targetKey } from "../graph/index.js";
import type { State } from "../ledger/index.js";
import type { RelationInfo } from "../warehouse/index.js";
import { decide, type Situation } from "./decide.js";
import { assertionSteps } from "./gates.js";
import { orderOf } from "./groups.js";
import { type Reads, readsOf } from "./reads.js";
import { refuse } from "./refuse.js";
import type { Landing, Plan } from "./types.js";
import { unitsOf } from "./units.js";

export interface PlanInput {
  readonly graph: Graph;
  readonly selection: Selection;
  /** What was published, loaded and evaluated so far. */
  readonly state: State;
  /** What the catalog holds now. */
  readonly relations: readonly RelationInfo[];
  /** Versions of sources by key: the last batch, `empty`, or null (or absent) where nobody knows. */
  readonly sourceVersions: Readonly<Record<string, string | null>>;
  readonly fullRefresh: boolean;
  /** ISO instant, or null for the project's own default. */
  readonly asOf: string | null;
}

/**
 * What a run will do and why. The same input gives the same plan.
 *
 * @throws ProblemError of selection, `plan-transaction`, `plan-two-databases`, `plan-view-variable`, `plan-publish-group`,
 * `plan-cycle`.
 */
export function makePlan(input: PlanInput): Plan {
  const { graph, state, fullRefresh, asOf } = input;
  const reads = readsOf(graph);
  const relations = new Map(input.relations.map((relation) => [targetKey(relation.target), relation]));
  const landings = landingsOf(reads, relations);
  const situation: Situation = {
    engine: graph.engine,
    reads,
    selected: selectActions(graph, input.selection),
    state,
    relations,
    landings: new Set(landings.map(({ target }) => targetKey(target))),
    sourceVersions: input.sourceVersions,
    fullRefresh,
    asOf,
  };
  const order = orderOf(reads);
  const decisions = decide(situation);
  const assertions = assertionSteps(situation, decisions, order);
  const units = unitsOf(situation, decisions, assertions, order);
  refuse(units, reads, graph.engine);
  const steps = [...reads.actions.keys()].flatMap((key) => decisions.steps.get(key) ?? assertions.get(key) ?? []);
  return { asOf, fullRefresh, steps, units, landings };
}

/** Sources that say their columns and do not exist; without columns nobody knows how to make them. */
function landingsOf(reads: Reads, relations: ReadonlyMap<string, RelationInfo>): readonly Landing[] {
  return [...reads.actions].flatMap(([key, action]) => {
    if (action.kind !== "declaration" || relations.has(key)) return [];
    const columns = action.columns.flatMap(({ path }) => (path.length === 1 && path[0] !== undefined ? [path[0]] : []));
    return columns.length > 0 ? [{ target: action.target, columns }] : [];
  });
}
