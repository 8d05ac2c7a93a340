/** The engine behind: one DuckDB, with a database attached for each that sessions name. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  type DuckDBConnection,
  DuckDBInstance,
  type DuckDBMaterializedResult,
  type DuckDBType,
  type DuckDBValue,
} from "@duckdb/node-api";
import { cancelled, fromDuckDb } from "./errors.js";
import { literal, quoted } from "./lex.js";

export interface DuckOptions {
  /** A folder for a file each database; in memory without one. */
  readonly folder?: string;
  readonly threads?: number;
  readonly memoryLimit?: string;
  /** False where statements are small: to plan one costs more then than to carry it out. */
  readonly optimizer?: boolean;
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

/** A result, which is there as a whole. */
export interface Rows {
  readonly changed: number;
  columnNames(): readonly string[];
  columnTypes(): readonly DuckDBType[];
  getRows(): readonly (readonly DuckDBValue[])[];
}

/** One statement at a time. Every statement is a transaction of its own, save what `together` runs. */
export interface Connection {
  /** @throws SnowflakeError */
  run(sql: string, signal?: AbortSignal): Promise<Rows>;
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

/** The pieces are read where they are wanted: each that is waited for costs two turns of another thread. */
const rowsOf = (result: DuckDBMaterializedResult): Rows => ({
  get changed() {
    return result.rowsChanged;
  },
  columnNames: () => result.columnNames(),
  columnTypes: () => result.columnTypes(),
  getRows: () => Array.from({ length: result.chunkCount }, (_, index) => result.getChunk(index).getRows()).flat(),
});

function connectionOf(connection: DuckDBConnection): Connection {
  return {
    async run(sql, signal) {
      if (signal === undefined) return rowsOf(await again(() => connection.run(sql)));
      if (signal.aborted) throw cancelled();
      // Again until it has ended: a query that has not begun yet forgets an earlier interrupt.
      let repeating: NodeJS.Timeout | undefined;
      const interrupt = () => {
        connection.interrupt();
        repeating = setTimeout(interrupt, 10);
      };
      signal.addEventListener("abort", interrupt);
      try {
        return rowsOf(await again(() => connection.run(sql)));
      } catch (error) {
        throw (signal as AbortSignal).aborted ? cancelled() : error;
      } finally {
        clearTimeout(repeating);
        signal.removeEventListener("abort", interrupt);
      }
    },
    async together(statements) {
      await again(async () => {
        try {
          await connection.run(["begin", ...statements, "commit"].join(";\n"));
        } catch (error) {
          await connection.run("rollback").catch(() => undefined);
          throw error;
        }
      });
    },
    close: () => connection.disconnectSync(),
  };
}

export async function openDuck({ folder, threads, memoryLimit, optimizer = true }: DuckOptions): Promise<Duck> {
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
    async connect() {
      const connection = await instance.connect();
      if (!optimizer) await connection.run("pragma disable_optimizer");
      return connectionOf(connection);
    },
    async close() {
      for (const name of attached.keys()) await own.run(`detach ${quoted(name)}`).catch(() => undefined);
      own.disconnectSync();
      instance.closeSync();
    },
  };
}
