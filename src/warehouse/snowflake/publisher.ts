/**
 * Publishing on Snowflake: one session, one transaction of DML. What cannot be done by DML is made ready before it, beside the
 * relation, and takes its place after the commit; with the commit that is decided. The last statement before it is the fence.
 */
import { randomUUID } from "node:crypto";
import { type Problem, type Relation, type Target, targetKey } from "../../graph/index.js";
import type {
  BuildMode,
  Built,
  Condition,
  Marker,
  Publisher,
  PublishScope,
  RuleCount,
  ScopePlan,
  Session,
  Value,
} from "../contract.js";
import { redirect, refuseViews } from "../redirect.js";
import { aborted, fenced, ended as isEnded, refuse, relationChanged } from "../refuse.js";
import { underOwnNames } from "./besideErrors.js";
import { carryOut, type Prepared, prepare, prepareOne } from "./build.js";
import { describing } from "./candidate.js";
import { existing, isTable } from "./existing.js";
import { newRows } from "./increment.js";
import type { Looked } from "./looked.js";
import { keptOf, qualified } from "./names.js";
import { afterPublish } from "./pendingErrors.js";
import { finishThese, recover, targetOf } from "./recover.js";
import * as sql from "./statements.js";
import { transactionPrefix } from "./statements-lease.js";
import { finish, pendingBinds, type Step } from "./steps.js";
import { type PublishSession, readingOf, type Work } from "./work.js";

/** What publishing asks of the lease. */
export interface PublishLease {
  readonly token: number;
  readonly held: Condition;
  /** @throws ProblemError where it was lost. */
  ensure(): void;
  /** @throws ProblemError where it was lost, also where nobody has told us yet. */
  confirm(): Promise<void>;
}

export interface PublisherOptions {
  readonly database: string;
  /** Undefined for who only reads. */
  readonly lease: PublishLease | undefined;
  readonly looked: Looked;
  /** A session of its own for a scope, or for a question. */
  connect(plan?: ScopePlan, variables?: Readonly<Record<string, Value>>): Promise<PublishSession>;
  /** Where candidates may stand. */
  databases(): Promise<readonly string[]>;
}

export interface SnowflakePublisher extends Publisher {
  /** Finishes and drops what who had the lease before has left; what is to be told of that. For who has just taken it. */
  recover(): Promise<readonly Problem[]>;
}

export function snowflakePublisher(options: PublisherOptions): SnowflakePublisher {
  const { database, lease, looked, connect } = options;
  /** Batches of this process that were or may have been committed, were not finished, and are in nobody's hands now. */
  const unfinished = new Set<string>();
  return {
    async open(variables, plan) {
      if (lease === undefined) throw readOnly();
      lease.ensure();
      const session = await connect(plan, variables);
      try {
        await session.setVariables(variables);
        session.statementIds();
      } catch (error) {
        await session[Symbol.asyncDispose]();
        throw error;
      }
      return scope(session, { database, lease, plan, unfinished, looked });
    },
    async markers() {
      await using session = await connect();
      if (unfinished.size > 0) {
        const these = new Set(unfinished);
        await finishThese({ session, database }, these);
        for (const batch of these) unfinished.delete(batch);
      }
      const rows = await session.rows(sql.readPublication(database));
      return rows.map(
        (row): Marker => ({
          target: targetOf(row),
          token: Number(row.TOKEN),
          runId: String(row.RUN_ID),
          fingerprint: String(row.FINGERPRINT),
        }),
      );
    },
    async withdraw(target, kind) {
      if (lease === undefined) throw readOnly();
      lease.ensure();
      await using session = await connect();
      const there = kind === null ? undefined : (await existing(session, [target], database)).get(targetKey(target));
      const is = there === undefined || isTable(there) ? "table" : "view";
      if (there !== undefined && kind !== null && is !== kind) throw relationChanged(target, kind, is);
      // Nothing that follows is one transaction: DDL commits, and can ask nobody whether the lease is held.
      await lease.confirm();
      const { database: owner = "", schema, name } = target;
      await session.run(sql.giveUpPending(database), [owner, schema, name]);
      if (there !== undefined) await session.run(sql.drop(there.kind, qualified(target, database)));
      looked.doubt();
      await session.run(sql.withdrawPublication(database), [owner, schema, name]);
      return there !== undefined;
    },
    async recover() {
      if (lease === undefined) return [];
      await using session = await connect();
      const told = await recover({ session, database }, lease.token, await options.databases());
      // Who may not, leaves it to who may: what was replaced is only in the way.
      await session.run(sql.deleteReplacedPublications(database)).catch(() => undefined);
      return told;
    },
  };
}

