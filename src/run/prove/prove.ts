/**
 * Proves that increments made what a full refresh makes: rebuilds incremental tables aside from all history, in a
 * transaction that is always discarded, and compares them row for row with what is published.
 */
import { type Graph, type Problem, type Relation, type Target, targetKey, targetLabel } from "../../graph/index.js";
import { type Entry, evaluationEntry, type State } from "../../ledger/index.js";
import { type Plan, type Reads, readsOf } from "../../plan/index.js";
import type { PublishScope } from "../../warehouse/index.js";
import { type Context, isRelation, now } from "../context.js";
import type { Proof } from "../events.js";
import { problemOf } from "../problems.js";
import { viewsBetween } from "../scope-plan.js";
import { compared, type Difference, rowsDiffering } from "./compare.js";

/** The rule under which the ledger keeps a proof. */
export const proofRule = "INCREMENTAL_EQUALS_FULL";

/**
 * Proves the selected incremental tables, each on what it reads as it is published, or as it was rebuilt here before. One that
 * is not up to date after this run is told as skipped with the reason; one that keeps history of its own is rebuilt alone, and
 * a difference is a warning.
 */
export async function prove(graph: Graph, plan: Plan, state: State, context: Context): Promise<void> {
  const asked = incrementals(graph, plan);
  const unprovable = new Map(asked.flatMap((relation) => reasonOf(relation, context) ?? []));
  const provable = asked.filter(({ target }) => !unprovable.has(targetKey(target)));
  const rebuilt = rebuiltFor(
    provable.filter((relation) => !keepsHistory(relation)),
    graph,
    plan,
  );
  for (const relation of asked) {
    const reason = unprovable.get(targetKey(relation.target));
    if (reason !== undefined) await tell(skipped(relation.target, reason), context);
  }
  // A transaction writes to one database.
  const databases = new Set(rebuilt.map(({ target }) => target.database ?? ""));
  for (const database of databases) {
    const here = rebuilt.filter(({ target }) => (target.database ?? "") === database);
    await proveTogether(here, state, context);
  }
  for (const relation of provable.filter(keepsHistory)) await proveTogether([relation], state, context);
}

/** Its rows may say what its sources, or its SQL, said before and say no more. */
const keepsHistory = ({ protected: isProtected, onSqlChange }: Relation) => isProtected || onSqlChange === "increment";

function incrementals(graph: Graph, plan: Plan): readonly Relation[] {
  const selected = new Set(plan.steps.map(({ target }) => targetKey(target)));
  return graph.actions
    .filter(isRelation)
    .filter(({ kind, target }) => kind === "incremental" && selected.has(targetKey(target)));
}

/** Why it cannot be proved, with its key; nothing where it can. */
function reasonOf(
  { target, disabled }: Relation,
  { step, published, kept, cancelled }: Context,
): readonly [readonly [string, string]] | undefined {
  const key = targetKey(target);
  const decision = step(target)?.decision;
  const because = (reason: string) => [[key, reason]] as const;
  if (cancelled()) return because("cancelled");
  if (disabled) return because("disabled");
  if (decision === "block") return because("the plan blocked it, so it may be behind what it reads");
  if (decision === "build" && !published.has(key) && !kept.has(key))
    return because("this run did not publish it, so it may be behind what it reads");
  return undefined;
}

/** In the graph's order: what is proved, and the selected tables between two of them. */
function rebuiltFor(proved: readonly Relation[], graph: Graph, plan: Plan): readonly Relation[] {
  const reads = readsOf(graph);
  const keys = new Set(proved.map(({ target }) => targetKey(target)));
  const above = new Set([...keys].flatMap((key) => [...allAbove(key, reads)]));
  const selected = new Set(plan.steps.map(({ target }) => targetKey(target)));
  return graph.actions.filter(isRelation).filter((relation) => {
    const key = targetKey(relation.target);
    if (keys.has(key)) return true;
    const between = above.has(key) && [...allAbove(key, reads)].some((other) => keys.has(other));
    return relation.kind === "table" && !relation.disabled && selected.has(key) && between;
  });
}

/** All whose data it is made of, seen through views. */
function allAbove(key: string, reads: Reads): ReadonlySet<string> {
  const found = new Set(reads.data(key));
  for (const each of found) for (const other of reads.data(each)) found.add(other);
  return found;
}

