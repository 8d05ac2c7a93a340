/**
 * The engine in this process: one instance for a warehouse file, shared by everybody who opens it, because the same file
 * opened twice in one process loses committed rows.
 *
 * Statements occupy workers of libuv's pool; with its default of four, reading a file waits for queries. The pool's size is
 * fixed once a module was loaded, so the command sets UV_THREADPOOL_SIZE before that: here it would be too late.
 */
import { existsSync, realpathSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import type { DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { ProblemError, quoteName, quoteText } from "../../graph/index.js";
import type { LeaseHolder } from "../contract.js";
import { type DiskOptions, diskUnder } from "./disk.js";
import { rewriteError } from "./errors.js";
import { prepareFile } from "./file.js";
import { holderOf, lockedBy, lockedError, readHolder, removeHolder, writeHolder } from "./lease.js";
import { createPublication } from "./statements.js";

type Api = typeof import("@duckdb/node-api");

export interface OpenOptions extends DiskOptions {
  /** The warehouse file, made where it is missing; `:memory:` for one that nobody else sees and that is gone at the end. */
  readonly path: string;
  /** The name that compiled SQL knows the warehouse by; without one it is MEDFORM, and targets have no database. */
  readonly database?: string;
  /** Default: as many as the machine runs at once. */
  readonly threads?: number;
  /** As the engine writes sizes (`800MB`). Default: a quarter of the machine's memory; a process takes half as much again. */
  readonly memoryLimit?: string;
  readonly holder: { readonly runId?: string; readonly command: string };
  readonly readOnly?: boolean;
  /** Default: by size. Either way the table holds the same rows afterwards. */
  readonly mergeBy?: "delete" | "rewrite";
  /** Called before each statement of a session; what it throws fails the statement. For who watches, and for tests. */
  readonly beforeStatement?: BeforeStatement;
}

export type BeforeStatement = (sql: string) => void | Promise<void>;

export interface Instance {
  readonly api: Api;
  readonly path: string;
  readonly database: string;
  readonly readOnly: boolean;
  readonly holder: LeaseHolder;
  /** Left by an owner that died while it held the file. */
  readonly previous: LeaseHolder | undefined;
  connect(): Promise<DuckDBConnection>;
  /** Attaches another database, a file beside the warehouse; for good, so that the next to open it finds it. */
  attach(database: string): Promise<void>;
  /** Runs work when all that was asked for before, by anybody in this process, has ended. */
  alone<T>(work: () => Promise<T>): Promise<T>;
  hold(runId: string): Promise<void>;
  release(): Promise<void>;
}

interface Shared {
  readonly database: string;
  readonly readOnly: boolean;
  readonly ready: Promise<Omit<Instance, "release"> & { close(): Promise<void> }>;
  users: number;
}

const shared = new Map<string, Shared>();
/** Files that are being closed: who opens one again waits for that. */
const closing = new Map<string, Promise<void>>();

const memory = ":memory:";

/** A quarter of the machine, as large refreshes take twice the time where they spill; 800 MB on small ones, if they have that. */
function defaultMegabytes(machine: number): number {
  return Math.floor(Math.max(machine * 0.25, Math.min(800, machine * 0.6)));
}

function settings(options: OpenOptions, path: string): Record<string, string> {
  return {
    threads: String(options.threads ?? availableParallelism()),
    memory_limit: options.memoryLimit ?? `${defaultMegabytes(totalmem() / 1024 ** 2)}MiB`,
    temp_directory: path === memory ? "" : join(dirname(path), "tmp"),
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    // Rows keep the order in which they are inserted: this is what makes a table clustered.
    preserve_insertion_order: "true",
  };
}

/** What a session answers with depends on these: the same everywhere, and as Snowflake answers. */
const semantics = [
  "set global TimeZone = 'UTC'",
  "set global default_null_order = 'postgres'",
  "set global ieee_floating_point_ops = false",
];

/** The path as one name for one file, through links, also where the file does not exist yet. */
function canonical(path: string): string {
  if (path === memory) return memory;
  const full = resolve(path);
  if (existsSync(full)) return realpathSync(full);
  const folder = dirname(full);
  return existsSync(folder) ? join(realpathSync(folder), basename(full)) : full;
}

async function attachFile(connection: DuckDBConnection, path: string, database: string, readOnly: boolean) {
  const options = readOnly && path !== memory ? " (read_only)" : "";
  const sql = `attach ${quoteText(path)} as ${quoteName(database)}${options}`;
  try {
    await connection.run(sql);
  } catch (error) {
    const lock = lockedBy(error);
    if (lock !== undefined) throw lockedError(path, await readHolder(path), lock.pid);
    if (error instanceof Error && /not a valid DuckDB database file/.test(error.message)) {
      throw new ProblemError({
        code: "not-a-warehouse",
        message: `${path} exists, but is no DuckDB database`,
        hint: "Name another path for the warehouse.",
      });
    }
    const rewritten = rewriteError(error, sql);
    if (!rewritten.problems.some(({ code }) => code === "warehouse-damaged")) throw rewritten;
    throw new ProblemError({
      code: "warehouse-damaged",
      message: `${path} is damaged: what it holds does not match its checksums`,
      hint: "Restore it from a backup, or name another path, load the files again and run.",
    });
  }
}

async function start(options: OpenOptions, path: string, database: string) {
  const readOnly = options.readOnly === true;
  if (path !== memory) await prepareFile(path, readOnly);
  if (!readOnly) await diskUnder(path, options).ensure(0, "writing to a warehouse");
  const api = await import("@duckdb/node-api");
  let instance: DuckDBInstance;
  try {
    instance = await api.DuckDBInstance.create(memory, settings(options, path));
  } catch (error) {
    throw rewriteError(error, "");
  }
  const own = await instance.connect();
  const attached = new Set<string>([database]);
  const holder = holderOf(options.holder.runId, options.holder.command);
  let previous: LeaseHolder | undefined;
  let line: Promise<unknown> = Promise.resolve();
  const beside = (name: string) => (path === memory ? memory : join(dirname(path), `${name}.duckdb`));
  const known = `${quoteName(database)}.MEDFORM.ATTACHED_DATABASE`;

  const close = async () => {
    for (const name of attached) await own.run(`detach ${quoteName(name)}`).catch(() => undefined);
    own.disconnectSync();
    instance.closeSync();
    if (path !== memory && !readOnly) await removeHolder(path);
  };

  try {
    for (const setting of semantics) await own.run(setting);
    await attachFile(own, path, database, readOnly);
    if (path !== memory && !readOnly) {
      previous = await readHolder(path);
      await writeHolder(path, holder);
    }
    if (!readOnly) {
      await own.run(`create schema if not exists ${quoteName(database)}.MEDFORM`);
      await own.run(createPublication(database));
      await own.run(`create table if not exists ${known} (name varchar primary key)`);
    }
    const names = await own
      .runAndReadAll(`select name from ${known}`)
      .then((reader) => reader.getRows().map(([name]) => String(name)))
      .catch(() => []);
    for (const name of names) {
      await attachFile(own, beside(name), name, readOnly);
      attached.add(name);
    }
  } catch (error) {
    await close().catch(() => undefined);
    throw rewriteError(error, "");
  }

  return {
    api,
    path,
    database,
    readOnly,
    holder,
    previous,
    async connect() {
      const connection = await instance.connect();
      await connection.run(`use ${quoteName(database)}`);
      return connection;
    },
    async attach(name: string) {
      if (attached.has(name)) return;
      attached.add(name);
      try {
        await attachFile(own, beside(name), name, readOnly);
        await own.run(`insert or ignore into ${known} values (${quoteText(name)})`);
      } catch (error) {
        attached.delete(name);
        throw rewriteError(error, "");
      }
    },
    alone<T>(work: () => Promise<T>): Promise<T> {
      const turn = line.then(work);
      line = turn.catch(() => undefined);
      return turn;
    },
    async hold(runId: string) {
      if (path !== memory && !readOnly) await writeHolder(path, { ...holder, runId });
    },
    close,
  };
}

/** The instance for a file, shared with whoever in this process has it open; `release` it exactly once. */
export async function acquire(options: OpenOptions): Promise<Instance> {
  const path = canonical(options.path);
  const database = options.database ?? "MEDFORM";
  await closing.get(path);
  let entry = path === memory ? undefined : shared.get(path);
  if (entry !== undefined && entry.database !== database) {
    throw new ProblemError({
      code: "warehouse-alias",
      message: `${path} is open in this process as ${entry.database}, and cannot be opened as ${database}`,
    });
  }
  if (entry?.readOnly === true && options.readOnly !== true) {
    throw new ProblemError({
      code: "warehouse-read-only",
      message: `${path} is open in this process for reading only`,
    });
  }
  if (entry === undefined) {
    entry = { database, readOnly: options.readOnly === true, ready: start(options, path, database), users: 0 };
    if (path !== memory) shared.set(path, entry);
  }
  const mine = entry;
  mine.users += 1;
  try {
    const { close, ...instance } = await mine.ready;
    let released = false;
    return {
      ...instance,
      async release() {
        if (released) return;
        released = true;
        mine.users -= 1;
        if (mine.users > 0) return;
        shared.delete(path);
        const done = close().finally(() => closing.delete(path));
        if (path !== memory) closing.set(path, done);
        await done;
      },
    };
  } catch (error) {
    mine.users -= 1;
    if (shared.get(path) === mine) shared.delete(path);
    throw error;
  }
}
