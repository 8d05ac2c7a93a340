/** One statement handed to the driver once, with an end: the driver alone would try for a minute, and wait for ever. */
import type { ProblemError } from "../../graph/index.js";
import type { Connection, RowStatement } from "./driver.js";
import type { Limits } from "./login.js";
import { unreachable } from "./trouble.js";
import { asText, type bindsFor } from "./values.js";
import type { Watched } from "./wire.js";

/** What somebody waits for. */
export interface Running {
  readonly abort: AbortController;
  /** What the driver is busy with. */
  statement?: RowStatement;
  /** Why it is to end. */
  stop?: ProblemError;
  /** Nobody waits any more. */
  done: boolean;
}

const askEvery = 500;

/**
 * Asks the service again and again to stop it, for one that has not begun yet knows of nothing to stop; and gives it up, with its
 * session, where it goes on for longer than `patience` milliseconds.
 */
export function stopRunning(running: Running, reason: ProblemError, patience: number): void {
  if (running.stop !== undefined) return;
  running.stop = reason;
  const until = performance.now() + patience;
  const ask = () => {
    if (running.done) return;
    if (running.statement === undefined || performance.now() >= until) {
      running.abort.abort(reason);
      return;
    }
    try {
      running.statement.cancel(() => undefined);
    } catch {
      // A connection that is gone has nothing to cancel.
    }
    setTimeout(ask, Math.min(askEvery, patience));
  };
  ask();
}

export interface Asked {
  readonly sql: string;
  readonly requestId: string;
  readonly binds: ReturnType<typeof bindsFor>;
  readonly describeOnly?: boolean;
  readonly tag: string | undefined;
}

export interface RoundOptions {
  readonly running: Running;
  readonly watched: Watched;
  readonly limits: Limits;
  /** The statement runs for longer than it may. */
  readonly onDeadline: () => void;
}

/** Rejects with the driver's error; with a ProblemError where it was stopped, or nothing but failures came for too long. */
export function playRound(connection: Connection, asked: Asked, options: RoundOptions): Promise<RowStatement> {
  const { running, watched, limits, onDeadline } = options;
  const { signal } = running.abort;
  return new Promise<RowStatement>((resolve, reject) => {
    if (running.stop !== undefined || signal.aborted) {
      reject(running.stop ?? signal.reason);
      return;
    }
    let settled = false;
    let patience: NodeJS.Timeout | undefined;
    const deadline = setTimeout(onDeadline, Math.min(limits.statement, 2 ** 31 - 1));
    const settle = (end: () => void) => {
      if (settled) return;
      settled = true;
      clearTimeout(deadline);
      clearTimeout(patience);
      signal.removeEventListener("abort", onAbort);
      watched.onFailure = () => undefined;
      running.statement = undefined;
      end();
    };
    const onAbort = () => settle(() => reject(running.stop ?? signal.reason));
    const check = () => {
      patience = undefined;
      if (watched.failingSince === undefined) return;
      const left = watched.failingSince + limits.patience - performance.now();
      if (left <= 0) settle(() => reject(unreachable()));
      else patience = setTimeout(check, left);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    watched.onFailure = () => {
      patience ??= setTimeout(check, 0);
    };
    try {
      running.statement = connection.execute({
        sqlText: asked.sql,
        requestId: asked.requestId,
        ...(asked.binds.length === 0 ? {} : { binds: asked.binds }),
        ...(asked.tag === undefined ? {} : { parameters: { QUERY_TAG: asked.tag } }),
        ...(asked.describeOnly === true ? { describeOnly: true } : {}),
        // Else the driver reads all rows, and asks once more for a result that it did not get.
        streamResult: true,
        rowMode: "array",
        fetchAsString: asText,
        complete: (error, statement) => settle(() => (error ? reject(error) : resolve(statement))),
      });
    } catch (error) {
      settle(() => reject(error));
    }
  });
}