interface ScopeOptions {
  readonly database: string;
  readonly lease: PublishLease;
  readonly plan: ScopePlan | undefined;
  readonly unfinished: Set<string>;
  readonly looked: Looked;
}

function scope(session: PublishSession, { database, lease, plan, unfinished, looked }: ScopeOptions): PublishScope {
  const { token } = lease;
  const work: Work = {
    session,
    database,
    token,
    looked,
    batch: `${token}-${randomUUID()}`,
    places: [],
    steps: [],
    beside: [],
  };
  const prepared = new Map<string, Prepared>();
  const filledNewRows = new Map<string, string>();
  let planned = plan !== undefined && plan.builds.length > 0;
  let begun = false;
  let ended = false;
  let failed = false;
  /** COMMIT was sent: from here on nobody but the warehouse knows how it ends. */
  let committing = false;

  function alive(): void {
    if (ended) throw isEnded();
    if (failed) throw aborted();
  }

  /** What failed is half built, whatever the engine has undone of it. */
  async function guarded<T>(doing: () => Promise<T>): Promise<T> {
    alive();
    try {
      return await doing();
    } catch (error) {
      failed = true;
      throw underOwnNames(error);
    }
  }

  /** What an operation says is the project's own, and may change whatever it likes. */
  async function beginOwn(): Promise<void> {
    looked.doubt();
    await begin();
  }

  async function begin(): Promise<void> {
    if (begun) return;
    begun = true;
    const run = (plan?.runId ?? "").toUpperCase().replace(/[^A-Z0-9]/g, "_");
    await session.run(sql.begin(`${transactionPrefix(database, token)}${run}`));
  }

  async function ready(): Promise<void> {
    if (!planned || plan === undefined) return;
    planned = false;
    await prepare(work, plan, prepared);
  }

  async function build(relation: Relation, mode: BuildMode): Promise<Built> {
    const key = targetKey(relation.target);
    await ready();
    let found = prepared.get(key);
    if (found === undefined || found.mode !== mode) {
      if (begun) throw unplanned(relation.target);
      found = await prepareOne(work, relation, mode, []);
      prepared.set(key, found);
    }
    if (found.error !== undefined) throw found.error;
    await begin();
    return carryOut(work, found);
  }

  /** The query as it reads what stands beside, and of what was incremented the rows that came in. */
  async function narrowed(query: string, targets: readonly Target[]): Promise<string> {
    const fresh = targets.flatMap((target) => {
      const found = prepared.get(targetKey(target));
      return found?.ready?.kind === "increment" ? [{ target, found, ready: found.ready }] : [];
    });
    const places = [];
    if (fresh.length > 0) {
      const views = [...(plan?.between ?? []), ...[...prepared.values()].map(({ relation }) => relation)];
      refuseViews(
        query,
        views.filter(({ kind }) => kind === "view").map((view) => ({ target: view.target, text: view.query })),
        fresh.map(({ target }) => target),
        readingOf(work),
      );
      for (const { target, found, ready } of fresh) {
        const key = targetKey(target);
        const place = filledNewRows.get(key) ?? (await newRows(work, ready, found.hooks));
        filledNewRows.set(key, place);
        places.push({ target, place, name: "" });
      }
    }
    return redirect(query, [...places, ...work.places], readingOf(work));
  }

  async function end(): Promise<void> {
    ended = true;
    await session[Symbol.asyncDispose]();
  }

  /** What is left standing beside is of no use; where it cannot be dropped now, the next opening does it. */
  async function tidy(published: boolean): Promise<void> {
    for (const { kind, name, taken } of work.beside) {
      if (published && taken) continue;
      await session.run(sql.drop(kind, name)).catch(() => undefined);
    }
  }

  async function discard(): Promise<void> {
    if (ended) return;
    ended = true;
    // The engine may have rolled back by itself.
    if (begun) await session.run(sql.rollback).catch(() => undefined);
    await tidy(false);
    await session[Symbol.asyncDispose]();
  }

  /** What it made beside stays, for it may be published; else the next opening drops it. */
  async function abandon(): Promise<void> {
    unfinished.add(work.batch);
    await session.run(sql.rollback).catch(() => undefined);
    await end();
  }

  /** What the commit leaves to be done: hooks come when everything is in its place. */
  const left = (): readonly Step[] => [
    ...work.steps,
    ...[...prepared.values()].flatMap(({ relation: { target }, hooks }) =>
      hooks.after.map((statement): Step => ({ kind: "hook", target, statement })),
    ),
  ];

  async function commit(markers: readonly Marker[]): Promise<void> {
    const { batch } = work;
    if (markers.length === 0 && !begun) return;
    await begin();
    const steps = left();
    if (steps.length > 0) {
      const run = markers[0]?.token ?? plan?.runNumber;
      await session.run(sql.insertPending(steps.length + 1, database), pendingBinds(batch, run, steps));
    }
    if (markers.length > 0) {
      const text = sql.fence(markers.length, database, lease.held.sql);
      const { changed } = await session.run(text, [...sql.fenceBinds(markers, Date.now()), ...lease.held.binds]);
      if (changed !== markers.length) throw fenced(markers);
    }
    committing = true;
    await session.run(sql.commit);
  }

  async function afterwards(): Promise<void> {
    const { batch } = work;
    const steps = left();
    if (steps.length > 0) {
      let hook: unknown;
      try {
        // What follows is DDL, which can ask nobody: who took over has done it, and may have published something newer.
        await lease.confirm();
        await finish({ session, database }, batch, steps, ({ target, statement }) =>
          session.run(statement).then(
            () => undefined,
            (error: unknown) => {
              hook = afterPublish(error, target, statement);
              throw hook;
            },
          ),
        );
      } catch (error) {
        if (error !== hook) unfinished.add(batch);
        else await tidy(true);
        throw error;
      }
    }
    await tidy(true);
  }

  const inside: Session = {
    run: (text, binds) =>
      guarded(async () => {
        await beginOwn();
        return session.run(text, binds);
      }),
    rows: (text, binds) =>
      guarded(async () => {
        await beginOwn();
        return session.rows(text, binds);
      }),
    async *stream(text, binds) {
      await guarded(beginOwn);
      yield* session.stream(text, binds);
    },
    setVariable: (name, value) => session.setVariable(name, value),
    cancel: () => session.cancel(),
    [Symbol.asyncDispose]: () => discard(),
  };

  return {
    session: inside,
    build: (relation, mode) => guarded(() => build(relation, mode)),
    keep: (target) =>
      guarded(async () => {
        await ready();
        const found = prepared.get(targetKey(target))?.ready;
        const built = found?.at ?? qualified(target, database);
        // It goes with the session, and to drop it would end the transaction.
        return { copy: qualified(keptOf(target), database), built, drop: () => Promise.resolve() };
      }),
    describe: (relation) =>
      guarded(async () => {
        const there = (await existing(session, [relation.target], database)).get(targetKey(relation.target));
        if (there !== undefined) work.steps.push(...(await describing(work, relation, there)));
      }),
    evaluate: (query, { byRule, name, newRowsOf = [] }) =>
      guarded(async () => {
        const text = sql.countFailing(await narrowed(query, newRowsOf), byRule);
        const rows = await session.rows(text, [], sql.linesBefore);
        if (!byRule) return [{ rule: name, failing: Number(rows[0]?.FAILING ?? 0) }];
        return rows.map((row): RuleCount => ({ rule: String(row.RULE), failing: Number(row.FAILING) }));
      }),
    statementIds: () => session.statementIds(),
    publishIds() {
      const before = (begun ? 0 : 1) + (left().length > 0 ? 1 : 0);
      return session.nextRequestIds(before + 2).slice(before);
    },
    async publish(markers) {
      alive();
      try {
        await commit(markers);
      } catch (error) {
        await (committing ? abandon() : discard());
        throw error;
      }
      try {
        await afterwards();
      } finally {
        await end();
      }
    },
    discard,
    [Symbol.asyncDispose]: discard,
  };
}

const readOnly = () => refuse("read-only", "the warehouse was opened for reading only");

const unplanned = (target: Target) =>
  refuse(
    "unplanned-build",
    `${targetKey(target)} cannot be built within a transaction that has begun: it was not said before that it would be`,
  );
