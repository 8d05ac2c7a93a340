/** Assertions evaluated in a scope, rule by rule. */
import {
  type Action,
  type Assertion,
  type Problem,
  sqlHash,
  type Target,
  targetKey,
  targetLabel,
} from "../graph/index.js";
import { type Entry, evaluationEntry } from "../ledger/index.js";
import type { RuleCount } from "../warehouse/index.js";
import { type CancellableScope, type Context, now } from "./context.js";
import type { Evaluation, EvaluationOutcome } from "./events.js";
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
  const there = new Set([...context.published, ...staged.map(targetKey)]);
  const isThere = ({ target }: Assertion) => (context.step(target)?.awaits ?? []).every((key) => there.has(key));
  const evaluations: Evaluation[] = [];
  let stops: Assertion | undefined;
  let broken = false;
  for (const assertion of assertions) {
    const started = performance.now();
    const skip = broken || context.cancelled() || !isThere(assertion);
    const found = skip ? skippedOf(assertion) : await countOf(assertion, scope, context);
    const milliseconds = Math.round(performance.now() - started);
    const queryIds = skip ? {} : { queryIds: scope.statementIds() };
    for (const one of found) evaluations.push({ ...evaluationOf(assertion, one, context), milliseconds, ...queryIds });
    if (found.some(({ outcome }) => outcome === "error")) broken = true;
    if (broken || found.some(({ outcome }) => outcome === "fail")) stops ??= assertion;
  }
  return { evaluations, stops };
}

type Found = Pick<Evaluation, "rule" | "outcome" | "failing" | "problem">;

async function countOf(
  assertion: Assertion,
  scope: CancellableScope["scope"],
  context: Context,
): Promise<readonly Found[]> {
  const { query, countsByRule, rules } = assertion;
  const [name = assertion.target.name] = rules;
  try {
    return foundOf(assertion, await scope.evaluate(query, { byRule: countsByRule, name }));
  } catch (error) {
    if (context.cancelled()) return skippedOf(assertion);
    const problem = problemOf(error, assertion, context);
    return rules.map((rule) => ({ rule, outcome: "error", failing: null, problem }));
  }
}

function foundOf(assertion: Assertion, counts: readonly RuleCount[]): readonly Found[] {
  const bad: EvaluationOutcome = assertion.severity === "warn" ? "warn" : "fail";
  const left = new Map(counts.map(({ rule, failing }) => [rule.toLowerCase(), failing]));
  const found = assertion.rules.map((rule): Found => {
    const failing = left.get(rule.toLowerCase()) ?? 0;
    left.delete(rule.toLowerCase());
    return { rule, outcome: failing === 0 ? "pass" : bad, failing };
  });
  const undeclared = [...left.values()].reduce((sum, failing) => sum + failing, 0);
  if (undeclared === 0) return found;
  // What stands in column RULE may be anything, a value of the table even, so it is counted and not shown.
  const problem: Problem = {
    code: "rule-undeclared",
    message: `${targetLabel(assertion.target)} returns rows under a rule that none of its rule: tags declares.`,
    at: { file: assertion.fileName },
    hint: `Column RULE must be one of ${assertion.rules.join(", ")}.`,
  };
  return [...found, { rule: "undeclared", outcome: bad, failing: undeclared, problem }];
}

const skippedOf = (assertion: Assertion): readonly Found[] =>
  assertion.rules.map((rule) => ({ rule, outcome: "skipped", failing: null }));

/** The rules of a unit that never came to them. */
export function skippedEvaluations(assertions: readonly Assertion[], context: Context): readonly Evaluation[] {
  return assertions.flatMap((assertion) =>
    skippedOf(assertion).map((found) => ({ ...evaluationOf(assertion, found, context), milliseconds: 0 })),
  );
}

function evaluationOf(assertion: Assertion, found: Found, context: Context): Omit<Evaluation, "milliseconds"> {
  const gate = context.step(assertion.target)?.gate;
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
