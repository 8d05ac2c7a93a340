/** A statement's life: executed once for its request id, waited for, cancelled. */
import type { Met } from "../hooks.js";
import { type Answer, type Bind, SnowflakeError } from "../interpreter/index.js";
import type { Session } from "./sessions.js";

export type Outcome =
  | { readonly kind: "answer"; readonly answer: Answer }
  | { readonly kind: "error"; readonly error: SnowflakeError };

export interface Statement {
  readonly requestId: string;
  readonly queryId: string;
  readonly sqlText: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly session: Session;
  /** Tells the engine to stop; nothing once it ended. */
  cancel: () => void;
  /** Never rejects. */
  readonly ended: Promise<Outcome>;
  outcome?: Outcome;
}

export interface Asked {
  readonly requestId: string;
  readonly queryId: string;
  readonly sqlText: string;
  readonly binds: readonly Bind[];
  readonly describeOnly: boolean;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** Seconds after which the service cancels, as `STATEMENT_TIMEOUT_IN_SECONDS` of the statement or its session says. */
class TimeUp extends Error {
  constructor(readonly seconds: number) {
    super();
  }
}

function cancelled(reason: unknown): SnowflakeError {
  if (!(reason instanceof TimeUp)) return new SnowflakeError("000604", "57014", "SQL execution canceled");
  const text = `Statement reached its statement or warehouse timeout of ${reason.seconds} second(s) and was canceled.`;
  return new SnowflakeError("000630", "57014", text);
}

function timeLimit(session: Session, asked: Asked, abort: AbortController): NodeJS.Timeout | undefined {
  const seconds = Number(
    asked.parameters.STATEMENT_TIMEOUT_IN_SECONDS ?? session.parameters.STATEMENT_TIMEOUT_IN_SECONDS ?? 0,
  );
  return seconds > 0 ? setTimeout(() => abort.abort(new TimeUp(seconds)), seconds * 1000) : undefined;
}

/** Begins a statement in `session`; `latency` milliseconds, and what a test makes it wait for, pass before the engine is asked. */
export function begin(session: Session, asked: Asked, latency: number, slow: Met): Statement {
  const abort = new AbortController();
  const execute = async (): Promise<Outcome> => {
    const limit = timeLimit(session, asked, abort);
    try {
      if (latency > 0) await pause(latency, abort.signal);
      await slow.carryOut({ signal: abort.signal });
      abort.signal.throwIfAborted();
      const answer = await session.behind.execute({ ...asked, signal: abort.signal });
      const { role, warehouse, database, schema, parameters: set } = session.behind.inUse();
      Object.assign(session, { role, warehouse, database, schema });
      if (session.set !== set) Object.assign(session, { set, parameters: { ...session.given, ...set } });
      return { kind: "answer", answer };
    } catch (thrown) {
      if (abort.signal.aborted) return { kind: "error", error: cancelled(abort.signal.reason) };
      if (thrown instanceof SnowflakeError) return { kind: "error", error: thrown };
      return { kind: "error", error: new SnowflakeError("000603", "XX000", `the test server failed: ${thrown}`) };
    } finally {
      clearTimeout(limit);
    }
  };
  const { requestId, queryId, sqlText, parameters } = asked;
  const statement: Statement = {
    requestId,
    queryId,
    sqlText,
    parameters,
    session,
    cancel: () => abort.abort(),
    ended: execute(),
  };
  void statement.ended.then((outcome) => {
    statement.outcome = outcome;
    // A session keeps its statements; what only a running one needs is let go.
    statement.cancel = () => undefined;
  });
  return statement;
}

/** Rejects where the statement is cancelled meanwhile. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((done, fail) => {
    const stop = () => {
      clearTimeout(timer);
      fail(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      done();
    }, milliseconds);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}

/** The outcome if there is one within `milliseconds`. */
export async function within(statement: Statement, milliseconds: number): Promise<Outcome | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((done) => {
    timer = setTimeout(() => done(undefined), milliseconds);
  });
  const outcome = await Promise.race([statement.ended, late]);
  clearTimeout(timer);
  return outcome;
}