async function proveTogether(relations: readonly Relation[], state: State, context: Context): Promise<void> {
  await using scope = await context.open({
    // As the ledger calls the proofs, so that they are not taken for the builds.
    actions: relations.map(({ target }) => `${targetKey(target)}/${proofRule}`),
    tags: [...new Set(relations.flatMap(({ tags }) => tags))],
    attempt: 1,
    builds: relations.map((relation) => ({ relation, mode: "create" })),
    between: viewsBetween(
      context.reads,
      relations.map(({ target }) => target),
      relations.map(({ target }) => target),
    ),
    keeps: relations.filter(({ kind }) => kind === "incremental").map(({ target }) => target),
  });
  let broken: Target | undefined;
  for (const relation of relations) {
    if (broken !== undefined || context.cancelled()) {
      const reason = context.cancelled()
        ? "cancelled"
        : `${targetLabel(broken ?? relation.target)} could not be rebuilt`;
      if (relation.kind === "incremental") await tell(skipped(relation.target, reason), context);
      continue;
    }
    const started = performance.now();
    try {
      if (relation.kind !== "incremental") {
        await scope.scope.build(relation, "create");
        continue;
      }
      context.emit({ kind: "proof-started", at: now(), target: relation.target });
      const difference = await rebuildAndCompare(relation, scope.scope, state);
      const milliseconds = Math.round(performance.now() - started);
      await tell({ ...proofOf(relation, difference), milliseconds }, context);
    } catch (error) {
      broken = relation.target;
      if (context.cancelled()) {
        if (relation.kind === "incremental") await tell(skipped(relation.target, "cancelled"), context);
        continue;
      }
      const problem = problemOf(error, relation, context);
      if (keepsHistory(relation)) {
        await tell(skipped(relation.target, `it keeps history, and cannot be made anew: ${problem.code}`), context);
        continue;
      }
      const milliseconds = Math.round(performance.now() - started);
      await tell({ ...unknown(relation.target, "error", ""), milliseconds, problem }, context);
    }
  }
}

async function rebuildAndCompare(relation: Relation, scope: PublishScope, state: State): Promise<Difference> {
  const kept = await scope.keep(relation.target);
  const published = state.targets[targetKey(relation.target)]?.columns ?? [];
  const { columns } = await scope.build(relation, "create");
  const difference = await compared(scope, relation, { kept, published, rebuilt: columns });
  await kept.drop();
  return difference;
}

/** Rows decide, and columns that only one of them has, unless the model's policy for a changed schema explains them. */
function proofOf(relation: Relation, difference: Difference): Omit<Proof, "milliseconds"> {
  const { target, onSchemaChange } = relation;
  const { onlyPublished, onlyRebuilt } = difference.columnsOnly;
  const keeps = onSchemaChange === "extend" || onSchemaChange === "ignore";
  const strays = (onlyPublished.length > 0 && !keeps) || (onlyRebuilt.length > 0 && onSchemaChange !== "ignore");
  const equal = rowsDiffering(difference) === 0 && !strays;
  const keeper = !equal && keepsHistory(relation);
  const reason = keeper ? "it keeps history, which need not be what is there to make it from now" : "";
  const outcome = equal ? "pass" : keeper ? "warn" : "fail";
  return { kind: "proof", at: now(), target, outcome, reason, ...difference };
}

function unknown(target: Target, outcome: Proof["outcome"], reason: string): Proof {
  return {
    kind: "proof",
    at: now(),
    target,
    outcome,
    reason,
    rows: null,
    columns: [],
    columnsOnly: { onlyPublished: [], onlyRebuilt: [] },
    milliseconds: 0,
  };
}

const skipped = (target: Target, reason: string): Proof => unknown(target, "skipped", reason);

async function tell(proof: Proof, context: Context): Promise<void> {
  context.emit(proof);
  await context.append([entryOf(proof, context)]);
}

/** As an evaluation of the rule, so that whoever reads evaluations reads proofs too. */
function entryOf({ target, problem, ...proof }: Proof, { step }: Context): Entry {
  const { at, outcome, reason, rows, columns, columnsOnly, milliseconds } = proof;
  const entry = evaluationEntry({
    at,
    assertion: target,
    rule: proofRule,
    severity: outcome === "warn" ? "warn" : "error",
    outcome,
    failing: rows === null ? null : rows.onlyPublished + rows.onlyRebuilt,
    milliseconds,
    fingerprint: step(target)?.fingerprint ?? "",
  });
  const told: Problem | undefined = problem;
  return {
    ...entry,
    body: { ...entry.body, proof: { reason, rows, columns, columnsOnly }, ...(told && { problem: told }) },
  };
}
