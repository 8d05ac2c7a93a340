/**
 * What stands behind the wire: the statements of Snowflake sessions, answered by a DuckDB that nobody else reaches. It
 * transpiles nothing, and knows nothing of src/, so that it can disagree with what is sent:
 *
 * - texts of a project are known by heart, each with its DuckDB rendering (known.ts);
 * - statements that medform makes itself have one of the shapes in shapes/, by which alone they are let in; those that read or
 *   change rows are then read word by word (portable.ts), the others by statements/;
 * - whatever is neither is an error of compilation.
 */
import { createCatalog } from "./catalog.js";
import { type DuckOptions, openDuck } from "./duck.js";
import { fromDuckDb } from "./errors.js";
import { createKnown } from "./known.js";
import { createLocks } from "./locks.js";
import { openSession, rollback, type Server } from "./session.js";
import { createStages } from "./stages.js";
import { execute } from "./statements/index.js";
import type { Interpreter } from "./types.js";

export * from "./types.js";

export interface InterpreterOptions extends DuckOptions {
  /** Seconds that a statement waits for another's lock. Default: 43200, as Snowflake's. */
  readonly lockTimeout?: number;
  /** What `current_version()` says. */
  readonly version?: string;
}

export async function createInterpreter(options: InterpreterOptions = {}): Promise<Interpreter> {
  const duck = await openDuck(options);
  const server: Server = {
    duck,
    catalog: createCatalog(),
    known: createKnown(),
    readings: new Map(),
    locks: createLocks(),
    stages: createStages(),
    transactions: new Map(),
    lockTimeout: options.lockTimeout ?? 43_200,
    version: options.version ?? "9.99.0",
  };
  return {
    async connect(who) {
      const session = await openSession(server, who);
      return {
        execute: (request) =>
          session.inTurn(async () => {
            try {
              return await execute(session, request);
            } catch (error) {
              throw fromDuckDb(error);
            }
          }),
        inUse: () => session,
        close: () =>
          session.inTurn(async () => {
            await rollback(session);
            await session.workspace.close();
            session.connection.close();
          }),
      };
    },
    know(pairs) {
      server.known.know(pairs);
      server.readings.clear();
    },
    async close() {
      server.stages.close();
      await duck.close();
    },
  };
}
