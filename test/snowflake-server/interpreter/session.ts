/** One session: its statements one after another, its transaction, and what it has in use. */
import { randomUUID } from "node:crypto";
import { type Catalog, hidden, type Privilege } from "./catalog.js";
import type { Connection, Duck } from "./duck.js";
import { cancelled } from "./errors.js";
import type { Known } from "./known.js";
import type { Locks } from "./locks.js";
import { portable } from "./portable.js";
import type { Stages } from "./stages.js";
import type { Readings } from "./statements/reading.js";
import { keyOf, type Scope, spoken, type Target } from "./target.js";
import type { Request } from "./types.js";
import { createWorkspace, type Workspace } from "./workspace.js";

/** What all sessions share. */
export interface Server {
  readonly duck: Duck;
  readonly catalog: Catalog;
  readonly known: Known;
  readonly readings: Readings;
  readonly locks: Locks;
  readonly stages: Stages;
  /** Open ones, by id. */
  readonly transactions: Map<string, Transaction>;
  /** Seconds that a statement waits for a lock unless its session says otherwise. */
  readonly lockTimeout: number;
  readonly version: string;
}

export interface Transaction {
  readonly id: string;
  readonly name: string;
  readonly startedOn: Date;
  readonly session: Session;
  /** What runs in it is stopped when somebody aborts it. */
  readonly stopped: AbortController;
}

export interface Session extends Scope {
  readonly id: string;
  readonly user: string;
  readonly server: Server;
  readonly connection: Connection;
  readonly workspace: Workspace;
  role: string;
  warehouse: string;
  database: string;
  schema: string;
  lockTimeout: number;
  /** As `alter session` set them; another object each time. */
  parameters: Readonly<Record<string, unknown>>;
  transaction: Transaction | undefined;
  /** Runs work when all that was asked of this session before has ended. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
}

/** What a statement runs with. */
export interface Context {
  readonly session: Session;
  readonly server: Server;
  readonly request: Request;
  /** The statement's own cancel, or the end of its transaction by somebody else. */
  readonly signal: AbortSignal;
}

let sessions = 0;

export async function openSession(
  server: Server,
  {
    id,
    user,
    role,
    warehouse,
    database,
    schema,
  }: Record<"id" | "user" | "role" | "warehouse" | "database" | "schema", string>,
): Promise<Session> {
  sessions += 1;
  if (database !== "") await server.duck.attach(database);
  const connection = await server.duck.connect();
  let line: Promise<unknown> = Promise.resolve();
  return {
    id,
    user,
    server,
    connection,
    workspace: createWorkspace(sessions, connection, server.catalog),
    role,
    warehouse,
    database: database.toUpperCase(),
    schema: (schema || "PUBLIC").toUpperCase(),
    lockTimeout: server.lockTimeout,
    parameters: {},
    transaction: undefined,
    inTurn(work) {
      const turn = line.then(work);
      line = turn.catch(() => undefined);
      return turn;
    },
  };
}

/** Ids rise, and are the milliseconds at which they began, as Snowflake's are. */
let lastTransaction = 0;

export function begin(session: Session, name: string): void {
  if (session.transaction !== undefined) return;
  lastTransaction = Math.max(lastTransaction + 1, Date.now());
  const transaction: Transaction = {
    id: String(lastTransaction),
    name: name || randomUUID(),
    startedOn: new Date(),
    session,
    stopped: new AbortController(),
  };
  session.transaction = transaction;
  session.server.transactions.set(transaction.id, transaction);
}

async function end(session: Session, how: "commit" | "rollback"): Promise<void> {
  const { transaction, server, workspace } = session;
  if (transaction === undefined) return;
  try {
    await workspace[how]();
  } catch (error) {
    await workspace.rollback();
    throw error;
  } finally {
    session.transaction = undefined;
    server.transactions.delete(transaction.id);
    server.locks.release(transaction);
  }
}

export const commit = (session: Session) => end(session, "commit");
export const rollback = (session: Session) => end(session, "rollback");

/** By another session; false where no such transaction is open. */
export async function abort(server: Server, id: string): Promise<boolean> {
  const transaction = server.transactions.get(id);
  if (transaction === undefined) return false;
  transaction.stopped.abort();
  const { session } = transaction;
  await session.inTurn(async () => {
    if (session.transaction === transaction) await rollback(session);
  });
  return true;
}

/** Takes the lock of a table for the transaction, or for a statement that is one by itself. */
export async function lock(
  { session, signal }: Context,
  target: Target,
  mode: "insert" | "alone",
  statement: object,
): Promise<void> {
  // Nobody else can reach a temporary table.
  if (session.workspace.temporary.has(keyOf(target))) return;
  await session.server.locks.take(keyOf(target), mode, session.transaction ?? statement, {
    name: spoken(target),
    timeout: session.lockTimeout * 1000,
    signal,
  });
}

export function allow({ session, server }: Context, target: Target, privilege: Privilege): void {
  server.catalog.allow(target, session.role, privilege);
}

/** What functions without arguments say of a session. */
export function constantsOf(session: Session): Readonly<Record<string, string>> {
  return {
    current_database: session.database,
    current_role: session.role,
    current_session: session.id,
    current_user: session.user,
    current_version: session.server.version,
    current_warehouse: session.warehouse,
  };
}

/** The DuckDB rendering of a text of the project, or of a statement that reads alike in both. @throws SnowflakeError 001003 */
export function rendered({ session, server }: Context, sql: string): string {
  return server.known.find(sql) ?? portable(sql, { known: server.known, constants: constantsOf(session) });
}

/** A name of the information schema in a text leads to a view of it that is up to date. */
export const informationName =
  /((?:"(?:[^"]|"")+"|[A-Za-z_]\w*)\s*\.\s*)?\binformation_schema\s*\.\s*"?([A-Za-z_]+)"?/gi;

export async function withInformation({ session, server }: Context, sql: string): Promise<string> {
  if (!/information_schema/i.test(sql)) return sql;
  let out = "";
  let from = 0;
  for (const match of sql.matchAll(informationName)) {
    const database = match[1]?.replace(/\s*\.\s*$/, "") ?? session.database;
    const name = database.startsWith('"') ? database.slice(1, -1).replaceAll('""', '"') : database.toUpperCase();
    const sized = /^tables$/i.test(match[2] ?? "") && /\b(?:row_count|bytes)\b/i.test(sql);
    const view = `${match[2] ?? ""}${sized ? `${hidden}SIZED` : ""}`;
    const place = await server.catalog.information(session.connection, name, view);
    out += sql.slice(from, match.index) + place;
    from = match.index + match[0].length;
  }
  return out + sql.slice(from);
}

/** Waits that end with a cancel. */
export async function asleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) throw cancelled();
  await new Promise<void>((done, fail) => {
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      fail(cancelled());
    });
  });
}
