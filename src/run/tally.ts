/** Counts what a run tells, and says how it ended. */
import type { Target } from "../graph/index.js";
import type { ActionStatus, EvaluationOutcome, RunEvent, RunFinished } from "./events.js";

export interface Tally {
  add(event: RunEvent): void;
  /** Assertions that gate nothing and failed, on what is published. */
  failedAlone(): readonly Target[];
  finished(about: {
    readonly runId: string;
    readonly at: string;
    readonly milliseconds: number;
    readonly signal: AbortSignal | undefined;
  }): RunFinished;
}

export function tally(): Tally {
  const counts: Record<ActionStatus, number> = {
    built: 0,
    unchanged: 0,
    discarded: 0,
    failed: 0,
    skipped: 0,
    blocked: 0,
    cancelled: 0,
  };
  const rules: Record<EvaluationOutcome, number> = { pass: 0, warn: 0, fail: 0, error: 0, skipped: 0 };
  const proofs: Record<EvaluationOutcome, number> = { pass: 0, warn: 0, fail: 0, error: 0, skipped: 0 };
  const alone: Target[] = [];
  let fenced = false;
  return {
    add(event) {
      if (event.kind === "proof") proofs[event.outcome]++;
      if (event.kind === "action-finished") {
        counts[event.status]++;
        if (event.problem?.code === "fenced") fenced = true;
      }
      if (event.kind !== "evaluation") return;
      rules[event.outcome]++;
      if (event.outcome === "fail" && event.gate === undefined) alone.push(event.assertion);
    },
    failedAlone: () => alone,
    finished({ runId, at, milliseconds, signal }) {
      const [outcome, exitCode] = endOf(counts, rules, proofs, { signal, fenced });
      const proved = Object.values(proofs).some((number) => number > 0);
      return {
        kind: "run-finished",
        runId,
        at,
        outcome,
        milliseconds,
        counts,
        rules,
        ...(proved && { proofs }),
        exitCode,
      };
    },
  };
}

function endOf(
  counts: Readonly<Record<ActionStatus, number>>,
  rules: Readonly<Record<EvaluationOutcome, number>>,
  proofs: Readonly<Record<EvaluationOutcome, number>>,
  { signal, fenced }: { readonly signal: AbortSignal | undefined; readonly fenced: boolean },
): readonly [RunFinished["outcome"], number] {
  // A signal that came after the last unit had ended cancelled nothing.
  if (signal?.aborted && counts.cancelled + rules.skipped + proofs.skipped > 0)
    return ["cancelled", signalCode(signal.reason)];
  // A newer run stands in the way of this one: refused, not broken.
  if (fenced) return ["error", 3];
  if (counts.failed + rules.error + proofs.error > 0) return ["error", 1];
  return rules.fail + proofs.fail > 0 ? ["failed", 2] : ["succeeded", 0];
}

function signalCode(reason: unknown): number {
  const code = typeof reason === "object" && reason !== null && "exitCode" in reason ? reason.exitCode : undefined;
  return typeof code === "number" ? code : 130;
}
