/** Assertions evaluated in a scope, rule by rule. */
import {
  type Action,
  type Assertion,
  quoteTarget,
  sameTarget,
  sqlHash,
  type Target,
  targetKey,
} from "../graph/index.js";
import { type Entry, evaluationEntry } from "../ledger/index.js";
import { type CancellableScope, type Context, now } from "./context.js";
import type { Evaluation } from "./events.js";
import { type Found as Judged, judge } from "./judge.js";
import { problemOf } from "./problems.js";

export const isAssertion = (action: Action): action is Assertion => action.kind === "assertion";

export interface Evaluated {
  readonly evaluations: readonly Evaluation[];
  /** The first assertion that stops the publication: a rule of severity error failed, or any rule could not be evaluated. */
  readonly stops: Assertion | undefined;
}

/**
 * A rule that errors ends the transaction, so the others are skipped; one that fails does not stop the next. One that reads
 * what neither exists nor is among `staged` is skipped: the plan lets it come to that for warnings only.
 */
export async function evaluate(
  assertions: readonly Assertion[],
  { scope }: CancellableScope,
  staged: readonly Target[],
  context: Context,
): Promise<Evaluated> {
  const made = new Set(staged.map(targetKey));
  const isThere = ({ target }: Assertion) =>
    (context.step(target)?.awaits ?? []).every((key) => made.has(key) || context.published.has(key));
  const evaluations: Evaluation[] = [];
  let stops: Assertion | undefined;
  let broken = false;
  for (const assertion of assertions) {
    const started = performance.now();
    const skip = broken || context.cancelled() || !isThere(assertion);
    const found = skip ? skippedOf(assertion) : await countOf(assertion, scope, staged, context);
    const milliseconds = Math.round(performance.now() - started);
    const queryIds = skip ? {} : { queryIds: scope.statementIds() };
    for (const one of found) evaluations.push({ ...evaluationOf(assertion, one, context), milliseconds, ...queryIds });
    if (found.some(({ outcome }) => outcome === "error")) broken = true;
    if (broken || found.some(({ outcome }) => outcome === "fail")) stops ??= assertion;
  }
  return { evaluations, stops };
}

async function countOf(
  assertion: Assertion,
  scope: CancellableScope["scope"],
  staged: readonly Target[],
  context: Context,
): Promise<readonly Found[]> {
  const { query, countsByRule, rules, threshold } = assertion;
  const [name = assertion.target.name] = rules;
  const newRowsOf = newRowsFor(assertion, staged, context);
  const rows = newRowsOf.length > 0 ? { rows: "new" as const } : {};
  try {
    const counts = await scope.evaluate(query, { byRule: countsByRule, name, newRowsOf });
    const subject = threshold && "share" in threshold ? context.step(assertion.target)?.subject : undefined;
    const total =
      subject && counts.some(({ failing }) => failing > 0) ? await sizeOf(subject, scope, newRowsOf) : undefined;
    return judge(assertion, counts, total).map((found) => ({ ...found, ...rows }));
  } catch (error) {
    if (context.cancelled()) return skippedOf(assertion);
    const problem = problemOf(error, assertion, context);
    return rules.map((rule) => ({ rule, outcome: "error", failing: null, problem }));
  }
}

/** The table that the assertion speaks of, where this unit incremented it and the rule looks at new rows only. */
function newRowsFor(assertion: Assertion, staged: readonly Target[], context: Context): readonly Target[] {
  const subject = assertion.onlyNew ? context.step(assertion.target)?.subject : undefined;
  if (subject === undefined || context.step(subject)?.mode !== "increment") return [];
  const isIt = (target: Target) => sameTarget(target, subject);
  // Through a view it is read as a whole.
  return staged.some(isIt) && assertion.dependencies.some(isIt) ? [subject] : [];
}

/** The rows that a share is a share of: of the same rows that were evaluated. */
async function sizeOf(target: Target, scope: CancellableScope["scope"], newRowsOf: readonly Target[]): Promise<number> {
  const query = `select 1 as one from ${quoteTarget(target)}`;
  const [counted] = await scope.evaluate(query, { byRule: false, name: target.name, newRowsOf });
  return counted?.failing ?? 0;
}

type Found = Judged & Pick<Evaluation, "rows">;

const skippedOf = (assertion: Assertion): readonly Found[] =>
  assertion.rules.map((rule) => ({ rule, outcome: "skipped", failing: null }));

/** The rules of a unit that never came to them. */
export function skippedEvaluations(assertions: readonly Assertion[], context: Context): readonly Evaluation[] {
  return assertions.flatMap((assertion) =>
    skippedOf(assertion).map((found) => ({ ...evaluationOf(assertion, found, context), milliseconds: 0 })),
  );
}

function evaluationOf(assertion: Assertion, found: Found, context: Context): Omit<Evaluation, "milliseconds"> {
  const asked = context.step(assertion.target)?.gate;
  // What stays as it is published, no rule can stop any more.
  const gate = asked && !context.kept.has(targetKey(asked)) ? asked : undefined;
  return {
    kind: "evaluation",
    at: now(),
    assertion: assertion.target,
    ...(gate && { gate }),
    severity: assertion.severity,
    ...found,
  };
}

export function evaluationEntries(evaluations: readonly Evaluation[], context: Context): readonly Entry[] {
  return evaluations.map(({ kind: _kind, problem, ...evaluation }) => {
    const fingerprint = context.step(evaluation.assertion)?.fingerprint;
    const action = evaluation.outcome === "skipped" ? undefined : context.action(evaluation.assertion);
    const entry = evaluationEntry({
      ...evaluation,
      ...(fingerprint !== undefined && { fingerprint }),
      ...(action && { sqlHash: sqlHash(action) }),
    });
    return problem ? { ...entry, body: { ...entry.body, problem: { ...problem } } } : entry;
  });
}
