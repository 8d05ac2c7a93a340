import { type Graph, mentions, metadataFingerprint, type Target, targetKey, targetLabel } from "../graph/index.js";
import { describeEntry, type Ledger, planEntry, standingEntry } from "../ledger/index.js";
import { behindProblem, hashKeyInput, type Plan, type PlanRecord, readsOf } from "../plan/index.js";
import { ensureLanding, ensureLandingLog, isLandingLog, type Value, type Warehouse } from "../warehouse/index.js";
import { actionsOf, type Context, isRelation, now, scopes } from "./context.js";
import { dispositions } from "./dispositions.js";
import { dueOf } from "./due.js";
import type { Listener, RunEvent, RunFinished } from "./events.js";

import { prove } from "./prove/index.js";
import { defaultRetry, type RetryPolicy } from "./repeat.js";

import { evaluationEntries, isAssertion, skippedEvaluations } from "./rules.js";
import { schedule } from "./schedule.js";
import { standings } from "./standing.js";
import { tally } from "./tally.js";
import { cancelUnit, runUnit, skipUnit, tellUnchanged } from "./unit.js";

export interface RunOptions {
  readonly graph: Graph;
  readonly plan: Plan;
  readonly warehouse: Warehouse;
  readonly ledger: Ledger;
  readonly listener: Listener;
  readonly environment: string;
  /** The project's name, as the engine's own records shall know it. */
  readonly project?: string;
  /** What the ledger keeps of the circumstances: command, actor, commit and dirty flag, selection. No secrets. */
  readonly about: Readonly<Record<string, unknown>>;
  /** What another run needs to go on from this one. */
  readonly record?: PlanRecord;
  /** Units at a time; default `defaultThreads`. */
  readonly threads?: number;
  /** Aborted: what runs is cancelled and discarded. A reason with an `exitCode` says which signal it was. */
  readonly signal?: AbortSignal;
  /** What keyed hashes are made with, for `getvariable('MEDFORM_HASH_KEY')`; the plan's own. Never told to anybody. */
  readonly hashKey?: string;
  /** The text of a file of the project, so that an engine's error is told at its line there. */
  readonly sourceOf?: (file: string) => string | undefined;
  /** Nothing new is started after a failure. */
  readonly failFast?: boolean;
  /** Afterwards the selected incremental tables are rebuilt aside, and compared with what is published. */
  readonly prove?: boolean;
  /** How often, and after how long, what is transient is tried again; default `defaultRetry`. */
  readonly retry?: RetryPolicy;
}

/**
 * DuckDB spreads one large statement over all cores, but plans and runs small ones on one. On 2 cores, 74 relations with 174
 * rules took 6.5 s with one or two units at a time, 3.9 s with four, 4.1 s with eight.
 */
export const defaultThreads = 4;

/**
 * Carries out a plan. A failure of the project (SQL, rules) is an outcome, told by events; what is thrown is a failure of
 * the warehouse or the ledger, after which the run reads as interrupted and is recovered by the next start.
 */
export function executeRun(options: RunOptions): Promise<RunFinished> {
  return execute("run", options);
}

/** Carries out a plan of `planAssert`: evaluates rules on what is published, and marks the tables that one fails on. */
export function executeAssert(options: RunOptions): Promise<RunFinished> {
  return execute("assert", options);
}

async function execute(kind: "run" | "assert", options: RunOptions): Promise<RunFinished> {
  const { graph, plan, warehouse, ledger, signal } = options;
  const started = performance.now();
  await warehouse.ensureRoom(plan.steps.filter(({ mode }) => mode === "create").map(({ target }) => target));
  const chain = await ledger.open(kind, { ...options.about, environment: options.environment });
  await warehouse.lease.hold(chain.id);
  const startedAt = now();
  const variables: Readonly<Record<string, Value>> = {
    MEDFORM_RUN_ID: chain.id,
    MEDFORM_RUN_NUMBER: BigInt(chain.number),
    MEDFORM_AS_OF: plan.asOf,
    MEDFORM_STARTED_AT: startedAt,
    MEDFORM_HASH_KEY: options.hashKey || null,
  };
  const count = tally();
  const emit = (event: RunEvent) => {
    count.add(event);
    options.listener(event);
  };
  const actions = actionsOf(graph);
  const steps = new Map(plan.steps.map((step) => [targetKey(step.target), step]));
  using cancelling = scopes(warehouse, variables, signal, {
    runId: chain.id,
    runNumber: chain.number,
    project: options.project ?? "",
  });
  const context: Context = {
    chain,
    action: (target) => actions.get(targetKey(target)),
    step: (target) => steps.get(targetKey(target)),
    emit,
    append: (entries) => chain.append(entries),
    open: cancelling.open,
    cancelled: () => signal?.aborted === true,
    signal,
    retry: options.retry ?? defaultRetry,
    engine: graph.engine,
    reads: readsOf(graph),
    markers: () => warehouse.publisher.markers(),
    published: new Set(),
    kept: new Map(),
    sourceOf: options.sourceOf ?? (() => undefined),
  };

  if (options.record) await chain.append([planEntry({ at: startedAt, ...options.record })]);
  begin(options, chain, startedAt, emit);
  await tellUnevaluated(plan, context);
  await prepare(plan, warehouse);
  await describe(plan, context);
  tellUnkeyed(graph, options, emit);
  let failed: Target | undefined;
  /** Assertions whose results are about what is published: they stand alone, or their unit was published. */
  const settled: Target[] = [];
  await schedule(plan.units, options.threads ?? defaultThreads, {
    run: async (planned) => {
      const unit = dueOf(planned, context);
      if (unit !== planned) for (const target of planned.members) tellUnchanged(target, context);
      if (unit === undefined) return { ok: true };
      const result = await runUnit(unit, context);
      if (!result.ok) failed ??= result.culprit;
      if (result.ok || unit.kind === "assert") settled.push(...unit.rules);
      return result;
    },
    skip: (unit, culprit) =>
      context.cancelled()
        ? cancelUnit(unit, context)
        : skipUnit(unit, culprit, `${targetLabel(culprit)} was not published`, context),
    stopped: () => context.cancelled() || (options.failFast === true && failed !== undefined),
    stop: (unit) =>
      failed !== undefined && !context.cancelled()
        ? skipUnit(unit, failed, `not started after the failure of ${targetLabel(failed)}`, context)
        : cancelUnit(unit, context),
  });

  const changed = standings(graph, { settled, failed: count.failedAlone() }, await ledger.state());
  if (changed.length > 0) await chain.append(changed.map((standing) => standingEntry({ at: now(), ...standing })));
  if (options.prove === true) await prove(graph, plan, await ledger.state(), context);
  if (kind === "run" && !context.cancelled())
    for (const event of await dispositions(graph, await ledger.state(), warehouse)) emit(event);
  const finished = count.finished({
    runId: chain.id,
    at: now(),
    milliseconds: Math.round(performance.now() - started),
    signal,
  });
  await chain.seal(finished.outcome, { counts: { actions: finished.counts, rules: finished.rules } });
  options.listener(finished);
  return finished;
}

