/**
 * The connection behind a session, and what the session holds. A statement is sent under its request id until it is answered;
 * a session that the service has forgotten is begun anew with its variables, but never within a transaction: that is lost, and
 * nothing more is sent until it was rolled back.
 */
import { randomUUID } from "node:crypto";
import { ProblemError } from "../../graph/index.js";
import type { Row, Value } from "../contract.js";
import type { Connection, RowStatement } from "./driver.js";
import { rewriteError } from "./errors.js";
import { type Limits, logOut, pauses } from "./login.js";
import { requestIdOf } from "./requestId.js";
import { type Asked, playRound, type Running, stopRunning } from "./round.js";
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
import { bindsFor } from "./values.js";
import { type Watched, watch } from "./wire.js";

export interface LinkOptions {
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
}

/** A connection whose session holds nothing but variables. */
export interface Kept {
  readonly connection: Connection;
  /** How the service calls the session. */
  readonly id: string | undefined;
  readonly warehouse: string | undefined;
  /** Session variables that it holds: whoever has it next unsets what is not his. */
  readonly variables: ReadonlyMap<string, string | null>;
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

export interface Sending {
  readonly binds?: readonly Value[];
  readonly describeOnly?: boolean;
  /** A statement of this session about itself, which needs no noting. */
  readonly own?: boolean;
}

export class Link {
  /** Query ids of what was sent; of what the service never answered, request ids. */
  readonly queryIds: string[] = [];
  readonly requestIds: string[] = [];
  readonly #options: LinkOptions;
  readonly #state = new SessionState();
  readonly #seed: string;
  #ordinal = 0;
  #connection: Connection | undefined;
  #warehouse: string | undefined;
  /** How the service calls this session, and those lost ones whose transaction may still hold locks. */
  #id: string | undefined;
  readonly #orphans: string[] = [];
  /** What was open when the session was lost is undone, but nobody has said so yet. */
  #lost = false;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#connection = options.kept?.connection;
    this.#id = options.kept?.id;
    this.#warehouse = options.kept?.warehouse;
    for (const [name, value] of options.kept?.variables ?? []) this.#state.variables.set(name, value);
    this.#seed = options.seed ?? randomUUID();
  }

  /** A transaction is open, or was until the session was lost. */
  get inTransaction(): boolean {
    return this.#state.transaction || this.#lost;
  }

