/** Sessions for units that run side by side. A login is slow, so connections are used again, each only when it holds nothing. */
import { ProblemError } from "../../graph/index.js";
import type { ScopePlan, Value } from "../contract.js";
import type { SnowflakeAccess } from "./access.js";
import { defaultLimits, type Limits, logIn, logOut } from "./login.js";
import { type Compute, warehouseFor } from "./options.js";
import { type Kept, SnowflakeSession } from "./session.js";

export interface PoolOptions {
  readonly access: SnowflakeAccess;
  /** Sessions that are in use at a time, at most; who asks for one more waits. */
  readonly size: number;
  /** Which warehouse runs what; without, the login's own. */
  readonly compute?: Compute;
  readonly limits?: Partial<Limits>;
  readonly beforeStatement?: (sql: string) => void | Promise<void>;
}

export interface Pool extends AsyncDisposable {
  /**
   * A session that nobody else has, and that holds nothing: no variables, no temporary tables, no open transaction. Disposing
   * it gives it back. Of the `variables` that it will be given it may hold some of who had it before: a run's are the same for
   * all of its scopes, and are then not said again. With a plan its statements carry the plan's tag and request ids, and run on the warehouse of its tags.
   *
   * @throws ProblemError of a login, and `session-closed` where the pool is closed.
   */
  acquire(
    plan?: ScopePlan,
    options?: { readonly signal?: AbortSignal; readonly variables?: Readonly<Record<string, Value>> },
  ): Promise<SnowflakeSession>;
}

/** What the request ids of a scope's statements are made from. */
export const seedOf = (plan: Pick<ScopePlan, "runId" | "actions" | "attempt">): string =>
  `${plan.runId}/${[...plan.actions].sort().join("+")}/${plan.attempt}`;

/** What QUERY_HISTORY shows beside each statement: JSON of at most 2,000 characters. */
export function tagOf(plan: Pick<ScopePlan, "runId" | "project" | "actions">): string {
  const { project, runId } = plan;
  for (let count = plan.actions.length; ; count -= 1) {
    const actions = plan.actions.slice(0, count);
    const more = count < plan.actions.length ? { more: plan.actions.length - count } : {};
    const text = JSON.stringify({ app: "medform", project, run: runId, actions, ...more });
    if (text.length <= 2_000 || count === 0) return text.slice(0, 2_000);
  }
}

export function createPool(options: PoolOptions): Pool {
  const { access, size, compute, beforeStatement } = options;
  const limits: Limits = { ...defaultLimits, ...options.limits };
  const home = compute?.warehouse ?? access.warehouse;
  const idle: Kept[] = [];
  const used = new Set<SnowflakeSession>();
  const waiting: (() => void)[] = [];
  /** How often a seed was used: a request id that comes again is answered from the first one's result. */
  const seeds = new Map<string, number>();
  let taken = 0;
  let closed = false;

  const ensureOpen = () => {
    if (closed)
      throw new ProblemError({ code: "session-closed", message: "the sessions of this warehouse are closed" });
  };

  function seedFor(plan: ScopePlan): string {
    const seed = seedOf(plan);
    const used = seeds.get(seed) ?? 0;
    seeds.set(seed, used + 1);
    return used === 0 ? seed : `${seed}#${used + 1}`;
  }

  function giveBack(): void {
    taken -= 1;
    waiting.shift()?.();
  }

  return {
    async acquire(plan, { signal, variables = {} } = {}) {
      ensureOpen();
      while (taken >= size) {
        await new Promise<void>((done) => waiting.push(done));
        ensureOpen();
      }
      taken += 1;
      const warehouse = (compute === undefined ? undefined : warehouseFor(compute, plan?.tags ?? [])) ?? home;
      // What was switched to another warehouse cannot be switched to a default that nobody named.
      const fits = idle.findIndex((kept) => kept.warehouse === warehouse);
      const any = warehouse === undefined ? -1 : 0;
      const [kept] = fits < 0 && any < 0 ? [] : idle.splice(Math.max(fits, any), 1);
      const session = new SnowflakeSession({
        connect: (abort) =>
          logIn(access, {
            warehouse: home,
            timeout: limits.login,
            patience: limits.patience,
            signal: signal === undefined ? abort : AbortSignal.any([abort, signal]),
          }),
        kept,
        warehouse,
        home,
        limits,
        ...(plan === undefined ? {} : { tag: tagOf(plan), seed: seedFor(plan) }),
        beforeStatement,
        onClose(left) {
          used.delete(session);
          if (left !== undefined && closed) void logOut(left.connection);
          else if (left !== undefined) idle.push(left);
          giveBack();
        },
      });
      used.add(session);
      try {
        await session.ready();
        await session.forgetVariables(Object.keys(variables));
      } catch (error) {
        await session[Symbol.asyncDispose]();
        throw error;
      }
      return session;
    },
    async [Symbol.asyncDispose]() {
      if (closed) return;
      closed = true;
      for (const wake of waiting.splice(0)) wake();
      await Promise.all([...used].map((session) => session[Symbol.asyncDispose]()));
      await Promise.all(idle.splice(0).map(({ connection }) => logOut(connection)));
    },
  };
}
