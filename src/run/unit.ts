/** One unit from its first statement to publish or discard, and what is told and recorded of it. */
import { type Action, type Assertion, type Target, targetKey, targetLabel } from "../graph/index.js";
import { discardEntry } from "../ledger/index.js";
import type { Unit } from "../plan/index.js";
import type { Built } from "../warehouse/index.js";
import type { Attempt, Failure } from "./attempt.js";
import { type Context, now } from "./context.js";
import type { ActionFinished, ActionStatus } from "./events.js";
import { hashOf, type Made, publicationOf, reasonOf, thrownAway } from "./records.js";
import { repeated } from "./repeat.js";
import { evaluationEntries, isAssertion, skippedEvaluations } from "./rules.js";
import type { UnitResult } from "./schedule.js";

/** Builds, evaluates, and publishes or discards; every failure of the project becomes events and ledger entries. */
export async function runUnit(unit: Unit, context: Context): Promise<UnitResult> {
  const rules = rulesOf(unit, context);
  const attempt = await repeated(unit, rules, context);
  switch (attempt.end) {
    case "cancelled":
      return endCancelled(unit, rules, context);
    case "failed":
      return endFailed(unit, attempt.failure, attempt.made, rules, context);
  }
  const { evaluations } = attempt;
  for (const evaluation of evaluations) context.emit(evaluation);
  switch (attempt.end) {
    case "evaluated":
      await context.append(evaluationEntries(evaluations, context));
      return { ok: true };
    case "stopped":
      return endDiscarded(unit, attempt, context);
    case "uncommitted":
      return endUncommitted(attempt, context);
    case "published":
      return endPublished(attempt, context);
  }
}

type Ended<End extends Attempt["end"]> = Extract<Attempt, { readonly end: End }>;

async function endPublished({ made, evaluations }: Ended<"published">, context: Context): Promise<UnitResult> {
  for (const { action, built } of made) {
    const { version } = context.step(action.target) ?? {};
    if (built.unchanged && version !== undefined) context.kept.set(targetKey(action.target), version);
  }
  await context.append([...evaluationEntries(evaluations, context), ...made.map((one) => publicationOf(one, context))]);
  for (const one of made) {
    context.published.add(targetKey(one.action.target));
    finish(context, one.action.target, "built", reasonOf(one.action, context), one);
  }
  return { ok: true };
}

async function endUncommitted(
  { made, evaluations, problem }: Ended<"uncommitted">,
  context: Context,
): Promise<UnitResult> {
  for (const one of made)
    finish(context, one.action.target, "failed", reasonOf(one.action, context), { ...one, problem });
  await context.append([
    ...evaluationEntries(evaluations, context),
    ...made.map((one) => thrownAway(one, `not published: ${problem.code}`, context, "failed")),
  ]);
  const [first] = made;
  return first ? { ok: false, culprit: first.action.target } : { ok: true };
}

async function endDiscarded(
  unit: Unit,
  { by, made, evaluations }: Ended<"stopped">,
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
  const gate = context.step(by.target)?.gate;
  return {
    ok: false,
    culprit: unit.kind === "assert" ? by.target : (gate ?? made.at(-1)?.action.target ?? by.target),
  };
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

/** Says of a relation that it stays as it is: nothing changed of what it was to be built for. */
export function tellUnchanged(target: Target, context: Context): void {
  finish(context, target, "unchanged", "nothing changed of what it reads", {});
}

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
