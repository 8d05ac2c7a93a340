/**
 * One session at Snowflake. Statements wait in line; each has a request id of its own, under which it is sent again when a
 * connection drops or the service is busy, so that it is carried out once. A session that the service has forgotten is begun
 * anew, but never within a transaction: that is lost, and nothing more is sent until it was rolled back.
 */
import { randomUUID } from "node:crypto";
import { ProblemError } from "../../graph/index.js";
import type { Row, Session, Value } from "../contract.js";
import type { Connection, RowStatement } from "./driver.js";
import { rewriteError } from "./errors.js";
import { type Limits, logOut, pauses } from "./login.js";
import { requestIdOf } from "./requestId.js";
import { type Asked, playRound, type Running } from "./round.js";
import { readRows } from "./rows.js";
import { onlyReads, SessionState, transactionWord } from "./state.js";
import { abortTransaction, showTransactions } from "./statements-lease.js";
import * as texts from "./statements-session.js";
import {
  commitUnknown,
  connectionLost,
  noWarehouse,
  outcomeUnknown,
  refusedBy,
  tooLong,
  troubleOf,
  unreachable,
} from "./trouble.js";
import { bindsFor, typeOf } from "./values.js";
import { type Watched, watch } from "./wire.js";

export interface SnowflakeSessionOptions {
  /** Logs in. */
  readonly connect: (signal: AbortSignal) => Promise<Connection>;
  /** One that is logged in, made ready and empty, and the warehouse that it runs on. */
  readonly kept?: Kept;
  /** What statements run on; undefined: the login's default. */
  readonly warehouse?: string;
  /** What a new login runs on. */
  readonly home?: string;
  readonly limits: Limits;
  /** What the engine's records show beside each statement; 2,000 characters at most. */
  readonly tag?: string;
  /** From which request ids are made; at random where nobody has to know them beforehand. */
  readonly seed?: string;
  readonly beforeStatement?: (sql: string) => void | Promise<void>;
  /** Called once at the end, with the connection where it can be given on. */
  readonly onClose?: (kept: Kept | undefined) => void;
}

/** A connection whose session holds nothing. */
export interface Kept {
  readonly connection: Connection;
  /** How the service calls the session. */
  readonly id: string | undefined;
  readonly warehouse: string | undefined;
}

export interface Described {
  readonly name: string;
  /** As SQL writes it. */
  readonly type: string;
}

/** A service that forgets every new session at once is not asked for ever. */
const loginsPerStatement = 4;

interface Failed {
  readonly asked: Asked;
  readonly running: Running;
  readonly watched: Watched;
  /** From 1. */
  readonly attempt: number;
}

interface Sending {
  readonly binds?: readonly Value[];
  readonly describeOnly?: boolean;
  /** A statement of this session about itself, which needs no noting. */
  readonly own?: boolean;
}

const cancelEvery = 500;
export class SnowflakeSession implements Session {
  /** A statement failed; a transaction around it can only be discarded. */
  failed = false;
  readonly #options: SnowflakeSessionOptions;
  readonly #state = new SessionState();
  #connection: Connection | undefined;
  #warehouse: string | undefined;
  readonly #seed: string;
  #ordinal = 0;
  #ids: string[] = [];
  #requests: string[] = [];
  #line: Promise<unknown> = Promise.resolve();
  #running: Running | undefined;
  /** What was open when the session was lost is undone, but nobody has said so yet. */
  #lost = false;
  /** How the service calls this session, and those lost ones whose transaction may still hold locks. */
  #id: string | undefined;
  readonly #orphans: string[] = [];
  #closed = false;
  /** Lets go of the line that an open stream holds. */
  #release: () => void = () => undefined;

  constructor(options: SnowflakeSessionOptions) {
    this.#options = options;
    this.#connection = options.kept?.connection;
    this.#id = options.kept?.id;
    this.#warehouse = options.kept?.warehouse;
    this.#seed = options.seed ?? randomUUID();
  }

  /** A transaction is open, or was until the connection was lost. */
  get inTransaction(): boolean {
    return this.#state.transaction || this.#lost;
  }

  /** Query ids of the statements since this was last asked; of one that the service never answered, its request id. */
  statementIds(): readonly string[] {
    const ids = this.#ids;
    this.#ids = [];
    return ids;
  }

  /** Request ids of the statements since this was last asked. */
  requestIds(): readonly string[] {
    const ids = this.#requests;
    this.#requests = [];
    return ids;
  }

