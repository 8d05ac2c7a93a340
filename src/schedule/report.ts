/** How a scheduled run ended, as people are told: names and counts, never a value. */
import { type Position, type Problem, targetLabel } from "../graph/index.js";
import type { NotifyStatus } from "../project/index.js";
import type { ActionStatus, EvaluationOutcome, RunEvent, RunFinished } from "../run/index.js";

/** The JSON that a webhook gets. */
export interface RunReport {
  readonly project: string;
  readonly environment: string;
  readonly schedule: string;
  readonly status: NotifyStatus;
  /** `refused`: nothing was begun, because another process held the warehouse, say. */
  readonly outcome: RunFinished["outcome"] | "refused";
  readonly exitCode: number;
  /** Null where it did not come to a run. */
  readonly runId: string | null;
  /** Of the code, where it was a git reference's. */
  readonly commit: string | null;
  readonly host: string;
  /** ISO instant. */
  readonly startedAt: string;
  readonly milliseconds: number;
  readonly actions: Readonly<Record<ActionStatus, number>> | null;
  readonly rules: Readonly<Record<EvaluationOutcome, number>> | null;
  /** Rules that failed or could not be evaluated, the first `mostListed`. */
  readonly failing: readonly {
    readonly rule: string;
    /** The table whose publication it stopped, else the assertion. */
    readonly table: string;
    readonly outcome: "fail" | "error";
    /** Failing rows; null where it could not be evaluated. */
    readonly rows: number | null;
  }[];
  /** What went wrong besides, the first `mostListed`. */
  readonly problems: readonly { readonly code: string; readonly message: string; readonly at: string | null }[];
  /** The command that shows more. */
  readonly look: string;
}

const mostListed = 20;

export interface Ended {
  readonly events: readonly RunEvent[];
  /** What was thrown, where it did not come to an end of its own. */
  readonly thrown: readonly Problem[];
  readonly exitCode: number;
}

export type Circumstances = Pick<
  RunReport,
  "project" | "environment" | "schedule" | "commit" | "host" | "startedAt" | "milliseconds" | "look"
>;

export function reportOf(about: Circumstances, { events, thrown, exitCode }: Ended): RunReport {
  const finished = events.findLast((event) => event.kind === "run-finished");
  const started = events.find((event) => event.kind === "run-started");
  const failing = events.flatMap((event) =>
    event.kind === "evaluation" && (event.outcome === "fail" || event.outcome === "error")
      ? [
          {
            rule: event.rule.toLowerCase(),
            table: targetLabel(event.gate ?? event.assertion),
            outcome: event.outcome,
            rows: event.failing,
          },
        ]
      : [],
  );
  const problems = [
    ...thrown,
    ...events.flatMap((event) =>
      (event.kind === "evaluation" || event.kind === "action-finished") && event.problem ? [event.problem] : [],
    ),
  ];
  return {
    ...about,
    status: exitCode === 0 ? "SUCCESS" : "FAILURE",
    outcome: outcomeOf(finished, exitCode),
    exitCode,
    runId: started?.runId ?? null,
    actions: finished?.counts ?? null,
    rules: finished?.rules ?? null,
    failing: failing.slice(0, mostListed),
    problems: problems.slice(0, mostListed).map(({ code, message, at }) => ({ code, message, at: placeOf(at) })),
  };
}

function outcomeOf(finished: RunFinished | undefined, exitCode: number): RunReport["outcome"] {
  if (finished !== undefined && (exitCode === 0) === (finished.exitCode === 0)) return finished.outcome;
  if (exitCode === 130 || exitCode === 143) return "cancelled";
  return exitCode === 3 ? "refused" : "error";
}

function placeOf(at: Position | undefined): string | null {
  if (at === undefined) return null;
  return [at.file, at.line, at.line === undefined ? undefined : at.column]
    .filter((part) => part !== undefined)
    .join(":");
}
