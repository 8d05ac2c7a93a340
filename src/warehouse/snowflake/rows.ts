/** Rows of a result, chunk by chunk: the driver fetches the next ones while these are read, and holds no more. */
import { ProblemError } from "../../graph/index.js";
import type { Row } from "../contract.js";
import type { RowStatement } from "./driver.js";
import { rewriteError } from "./errors.js";
import { connectionLost, troubleOf } from "./trouble.js";
import { converter, leaveNumbers, namesOf } from "./values.js";

const rowsPerChunk = 1_000;

export interface ReadOptions {
  readonly sql: string;
  /** Milliseconds that the next rows may take to arrive. */
  readonly patience: number;
  /** Whether somebody wants no more of it. */
  readonly stopped: () => ProblemError | undefined;
  /** Rejects when the statement is to be given up. */
  readonly signal: AbortSignal;
}

const noRows = () =>
  new ProblemError({
    code: "snowflake-unreachable",
    message: "rows of a result did not arrive",
    hint: "Results are fetched from the cloud's storage: this machine must be allowed to reach it too.",
  });

export async function* readRows(statement: RowStatement, options: ReadOptions): AsyncGenerator<readonly Row[]> {
  const columns = statement.getColumns() ?? [];
  leaveNumbers(columns);
  const names = namesOf(columns);
  const convert = columns.map(converter);
  const stream = statement.streamRows();
  let timer: NodeJS.Timeout | undefined;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      stream.destroy(noRows());
    }, options.patience);
  };
  const onAbort = () => stream.destroy(options.stopped());
  options.signal.addEventListener("abort", onAbort, { once: true });
  try {
    wait();
    let chunk: Row[] = [];
    for await (const cells of stream) {
      const list = cells as readonly unknown[];
      chunk.push(Object.fromEntries(names.map((name, index) => [name, convert[index]?.(list[index]) ?? null])));
      if (chunk.length < rowsPerChunk) continue;
      clearTimeout(timer);
      yield chunk;
      chunk = [];
      const stop = options.stopped();
      if (stop !== undefined) throw stop;
      wait();
    }
    if (chunk.length > 0) {
      clearTimeout(timer);
      yield chunk;
    }
  } catch (error) {
    const trouble = troubleOf(error);
    const said =
      trouble === undefined ? rewriteError(error, options.sql) : trouble === "lost" ? connectionLost() : noRows();
    throw options.stopped() ?? said;
  } finally {
    clearTimeout(timer);
    options.signal.removeEventListener("abort", onAbort);
    stream.destroy();
  }
}
