/** What a count of failing rows means: by the assertion's severity, and by how much it bears. Pure. */
import { type Assertion, type Problem, type Threshold, targetLabel } from "../graph/index.js";
import type { RuleCount } from "../warehouse/index.js";
import type { Evaluation, EvaluationOutcome } from "./events.js";

export type Found = Pick<Evaluation, "rule" | "outcome" | "failing" | "problem" | "threshold" | "of">;

/** One result a rule. `total`: the rows that a share is measured against, where it was counted. */
export function judge(assertion: Assertion, counts: readonly RuleCount[], total?: number): readonly Found[] {
  const bad: EvaluationOutcome = assertion.severity === "warn" ? "warn" : "fail";
  const { threshold } = assertion;
  const left = new Map<string, number>();
  // A rule's name is one name in whatever case its query writes it.
  for (const { rule, failing } of counts) left.set(rule.toLowerCase(), (left.get(rule.toLowerCase()) ?? 0) + failing);
  const found = assertion.rules.map((rule): Found => {
    const failing = left.get(rule.toLowerCase()) ?? 0;
    left.delete(rule.toLowerCase());
    const outcome = failing === 0 ? "pass" : threshold && bears(threshold, failing, total) ? "warn" : bad;
    const measured = threshold && failing > 0 && total !== undefined ? { of: total } : {};
    return { rule, outcome, failing, ...(threshold && { threshold }), ...measured };
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

/** Of no rows, no share is small. */
function bears(threshold: Threshold, failing: number, total: number | undefined): boolean {
  if ("rows" in threshold) return failing <= threshold.rows;
  // 29 % of 100 rows is a little less than 29 in binary.
  return total !== undefined && total > 0 && failing <= threshold.share * total * (1 + 1e-12);
}
