/** What failed only because another transaction came between is done once more, from its first statement, after a while. */
import pRetry from "p-retry";
import { type Assertion, hooksOf, type Problem, statements, type Target, tokenize } from "../graph/index.js";
import { retryEntry } from "../ledger/index.js";
import type { Unit } from "../plan/index.js";
import { isTransient } from "../warehouse/index.js";
import { type Attempt, attemptUnit } from "./attempt.js";
import { type Context, now } from "./context.js";

export interface RetryPolicy {
  /** In all; 1 never repeats. */
  readonly attempts: number;
  /** Milliseconds before the second attempt; four times as long before each further one. */
  readonly delay: number;
}

export const defaultRetry: RetryPolicy = { attempts: 3, delay: 250 };

const growth = 4;

/** An attempt that ended so that another one is worth while. */
class Unlucky extends Error {
  constructor(
    readonly attempt: Attempt,
    readonly target: Target,
    readonly problem: Problem,
  ) {
    super(problem.message);
  }
}

/** How the last attempt ended. */
export async function repeated(unit: Unit, rules: readonly Assertion[], context: Context): Promise<Attempt> {
  const { attempts, delay } = context.retry;
  const safe = isSafe(unit, context);
  let ended: Attempt | undefined;
  const once = async (number: number) => {
    const attempt = await attemptUnit(unit, rules, context, number);
    const unlucky = safe ? unluckyOf(attempt) : undefined;
    if (unlucky) throw unlucky;
    ended = attempt;
    return attempt;
  };
  try {
    return await pRetry(once, {
      retries: attempts - 1,
      minTimeout: delay,
      factor: growth,
      signal: context.signal,
      shouldRetry: ({ error }) => error instanceof Unlucky,
      onFailedAttempt: async ({ error, attemptNumber: attempt }) => {
        if (!(error instanceof Unlucky) || attempt >= attempts || context.cancelled()) return;
        const { target, problem } = error;
        const wait = delay * growth ** (attempt - 1);
        const about = { at: now(), target, attempt, attempts, milliseconds: wait };
        context.emit({ kind: "retry", ...about, problem });
        await context.append([retryEntry({ ...about, code: problem.code })]);
      },
    });
  } catch (error) {
    // A cancel that came while it committed came too late.
    if (ended) return ended;
    if (error instanceof Unlucky && !context.cancelled()) return error.attempt;
    // Cancelled while it waited, or before it began.
    if (error instanceof Unlucky || (context.cancelled() && error === context.signal?.reason))
      return { end: "cancelled" };
    throw error;
  }
}

function unluckyOf(attempt: Attempt): Unlucky | undefined {
  switch (attempt.end) {
    case "failed":
      return attempt.transient
        ? new Unlucky(attempt, attempt.failure.action.target, attempt.failure.problem)
        : undefined;
    case "uncommitted": {
      const [first] = attempt.made;
      return attempt.transient && first ? new Unlucky(attempt, first.action.target, attempt.problem) : undefined;
    }
    case "stopped": {
      const errored = attempt.evaluations.find(({ problem, outcome }) => outcome === "error" && isTransient(problem));
      return errored?.problem ? new Unlucky(attempt, errored.assertion, errored.problem) : undefined;
    }
    default:
      return undefined;
  }
}

const dml = "delete describe insert merge select set update values with".split(" ");

/** What a transaction undoes; a file that a statement writes, say, stays written, and so does DDL where it commits. */
const undone: Readonly<Record<string, ReadonlySet<string>>> = {
  duckdb: new Set([...dml, ..."alter comment create drop from reset truncate".split(" ")]),
  snowflake: new Set([...dml, "unset"]),
};

/** Whether all that the unit does beside its models' queries lies within its transaction. */
function isSafe(unit: Unit, context: Context): boolean {
  const actions = unit.members.flatMap((target) => context.action(target) ?? []);
  const words = actions.flatMap((action) =>
    hooksOf(action).flatMap((sql) =>
      statements(tokenize(sql, context.engine)).map(([first]) => first?.text.toLowerCase() ?? ""),
    ),
  );
  return words.every((word) => undone[context.engine]?.has(word) === true);
}
