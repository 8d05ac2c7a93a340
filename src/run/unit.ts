/** One unit from its first statement to publish or discard. */
import {
  type Action,
  type Assertion,
  metadataFingerprint,
  type Problem,
  sqlHash,
  type Target,
  targetKey,
  targetLabel,
} from "../graph/index.js";
import { discardEntry, type Entry, intentEntry, publishEntry } from "../ledger/index.js";
import type { Unit } from "../plan/index.js";
import type { Built, Marker } from "../warehouse/index.js";
import { type CancellableScope, type Context, isRelation, now } from "./context.js";
import type { ActionFinished, ActionStatus, Evaluation } from "./events.js";
import { problemOf } from "./problems.js";
import { evaluate, evaluationEntries, isAssertion, skippedEvaluations } from "./rules.js";
import type { UnitResult } from "./schedule.js";

interface Made {
  readonly action: Action;
  readonly built: Built;
  readonly milliseconds: number;
  readonly queryIds: readonly string[];
}

/** Builds, evaluates, and publishes or discards; every failure of the project becomes events and ledger entries. */
export async function runUnit(unit: Unit, context: Context): Promise<UnitResult> {
  const rules = unit.rules.flatMap((target) => context.action(target) ?? []).filter(isAssertion);
  const made: Made[] = [];
  await using scope = await context.open();
  for (const target of unit.members) {
    const action = context.action(target);
    if (!action) continue;
    const started = performance.now();
    context.emit({ kind: "action-started", at: now(), target, type: typeOf(action) });
    try {
      const built = await build(action, scope, context);
      made.push({ action, built, milliseconds: elapsed(started), queryIds: scope.scope.statementIds() });
    } catch (error) {
      if (context.cancelled()) return endCancelled(unit, rules, context);
      const problem = problemOf(error, action, context);
      return endFailed(unit, { action, problem, milliseconds: elapsed(started) }, made, rules, context);
    }
  }
  const { evaluations, stops } = await evaluate(rules, scope, unit.members, context);
  if (context.cancelled()) return endCancelled(unit, rules, context);
  for (const evaluation of evaluations) context.emit(evaluation);
  if (stops) return endDiscarded(unit, stops, made, evaluations, context);
  if (unit.kind === "assert") {
    await context.append(evaluationEntries(evaluations, context));
    return { ok: true };
  }
  return await publish(scope, made, evaluations, context);
}

const elapsed = (started: number) => Math.round(performance.now() - started);

async function build(action: Action, { scope }: CancellableScope, context: Context): Promise<Built> {
  if (isRelation(action)) return scope.build(action, context.step(action.target)?.mode ?? "create");
  if (action.kind === "operation") for (const query of action.queries) await scope.session.run(query);
  return { rows: null, changed: null, columns: [] };
}

async function publish(
  scope: CancellableScope,
  made: readonly Made[],
  evaluations: readonly Evaluation[],
  context: Context,
): Promise<UnitResult> {
  const markers = made.flatMap(({ action }) => markerOf(action, context));
  // A crash between commit and record must find what was about to be published.
  await context.append(made.flatMap(({ action }) => intentOf(action, context)));
  try {
    await scope.commit(markers);
  } catch (error) {
    const [first] = made;
    if (!first) throw error;
    const problem = problemOf(error, first.action, context);
    for (const one of made)
      finish(context, one.action.target, "failed", reasonOf(one.action, context), { ...one, problem });
    await context.append([
      ...evaluationEntries(evaluations, context),
      ...made.map((one) => thrownAway(one, `not published: ${problem.code}`, context, "failed")),
    ]);
    return { ok: false, culprit: first.action.target };
  }
  await context.append([
    ...evaluationEntries(evaluations, context),
    ...made.flatMap((one) => publicationOf(one, context)),
  ]);
  for (const one of made) {
    context.published.add(targetKey(one.action.target));
    finish(context, one.action.target, "built", reasonOf(one.action, context), one);
  }
  return { ok: true };
}

/** Only what others read is marked: an operation without output leaves nothing that could be published twice. */
function markerOf(action: Action, { chain, step }: Context): readonly Marker[] {
  if (action.kind === "assertion" || action.kind === "declaration") return [];
  if (action.kind === "operation" && !action.hasOutput) return [];
  const fingerprint = step(action.target)?.fingerprint ?? "";
  return [{ target: action.target, token: chain.number, runId: chain.id, fingerprint }];
}

function intentOf(action: Action, context: Context): readonly Entry[] {
  if (action.kind === "assertion" || action.kind === "declaration") return [];
  const { target, kind } = action;
  return [
    intentEntry({
      at: now(),
      target,
      kind,
      fingerprint: fingerprintOf(target, context),
      inputs: inputsOf(target, context),
    }),
  ];
}

function publicationOf(one: Made, context: Context): readonly Entry[] {
  const { action, milliseconds, queryIds } = one;
  const { rows, changed, columns } = one.built;
  if (action.kind === "assertion" || action.kind === "declaration") return [];
  const { target, kind } = action;
  const [fingerprint, inputs] = [fingerprintOf(target, context), inputsOf(target, context)];
  const metadata = metadataFingerprint(action);
  const work = { milliseconds, queryIds, sqlHash: hashOf(action, context), reason: reasonOf(action, context) };
  return [publishEntry({ at: now(), target, kind, fingerprint, rows, changed, columns, metadata, inputs, ...work })];
}

const hashOf = (action: Action, { step }: Context) => sqlHash(action, step(action.target)?.mode === "increment");

const fingerprintOf = (target: Target, { step }: Context) => step(target)?.fingerprint ?? "";

