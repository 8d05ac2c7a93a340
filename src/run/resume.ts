/** Which run there is to go on from, and what it was about. */
import { ProblemError } from "../graph/index.js";
import type { Ledger, State } from "../ledger/index.js";
import {
  makePlan,
  type Plan,
  type PlanInput,
  type PlanRecord,
  planDifferences,
  planRecordSchema,
} from "../plan/index.js";

export interface Resumable {
  readonly runId: string;
  readonly record: PlanRecord;
}

/** Where nothing was ever run. */
export const noRun = (): ProblemError => refused("resume-nothing", "There is no run to go on from.", plain);

const refused = (code: string, message: string, hint: string) => new ProblemError({ code, message, hint }, 3);

const plain = "Start a run of its own: medform run builds what is not up to date.";

/**
 * The last run, if it did not succeed.
 *
 * @throws ProblemError `resume-nothing`, `resume-environment`, both with exit code 3.
 */
export async function readResumable(ledger: Ledger, state: State, environment: string): Promise<Resumable> {
  const { lastRun } = state;
  if (lastRun === null) throw noRun();
  const { runId, outcome } = lastRun;
  if (outcome === "succeeded")
    throw refused("resume-nothing", `There is nothing to resume: the last run, ${runId}, succeeded.`, plain);
  const entry = (await ledger.entries(runId)).find(({ kind }) => kind === "plan");
  const parsed = planRecordSchema.safeParse(entry?.body);
  if (!parsed.success)
    throw refused("resume-nothing", `The last run, ${runId}, ended before it had begun with anything.`, plain);
  const record = parsed.data;
  if (record.environment !== environment)
    throw refused(
      "resume-environment",
      `The last run, ${runId}, was in the environment "${record.environment}", not in "${environment}".`,
      `Add --environment ${record.environment}, or start a run of its own.`,
    );
  return { runId, record };
}

/**
 * The plan of what a run has left to do.
 *
 * @throws ProblemError `resume-changed` with exit code 3 where it would do something else, and those of `makePlan`.
 */
export function planResumed(
  { runId, record }: Resumable,
  known: Omit<PlanInput, "selection" | "fullRefresh" | "asOf" | "resume">,
): { readonly input: PlanInput; readonly plan: Plan } {
  const { fullRefresh, asOf, selected, resumes } = record;
  const resume = { runs: [...resumes, runId], selected };
  const input: PlanInput = { ...known, selection: { select: [], exclude: [] }, fullRefresh, asOf, resume };
  const plan = makePlan(input);
  const differences = planDifferences(record, input, plan);
  if (differences.length > 0) throw changedSince(runId, differences);
  return { input, plan };
}

const mostDifferences = 10;

function changedSince(runId: string, differences: readonly string[]): ProblemError {
  const shown = differences.slice(0, mostDifferences).map((difference) => `- ${difference}`);
  const more = differences.length - shown.length;
  const list = [...shown, ...(more > 0 ? [`- and ${more} more`] : [])].join("\n");
  return refused(
    "resume-changed",
    `The plan of ${runId} has changed since, so nothing goes on from it:\n${list}`,
    "Start a run of its own: medform run builds what is not up to date, and leaves what is.",
  );
}
