/**
 * Two parsers of Snowflake's SQL that share no code. The second runs in a worker: the time it takes grows faster than the
 * text where CTEs follow one another, and a statement that takes too long fails instead of holding up the test.
 */
import { Worker } from "node:worker_threads";
import { init, ParserError, validate } from "@guanmingchiu/sqlparser-ts";

/** Milliseconds for one statement. The slowest of this project takes some 400 on two busy cores. */
export const patience = 15_000;

/** What is wrong with it, or undefined. */
export type Complaint = string | undefined;

export interface Parser extends AsyncDisposable {
  readonly name: string;
  parse(sql: string): Promise<Complaint>;
}

export async function openSqlparser(): Promise<Parser> {
  await init();
  return {
    name: "sqlparser",
    async parse(sql) {
      try {
        validate(sql, "snowflake");
        return undefined;
      } catch (error) {
        if (error instanceof ParserError) return error.message;
        throw error;
      }
    },
    async [Symbol.asyncDispose]() {},
  };
}

const program = `
const { parentPort, workerData } = require("node:worker_threads");
const ready = import(workerData);
parentPort.on("message", async (sql) => {
  const { Dialect, parse } = await ready;
  const { success, error } = parse(sql, Dialect.Snowflake);
  parentPort.postMessage(success ? undefined : String(error));
});
`;

export function openPolyglot(limit = patience): Parser {
  const worker = new Worker(program, {
    eval: true,
    workerData: import.meta.resolve("@polyglot-sql/sdk"),
  });
  let stuck = false;
  return {
    name: "polyglot",
    parse(sql) {
      if (stuck) return Promise.resolve("the parser stands still since an earlier statement");
      return new Promise((done, fail) => {
        const end = (settle: () => void) => {
          clearTimeout(timer);
          worker.off("message", told).off("error", broke);
          settle();
        };
        const told = (complaint: Complaint) => end(() => done(complaint));
        const broke = (error: Error) => end(() => fail(error));
        const timer = setTimeout(() => {
          stuck = true;
          end(() => done(`not parsed within ${limit} ms`));
        }, limit);
        worker.on("message", told).on("error", broke);
        worker.postMessage(sql);
      });
    },
    async [Symbol.asyncDispose]() {
      await worker.terminate();
    },
  };
}