/** What was built in this run, and was published before this began, has this run's id as its version. */
function inputsOf(target: Target, { step, chain }: Context): Readonly<Record<string, string>> {
  const known = step(target);
  return { ...known?.inputs, ...Object.fromEntries((known?.builds ?? []).map((key) => [key, chain.id])) };
}

const reasonOf = (action: Action, { step }: Context) => step(action.target)?.reason ?? "";

async function endDiscarded(
  unit: Unit,
  stops: Assertion,
  made: readonly Made[],
  evaluations: readonly Evaluation[],
  context: Context,
): Promise<UnitResult> {
  const bad = evaluations.filter(({ outcome }) => outcome === "fail" || outcome === "error");
  const names = [...new Set(bad.map(({ rule, outcome }) => `${rule} ${outcome === "error" ? "errored" : "failed"}`))];
  const reason = names.length > 3 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");
  for (const one of made)
    finish(context, one.action.target, "discarded", reason, { ...one, rows: null, changed: null });
  await context.append([
    ...evaluationEntries(evaluations, context),
    ...made.map((one) => thrownAway(one, reason, context)),
  ]);
  // What was skipped says on what: the table that a rule stopped, or the assertion that stands alone.
  const gate = context.step(stops.target)?.gate;
  return {
    ok: false,
    culprit: unit.kind === "assert" ? stops.target : (gate ?? made.at(-1)?.action.target ?? stops.target),
  };
}

interface Failure {
  readonly action: Action;
  readonly problem: Problem;
  readonly milliseconds: number;
}

async function endFailed(
  unit: Unit,
  { action, problem, milliseconds }: Failure,
  made: readonly Made[],
  rules: readonly Assertion[],
  context: Context,
): Promise<UnitResult> {
  const because = `${targetLabel(action.target)} failed`;
  const before = new Map(made.map((one) => [targetKey(one.action.target), one]));
  for (const target of unit.members) {
    const one = before.get(targetKey(target));
    if (target === action.target || targetKey(target) === targetKey(action.target))
      finish(context, target, "failed", reasonOf(action, context), { milliseconds, problem });
    else if (one) finish(context, target, "discarded", because, { milliseconds: one.milliseconds, on: action.target });
    else finish(context, target, "skipped", because, { on: action.target });
  }
  const skipped = skippedEvaluations(rules, context);
  for (const evaluation of skipped) context.emit(evaluation);
  await context.append([
    ...evaluationEntries(skipped, context),
    ...unit.members.map((target) => {
      const one = before.get(targetKey(target));
      if (one) return thrownAway(one, because, context);
      const skipped = targetKey(target) !== targetKey(action.target);
      if (skipped) return discardEntry({ at: now(), target, reason: because }, "skipped");
      const reason = `failed: ${problem.code}`;
      return discardEntry({ at: now(), target, reason, milliseconds, sqlHash: hashOf(action, context) }, "failed");
    }),
  ]);
  return { ok: false, culprit: action.target };
}

async function endCancelled(unit: Unit, rules: readonly Assertion[], context: Context): Promise<UnitResult> {
  await cancelUnit(unit, context, rules);
  const [culprit = unit.rules[0]] = unit.members;
  if (!culprit) return { ok: true };
  return { ok: false, culprit };
}

/** Says of every part of a unit that it was cancelled, before or while it ran. */
export async function cancelUnit(
  unit: Unit,
  context: Context,
  rules: readonly Assertion[] = rulesOf(unit, context),
): Promise<void> {
  for (const target of unit.members) finish(context, target, "cancelled", "cancelled", {});
  const skipped = skippedEvaluations(rules, context);
  for (const evaluation of skipped) context.emit(evaluation);
  await context.append([
    ...evaluationEntries(skipped, context),
    ...unit.members.map((target) => discardEntry({ at: now(), target, reason: "cancelled" }, "cancelled")),
  ]);
}

const rulesOf = (unit: Unit, context: Context) =>
  unit.rules.flatMap((target) => context.action(target) ?? []).filter(isAssertion);

/** Says of every part of a unit that it never began, because of `culprit`. */
export async function skipUnit(unit: Unit, culprit: Target, reason: string, context: Context): Promise<void> {
  for (const target of unit.members) finish(context, target, "skipped", reason, { on: culprit });
  const skipped = skippedEvaluations(rulesOf(unit, context), context);
  for (const evaluation of skipped) context.emit(evaluation);
  await context.append([
    ...evaluationEntries(skipped, context),
    ...unit.members.map((target) => discardEntry({ at: now(), target, reason }, "skipped")),
  ]);
}

/** Built, and not published. */
function thrownAway(
  { action, milliseconds, queryIds }: Made,
  reason: string,
  context: Context,
  outcome: "discarded" | "failed" = "discarded",
): Entry {
  const work = { milliseconds, queryIds, sqlHash: hashOf(action, context) };
  return discardEntry({ at: now(), target: action.target, reason, ...work }, outcome);
}

function finish(
  context: Context,
  target: Target,
  status: ActionStatus,
  reason: string,
  about: Partial<Pick<ActionFinished, "rows" | "changed" | "milliseconds" | "on" | "problem">> & {
    readonly built?: Built;
  },
): void {
  const action = context.action(target);
  if (!action) return;
  const { built, on, problem, milliseconds = 0 } = about;
  const published = status === "built";
  context.emit({
    kind: "action-finished",
    at: now(),
    target,
    type: typeOf(action),
    status,
    rows: published ? (built?.rows ?? null) : null,
    changed: published ? (built?.changed ?? null) : null,
    milliseconds,
    reason,
    ...(on && { on }),
    ...(problem && { problem }),
  });
}

function typeOf(action: Action): ActionFinished["type"] {
  return action.kind === "declaration" ? "operation" : action.kind;
}