  nextRequestIds(count: number): readonly string[] {
    return Array.from({ length: count }, (_, index) => requestIdOf(this.#seed, this.#ordinal + 1 + index));
  }

  /** The connection, begun anew where there is none, with what the session held as far as that can be given back. */
  async connected(running: Running): Promise<Connection> {
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

  /** Sends a statement until it is answered, under one request id. */
  async send(sql: string, running: Running, sending: Sending): Promise<RowStatement> {
    if (this.#lost) throw connectionLost();
    const requestId = requestIdOf(this.#seed, ++this.#ordinal);
    const binds = bindsFor(sending.binds ?? []);
    const asked = { sql, requestId, binds, describeOnly: sending.describeOnly, tag: this.#options.tag };
    this.requestIds.push(requestId);
    if (sending.own !== true) this.#state.note(sql);
    using watched = watch(requestId);
    for (let attempt = 1; ; attempt += 1) {
      const connection = await this.connected(running);
      try {
        const statement = await this.#play(connection, asked, running, watched);
        this.queryIds.push(statement.getQueryId() ?? requestId);
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

  /** Sets variables that are not so yet, also in the session that may take this one's place. */
  async setVariables(variables: ReadonlyMap<string, string | null>, running: Running): Promise<void> {
    const known = this.#state.variables;
    const fresh = [...variables].filter(([name, value]) => !known.has(name) || known.get(name) !== value);
    if (fresh.length === 0) return;
    const sql = texts.setVariables(fresh.map(([name]) => name));
    await this.send(sql, running, { binds: fresh.map(([, value]) => value), own: true });
    for (const [name, value] of fresh) known.set(name, value);
  }

  /** Unsets what whoever had the session before has set, all but these. */
  async forgetVariables(wanted: ReadonlySet<string>, running: Running): Promise<void> {
    const left = [...this.#state.variables.keys()].filter((name) => !wanted.has(name));
    if (left.length === 0) return;
    await this.send(texts.unsetVariables(left), running, { own: true });
    for (const name of left) this.#state.variables.delete(name);
  }

  read(statement: RowStatement, sql: string, running: Running): AsyncGenerator<readonly Row[]> {
    return readRows(statement, {
      sql,
      patience: this.#options.limits.patience,
      stopped: () => running.stop,
      signal: running.abort.signal,
    });
  }

  /** What nobody can commit any more is undone, but its locks may be held until it is ended. */
  async rollback(sql: string, running: Running): Promise<void> {
    if (!this.#lost && this.#connection !== undefined) {
      try {
        await this.send(sql, running, {});
      } catch (error) {
        if (this.#connection !== undefined) throw error;
      }
    }
    this.#lost = false;
    const enough = setTimeout(() => running.abort.abort(connectionLost()), this.#options.limits.cancel);
    await this.#endOrphans(running).catch(() => undefined);
    clearTimeout(enough);
  }

  /** Undoes what the session holds, and lets go of the connection; undefined where it cannot be given on. */
  async empty(running: Running): Promise<Kept | undefined> {
    const { temporaries } = this.#state;
    if (this.inTransaction || this.#orphans.length > 0) await this.rollback("rollback", running);
    const connection = this.#connection;
    if (this.#state.tainted || connection?.isUp() !== true) return undefined;
    const drops = [...temporaries].map(([name, kind]) => texts.dropTemporary(kind, name));
    for (const sql of drops) await this.send(sql, running, { own: true });
    if (this.#connection !== connection) return undefined;
    this.#connection = undefined;
    return { connection, id: this.#id, warehouse: this.#warehouse, variables: new Map(this.#state.variables) };
  }

  /** Logs out where that was not done. */
  async close(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection !== undefined) await logOut(connection);
  }

  /** Ends the transactions of sessions that were lost: the service would keep them, and their locks, for hours. */
  async #endOrphans(running: Running): Promise<void> {
    if (this.#orphans.length === 0) return;
    const connection = await this.connected(running);
    const open = await this.#quietly(connection, showTransactions, running);
    for (const { id, session } of open) {
      if (!this.#orphans.includes(String(session))) continue;
      await this.#quietly(connection, abortTransaction(String(id)), running);
    }
    this.#orphans.length = 0;
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
      for await (const chunk of this.read(statement, sql, running)) rows.push(...chunk);
      return rows;
    } catch (error) {
      this.#drop();
      throw running.stop ?? (troubleOf(error) === undefined ? rewriteError(error, sql) : unreachable());
    }
  }

  #play(connection: Connection, asked: Asked, running: Running, watched: Watched): Promise<RowStatement> {
    const { limits } = this.#options;
    const onDeadline = () => stopRunning(running, tooLong(limits.statement), limits.cancel);
    return playRound(connection, asked, { running, watched, limits, onDeadline });
  }

  /** What a failed attempt means: undefined to send again, else the error that the statement ends with. */
  #judge(error: unknown, { asked: { sql, requestId }, running, watched, attempt }: Failed): unknown {
    const trouble = troubleOf(error);
    if (trouble === undefined && !(error instanceof ProblemError)) {
      this.queryIds.push(queryIdOf(error) ?? requestId);
      return running.stop ?? error;
    }
    if (trouble === "refused") return refusedBy(error);
    const since = watched.failingSince ?? performance.now();
    const patient = performance.now() - since < this.#options.limits.patience;
    if (trouble === "network" && running.stop === undefined && patient) return undefined;
    // What is not answered any more, or was given up, is not waited for: its session ends, and with it what is open in it.
    this.#drop();
    this.queryIds.push(requestId);
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
}

function queryIdOf(error: unknown): string | undefined {
  const { data } = (typeof error === "object" && error !== null ? error : {}) as { data?: { queryId?: unknown } };
  return typeof data?.queryId === "string" ? data.queryId : undefined;
}