  /** Request ids under which the next statements will be sent. */
  nextRequestIds(count: number): readonly string[] {
    return Array.from({ length: count }, (_, index) => requestIdOf(this.#seed, this.#ordinal + 1 + index));
  }

  /** Logs in where that was not done yet. */
  ready(): Promise<void> {
    return this.#next("", 0, async (running) => void (await this.#connected(running)));
  }

  run(sql: string, binds?: readonly Value[]): Promise<{ readonly changed: number }> {
    return this.execute(sql, { binds });
  }

  /** As `run`; `linesBefore` are lines of `sql` above the text that the place of an error is counted in. */
  execute(
    sql: string,
    options: { readonly binds?: readonly Value[]; readonly linesBefore?: number } = {},
  ): Promise<{ readonly changed: number }> {
    return this.#next(sql, options.linesBefore ?? 0, async (running) => {
      if (transactionWord(sql) === "rollback") return this.#rollback(sql, running);
      const statement = await this.#send(sql, running, options);
      return { changed: await this.#changed(statement, sql, running) };
    });
  }

  /** What nobody can commit any more is undone, but its locks may be held until it is ended. */
  async #rollback(sql: string, running: Running): Promise<{ readonly changed: number }> {
    if (!this.#lost && this.#connection !== undefined) {
      try {
        await this.#send(sql, running, {});
      } catch (error) {
        if (this.#connection !== undefined) throw error;
      }
    }
    this.#lost = false;
    const enough = setTimeout(() => running.abort.abort(connectionLost()), this.#options.limits.cancel);
    await this.#endOrphans(running).catch(() => undefined);
    clearTimeout(enough);
    return { changed: 0 };
  }

  /** Ends the transactions of sessions that were lost: the service would keep them, and their locks, for hours. */
  async #endOrphans(running: Running): Promise<void> {
    if (this.#orphans.length === 0) return;
    const connection = await this.#connected(running);
    const open = await this.#quietly(connection, showTransactions, running);
    for (const { id, session } of open) {
      if (!this.#orphans.includes(String(session))) continue;
      await this.#quietly(connection, abortTransaction(String(id)), running);
    }
    this.#orphans.length = 0;
  }

  rows(sql: string, binds?: readonly Value[], linesBefore = 0): Promise<readonly Row[]> {
    return this.#next(sql, linesBefore, async (running) => {
      const statement = await this.#send(sql, running, { binds });
      const all: Row[] = [];
      for await (const chunk of this.#read(statement, sql, running)) all.push(...chunk);
      return all;
    });
  }

  async *stream(sql: string, binds?: readonly Value[]): AsyncIterable<readonly Row[]> {
    let release: () => void = () => undefined;
    const free = new Promise<void>((done) => {
      release = done;
    });
    const chunks = await new Promise<AsyncGenerator<readonly Row[]>>((opened, refused) => {
      // The line is held from the first chunk to the last: what is said meanwhile of cancelling is about this.
      void this.#next(sql, 0, async (running) => {
        const statement = await this.#send(sql, running, { binds });
        this.#release = release;
        opened(this.#read(statement, sql, running));
        await free;
      }).catch(refused);
    });
    try {
      yield* chunks;
    } catch (error) {
      this.failed = true;
      throw error;
    } finally {
      release();
    }
  }

  setVariable(name: string, value: Value): Promise<void> {
    return this.setVariables({ [name]: value });
  }

  /** Several in one statement. */
  async setVariables(variables: Readonly<Record<string, Value>>): Promise<void> {
    const entries = Object.entries(variables).map(
      ([name, value]) => [name, value === null ? null : String(value)] as const,
    );
    for (const [name] of entries) {
      if (/^[A-Z][A-Z0-9_]*$/.test(name)) continue;
      throw new ProblemError({ code: "variable-name", message: `session variable ${name} is not upper case` });
    }
    if (entries.length === 0) return;
    const sql = texts.setVariables(entries.map(([name]) => name));
    await this.#next(sql, 0, async (running) => {
      await this.#send(sql, running, { binds: entries.map(([, value]) => value), own: true });
      for (const [name, value] of entries) this.#state.variables.set(name, value);
    });
  }

  /** Names and types of what a query returns, without running it. */
  describe(sql: string): Promise<readonly Described[]> {
    return this.#next(sql, 0, async (running) => {
      const statement = await this.#send(sql, running, { describeOnly: true });
      return (statement.getColumns() ?? []).map((column) => ({ name: column.getName(), type: typeOf(column) }));
    });
  }

  cancel(): void {
    const running = this.#running;
    if (running === undefined || running.stop !== undefined) return;
    this.#stop(running, new ProblemError({ code: "cancelled", message: "the statement was cancelled" }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.cancel();
    this.#release();
    await this.#line.catch(() => undefined);
    const kept = await this.#emptied();
    this.#closed = true;
    const connection = this.#connection;
    this.#connection = undefined;
    if (kept === undefined && connection !== undefined) await logOut(connection);
    this.#options.onClose?.(kept);
  }

  /** Asks the service again and again to stop it, and gives the session up where that does not help. */
  #stop(running: Running, reason: ProblemError): void {
    running.stop = reason;
    const until = performance.now() + this.#options.limits.cancel;
    const ask = () => {
      if (this.#running !== running) return;
      if (running.statement === undefined || performance.now() >= until) {
        running.abort.abort(reason);
        return;
      }
      try {
        running.statement.cancel(() => undefined);
      } catch {
        // A connection that is gone has nothing to cancel.
      }
      setTimeout(ask, Math.min(cancelEvery, this.#options.limits.cancel));
    };
    ask();
  }

  /** Undoes what this session holds; undefined where it cannot be given on. */
  async #emptied(): Promise<Kept | undefined> {
    const { variables, temporaries } = this.#state;
    if (this.#options.onClose === undefined && this.#orphans.length === 0) return undefined;
    try {
      if (this.inTransaction || this.#orphans.length > 0) await this.run("rollback");
      if (this.#state.tainted || this.#connection?.isUp() !== true) return undefined;
      const drops = [...temporaries].map(([name, kind]) => texts.dropTemporary(kind, name));
      const unset = variables.size === 0 ? [] : [texts.unsetVariables([...variables.keys()])];
      for (const sql of [...drops, ...unset])
        await this.#next(sql, 0, (running) => this.#send(sql, running, { own: true }));
    } catch {
      return undefined;
    }
    const connection = this.#connection;
    return connection === undefined || this.#options.onClose === undefined
      ? undefined
      : { connection, id: this.#id, warehouse: this.#warehouse };
  }

  async #changed(statement: RowStatement, sql: string, running: Running): Promise<number> {
    const counts = (statement.getColumns() ?? []).map((column) => column.getName());
    const counted = counts.filter((name) => /^number of rows (?:inserted|updated|deleted)$/i.test(name));
    let changed = 0;
    if (counted.length === 0) return changed;
    for await (const chunk of this.#read(statement, sql, running)) {
      for (const row of chunk) for (const name of counted) changed += Number(row[name] ?? 0);
    }
    return changed;
  }

  #read(statement: RowStatement, sql: string, running: Running): AsyncGenerator<readonly Row[]> {
    return readRows(statement, {
      sql,
      patience: this.#options.limits.patience,
      stopped: () => running.stop,
      signal: running.abort.signal,
    });
  }

  /** The connection, begun anew where there is none, with what the session held as far as that can be given back. */
  async #connected(running: Running): Promise<Connection> {
    const { connect, warehouse, home } = this.#options;
    if (this.#connection !== undefined && !this.#connection.isUp()) this.#drop();
    if (this.#connection === undefined) {
      // Reading rows can find out too that the session is gone; what follows must not run outside of the transaction.
      if (this.#state.transaction) {
        this.#lose();
        throw connectionLost();
      }
      if (this.#state.temporaries.size > 0) throw connectionLost();
      const connection = await connect(running.abort.signal).catch((error: unknown) => {
        throw running.stop ?? error;
      });
      this.#connection = connection;
      this.#warehouse = home;
      await this.#quietly(connection, texts.settleSession, running);
      const [row] = await this.#quietly(connection, texts.readSession, running);
      this.#id = row === undefined ? undefined : String(row.SESSION);
      if (home !== undefined && !row?.WAREHOUSE) throw noWarehouse(home);
      const names = [...this.#state.variables.keys()];
      if (names.length > 0) {
        await this.#quietly(connection, texts.setVariables(names), running, [...this.#state.variables.values()]);
      }
    }
    if (warehouse !== undefined && warehouse !== this.#warehouse) {
      await this.#quietly(this.#connection, texts.useWarehouse(warehouse), running).catch((error: unknown) => {
        const refused = error instanceof ProblemError && error.problems.some(({ code }) => code === "engine-catalog");
        throw refused ? noWarehouse(warehouse) : error;
      });
      this.#warehouse = warehouse;
    }
    return this.#connection;
  }

  /** A statement of our own before the one that is wanted; it may be repeated without harm, and so fails at once. */
  async #quietly(
    connection: Connection,
    sql: string,
    running: Running,
    binds?: readonly Value[],
  ): Promise<readonly Row[]> {
    const requestId = randomUUID();
    using watched = watch(requestId);
    try {
      const asked = { sql, requestId, binds: bindsFor(binds ?? []), tag: this.#options.tag };
      const statement = await this.#play(connection, asked, running, watched);
      const rows: Row[] = [];
      for await (const chunk of this.#read(statement, sql, running)) rows.push(...chunk);
      return rows;
    } catch (error) {
      this.#drop();
      throw running.stop ?? (troubleOf(error) === undefined ? rewriteError(error, sql) : unreachable());
    }
  }

  /** Sends a statement until it is answered, under one request id. */
  async #send(sql: string, running: Running, sending: Sending): Promise<RowStatement> {
    if (this.#lost) throw connectionLost();
    const requestId = requestIdOf(this.#seed, ++this.#ordinal);
    const binds = bindsFor(sending.binds ?? []);
    const asked = { sql, requestId, binds, describeOnly: sending.describeOnly, tag: this.#options.tag };
    this.#requests.push(requestId);
    if (sending.own !== true) this.#state.note(sql);
    using watched = watch(requestId);
    for (let attempt = 1; ; attempt += 1) {
      const connection = await this.#connected(running);
      try {
        const statement = await this.#play(connection, asked, running, watched);
        this.#ids.push(statement.getQueryId() ?? requestId);
        const word = transactionWord(sql);
        if (word !== undefined) this.#state.transaction = word === "begin";
        return statement;
      } catch (error) {
        const end = this.#judge(error, { asked, running, watched, attempt });
        if (end !== undefined) throw end;
        await pauses(attempt, running.abort.signal).catch(() => undefined);
        if (running.stop !== undefined) throw running.stop;
      }
    }
  }

  #play(connection: Connection, asked: Asked, running: Running, watched: Watched): Promise<RowStatement> {
    const { limits } = this.#options;
    const onDeadline = () => this.#stop(running, tooLong(limits.statement));
    return playRound(connection, asked, { running, watched, limits, onDeadline });
  }

  /** What a failed attempt means: undefined to send again, else the error that the statement ends with. */
  #judge(error: unknown, { asked: { sql, requestId }, running, watched, attempt }: Failed): unknown {
    const trouble = troubleOf(error);
    if (trouble === undefined && !(error instanceof ProblemError)) {
      this.#ids.push(queryIdOf(error) ?? requestId);
      return running.stop ?? error;
    }
    if (trouble === "refused") return refusedBy(error);
    const since = watched.failingSince ?? performance.now();
    const patient = performance.now() - since < this.#options.limits.patience;
    if (trouble === "network" && running.stop === undefined && patient) return undefined;
    // What is not answered any more, or was given up, is not waited for: its session ends, and with it what is open in it.
    this.#drop();
    this.#ids.push(requestId);
    const unknown = watched.uncertain > 0;
    const word = transactionWord(sql);
    if (this.#state.transaction) {
      this.#lose();
      if (word !== "commit") return running.stop ?? connectionLost();
      this.#lost = false;
      return unknown ? commitUnknown() : connectionLost();
    }
    if (running.stop !== undefined) return running.stop;
    if (unknown && word !== "begin" && !onlyReads(sql)) return outcomeUnknown();
    if (trouble !== "lost" || attempt >= loginsPerStatement) return unreachable();
    return this.#state.temporaries.size > 0 ? connectionLost() : undefined;
  }

  /** The session went, and the transaction that was open in it. */
  #lose(): void {
    this.#state.transaction = false;
    this.#lost = true;
    if (this.#id !== undefined) this.#orphans.push(this.#id);
  }

  /** Lets a connection go that is of no use any more. */
  #drop(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection !== undefined) void logOut(connection);
  }

  /** Runs when everything before it on this session has ended, whether well or not. */
  #next<T>(sql: string, linesBefore: number, work: (running: Running) => Promise<T>): Promise<T> {
    const turn = this.#line.then(async () => {
      if (this.#closed) throw new ProblemError({ code: "session-closed", message: "the session is closed" });
      const running: Running = { abort: new AbortController() };
      this.#running = running;
      try {
        if (sql !== "") await this.#options.beforeStatement?.(sql);
        return await work(running);
      } catch (error) {
        this.failed = true;
        throw rewriteError(error, sql, linesBefore);
      } finally {
        this.#running = undefined;
      }
    });
    this.#line = turn.catch(() => undefined);
    return turn;
  }
}

function queryIdOf(error: unknown): string | undefined {
  const { data } = (typeof error === "object" && error !== null ? error : {}) as { data?: { queryId?: unknown } };
  return typeof data?.queryId === "string" ? data.queryId : undefined;
}
