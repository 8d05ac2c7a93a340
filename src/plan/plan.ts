import {
  type Graph,
  metadataFingerprint,
  type Selection,
  selectActions,
  type Target,
  targetKey,
} from "../graph/index.js";
import type { State } from "../ledger/index.js";
import { type RelationInfo, ungatedHooks } from "../warehouse/index.js";
import { behindOf } from "./behind.js";
import { type Decisions, decide, type Situation } from "./decide.js";
import { factsFor } from "./facts.js";
import { assertionSteps } from "./gates.js";
import { orderOf } from "./groups.js";
import { hashKeyDigest } from "./inputs.js";
import { landingsOf, refuseGone } from "./landings.js";
import { type Reads, readsOf } from "./reads.js";
import { refuse } from "./refuse.js";
import type { Plan, Step } from "./types.js";
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
  /** The same as the run's; only its digest enters the plan. */
  readonly hashKey?: string;
  /** To go on from earlier runs: in place of the selection what those were about, without what they have published. */
  readonly resume?: {
    readonly runs: readonly string[];
    /** Keys; null: everything. */
    readonly selected: readonly string[] | null;
  };
}

/**
 * What a run will do and why. The same input gives the same plan.
 *
 * @throws ProblemError of selection, `plan-transaction`, `plan-two-databases`, `plan-view-variable`, `plan-publish-group`,
 * `plan-cycle`, `plan-source-gone`.
 */
export function makePlan(input: PlanInput): Plan {
  const { graph, state, fullRefresh, asOf } = input;
  const reads = readsOf(graph);
  const relations = new Map(input.relations.map((relation) => [targetKey(relation.target), relation]));
  const { landings, gone } = landingsOf(reads, relations, state);
  const situation: Situation = {
    engine: graph.engine,
    reads,
    selected: selectedBy(input),
    resumed: new Set(input.resume?.runs),
    state,
    relations,
    landings: new Set(landings.filter(({ added }) => added === undefined).map(({ target }) => targetKey(target))),
    sourceVersions: input.sourceVersions,
    fullRefresh,
    asOf,
    hashKey: hashKeyDigest(input.hashKey),
  };
  const order = orderOf(reads);
  const decisions = decide(situation);
  const assertions = assertionSteps(situation, decisions, order);
  const units = unitsOf(situation, decisions, assertions, order);
  refuse(units, reads, graph.engine);
  refuseGone(gone, reads, decisions.building);
  const steps = [...reads.actions.keys()]
    .flatMap((key) => decisions.steps.get(key) ?? assertions.get(key) ?? [])
    .map((step) => withUngated(step, reads, graph.engine));
  const described = describedAnew(situation, decisions);
  return { asOf, fullRefresh, steps, units, landings, described, behind: behindOf(situation) };
}

function selectedBy(input: PlanInput): ReadonlySet<string> {
  const { graph, selection, resume } = input;
  if (!resume) return selectActions(graph, selection, factsFor(input));
  return resume.selected === null
    ? new Set(graph.actions.map(({ target }) => targetKey(target)))
    : new Set(resume.selected);
}

/** What an engine takes out of the transaction is said before it is done. */
function withUngated(step: Step, reads: Reads, engine: Graph["engine"]): Step {
  const action = reads.actions.get(targetKey(step.target));
  const built =
    action?.kind === "table" || action?.kind === "view" || action?.kind === "incremental" ? action : undefined;
  if (engine !== "snowflake" || built === undefined || step.mode === undefined) return step;
  const ungated = ungatedHooks(built, step.mode);
  return ungated === 0 ? step : { ...step, ungated };
}

/** What stays as it is, and was published with other words. Where nobody knows with which, they are applied once more. */
function describedAnew({ reads, state }: Situation, { steps }: Decisions): readonly Target[] {
  return [...steps].flatMap(([key, { decision, target }]) => {
    const action = reads.actions.get(key);
    if (decision !== "skip" || action === undefined) return [];
    return state.targets[key]?.metadata === metadataFingerprint(action) ? [] : [target];
  });
}
