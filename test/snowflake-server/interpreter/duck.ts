/** The engine behind: one DuckDB, with a database attached for each that sessions name. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { type DuckDBConnection, DuckDBInstance, type DuckDBResultReader } from "@duckdb/node-api";
import { cancelled, fromDuckDb } from "./errors.js";
import { literal, quoted } from "./lex.js";

export interface DuckOptions {
  /** A folder for a file each database; in memory without one. */
  readonly folder?: string;
  readonly threads?: number;
  readonly memoryLimit?: string;
}

/** What answers depend on; as the engine of the project is set. */
const semantics = [
  "set global TimeZone = 'UTC'",
  "set global default_null_order = 'postgres'",
  "set global ieee_floating_point_ops = false",
];

export interface Duck {
  readonly databases: ReadonlySet<string>;
  attach(database: string): Promise<void>;
  connect(): Promise<Connection>;
  close(): Promise<void>;
}

/** One statement at a time. Every statement is a transaction of its own, save what `together` runs. */
export interface Connection {
  /** @throws SnowflakeError */
  run(sql: string, signal?: AbortSignal): Promise<DuckDBResultReader>;
  /** All of the statements or none. */
  together(statements: readonly string[]): Promise<void>;
  close(): void;
}

const isConflict = (error: unknown) =>
  error instanceof Error &&
  /conflict|serialize|another transaction/i.test(error.message) &&
  !/Constraint/.test(error.message);

const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

/** Two statements at once may conflict in DuckDB where Snowflake has nothing to wait for: the later one is run again. */
async function again<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isConflict(error) || attempt === 50) throw fromDuckDb(error);
      await pause(Math.min(attempt, 10));
    }
  }
}

function connectionOf(connection: DuckDBConnection): Connection {
  return {
    async run(sql, signal) {
      if (signal?.aborted === true) throw cancelled();
      // Again until it has ended: a query that has not begun yet forgets an earlier interrupt.
      let repeating: NodeJS.Timeout | undefined;
      const interrupt = () => {
        connection.interrupt();
        repeating = setTimeout(interrupt, 10);
      };
      signal?.addEventListener("abort", interrupt);
      try {
        return await again(() => connection.runAndReadAll(sql));
      } catch (error) {
        throw (signal as AbortSignal | undefined)?.aborted ? cancelled() : error;
      } finally {
        clearTimeout(repeating);
        signal?.removeEventListener("abort", interrupt);
      }
    },
    async together(statements) {
      await again(async () => {
        await connection.run("begin");
        try {
          for (const statement of statements) await connection.run(statement);
          await connection.run("commit");
        } catch (error) {
          await connection.run("rollback").catch(() => undefined);
          throw error;
        }
      });
    },
    close: () => connection.disconnectSync(),
  };
}

export async function openDuck({ folder, threads, memoryLimit }: DuckOptions): Promise<Duck> {
  const instance = await DuckDBInstance.create(":memory:", {
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    preserve_insertion_order: "true",
    ...(threads === undefined ? {} : { threads: String(threads) }),
    ...(memoryLimit === undefined ? {} : { memory_limit: memoryLimit }),
    ...(folder === undefined ? {} : { temp_directory: join(folder, "tmp") }),
  });
  const own = await instance.connect();
  for (const setting of semantics) await own.run(setting);
  const attached = new Map<string, Promise<void>>();
  return {
    databases: {
      has: (name: string) => attached.has(name),
      [Symbol.iterator]: () => attached.keys(),
    } as ReadonlySet<string>,
    async attach(database) {
      const name = database.toUpperCase();
      let done = attached.get(name);
      if (done === undefined) {
        const file = folder === undefined ? ":memory:" : join(folder, `${name}.duckdb`);
        if (folder !== undefined && !existsSync(dirname(file))) throw new Error(`There is no folder ${folder}`);
        done = own
          .run(`attach ${literal(file)} as ${quoted(name)}`)
          .then(() => own.run(`create schema if not exists ${quoted(name)}."PUBLIC"`))
          .then(() => undefined);
        attached.set(name, done);
      }
      await done;
    },
    connect: async () => connectionOf(await instance.connect()),
    async close() {
      for (const name of attached.keys()) await own.run(`detach ${quoted(name)}`).catch(() => undefined);
      own.disconnectSync();
      instance.closeSync();
    },
  };
}