function begin(
  { graph, plan, environment, record }: RunOptions,
  { id, number }: { readonly id: string; readonly number: number },
  at: string,
  emit: Listener,
): void {
  const of = (...decisions: readonly string[]) => plan.steps.filter(({ decision }) => decisions.includes(decision));
  const resumes = record?.resumes.at(-1);
  emit({
    kind: "run-started",
    runId: id,
    runNumber: number,
    ...(resumes !== undefined && { resumes }),
    at,
    environment,
    engine: graph.engine,
    actions: of("build", "assert").length + unevaluated(plan).length,
    unchanged: of("skip").filter(({ type }) => type !== "assertion").length,
  });
  const behind = behindProblem(plan.behind);
  if (behind) emit({ kind: "notice", problem: behind });
  for (const { target, type, reason, decision } of of("skip", "block")) {
    if (type === "assertion") continue;
    const status = decision === "skip" ? "unchanged" : "blocked";
    emit({ kind: "action-finished", at, target, type, status, rows: null, changed: null, milliseconds: 0, reason });
  }
}

/** Rules that would gate what is built, if what they read were there. */
const unevaluated = ({ steps }: Plan) =>
  steps.filter(({ decision, gate }) => decision === "skip" && gate !== undefined);

async function tellUnevaluated(plan: Plan, context: Context): Promise<void> {
  const assertions = unevaluated(plan)
    .flatMap(({ target }) => context.action(target) ?? [])
    .filter(isAssertion);
  const skipped = skippedEvaluations(assertions, context);
  for (const evaluation of skipped) context.emit(evaluation);
  await context.append(evaluationEntries(skipped, context));
}

/** Applies changed descriptions, in one transaction. What is only described anew is not built anew. */
async function describe({ described }: Plan, context: Context): Promise<void> {
  const relations = described.flatMap((target) => context.action(target) ?? []).filter(isRelation);
  if (relations.length === 0 || context.cancelled()) return;
  // No attempt at a unit: what is only described anew is not built.
  const actions = relations.map(({ target }) => targetKey(target));
  await using scope = await context.open({ actions, tags: [], attempt: 0, builds: [], between: [] });
  for (const relation of relations) await scope.scope.describe(relation);
  await scope.commit([]);
  const at = now();
  await context.append(
    relations.map((relation) =>
      describeEntry({ at, target: relation.target, metadata: metadataFingerprint(relation) }),
    ),
  );
}

/** Says once that keyed hashes are made without a key, where something is built that makes them. */
function tellUnkeyed({ actions, engine }: Graph, { plan, hashKey }: RunOptions, emit: Listener): void {
  if (hashKey) return;
  const building = new Set(plan.units.flatMap(({ members }) => members.map(targetKey)));
  const hashing = actions.filter(
    (each) => building.has(targetKey(each.target)) && mentions(each, hashKeyInput, engine),
  );
  const [first] = hashing;
  if (first === undefined) return;
  const more = hashing.length > 1 ? ` and ${hashing.length - 1} more` : "";
  emit({
    kind: "notice",
    problem: {
      code: "hash-key-unset",
      message: `${targetLabel(first.target)}${more}: without a key, whoever sees a hash of an identifier can guess the identifier.`,
      at: { file: first.fileName },
      hint: "Set MEDFORM_HASH_KEY in the environment of the process, to a long random text that is kept secret and kept the same.",
    },
  });
}

/** Schemas, empty landing tables and columns that landing tables lack, before any action. */
async function prepare(plan: Plan, warehouse: Warehouse): Promise<void> {
  const built = plan.units.flatMap(({ members }) => members);
  if (built.length + plan.landings.length === 0) return;
  await warehouse.catalog.ensureSchemas([...built, ...plan.landings.map(({ target }) => target)]);
  if (plan.landings.length === 0) return;
  await using session = await warehouse.session();
  for (const { target, columns } of plan.landings)
    await (isLandingLog(target) ? ensureLandingLog(session, target) : ensureLanding(session, target, columns));
}
