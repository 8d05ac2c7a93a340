/** One connection. Statements wait in line; whatever the engine says in an error is rewritten before it leaves. */
import type { DuckDBConnection, DuckDBResult } from "@duckdb/node-api";
import { ProblemError } from "../../graph/index.js";
import type { Row, Session, Value } from "../contract.js";
import type { ColumnType } from "../shape.js";
import { rewriteError } from "./errors.js";
import type { BeforeStatement } from "./instance.js";
import { describe } from "./statements.js";
import { bindsFor, toValue } from "./values.js";

type Api = typeof import("@duckdb/node-api");

/** How often a cancelled statement is interrupted again: one that has not begun yet forgets an earlier interrupt. */
const interruptEvery = 10;

export interface Executed {
  readonly changed: number;
  /** The single count that DDL with data returns (`create table … as`), else null. */
  readonly count: number | null;
}

export class DuckDbSession implements Session {
  /** A statement failed since the last `clearFailure`; a transaction around it can only be discarded. */
  failed = false;
  #known: string | undefined;
  #statements = 0;
  #taken = 0;
  #line: Promise<unknown> = Promise.resolve();
  #running = false;
  #cancelled = false;
  #closed = false;
  /** Lets go of the line that an open stream holds. */
  #release: () => void = () => undefined;

  constructor(
    private readonly api: Api,
    private readonly connection: DuckDBConnection,
    private readonly onClose: (session: DuckDbSession) => void = () => undefined,
    private readonly beforeStatement: BeforeStatement = () => undefined,
  ) {}

  /** From here on statements are counted, under what the engine's log calls connection and transaction. */
  knownAs(prefix: string): void {
    this.#known = prefix;
    this.#statements = 0;
    this.#taken = 0;
  }

  /** Names of the statements since this was last asked: connection, transaction, and which one in it, from 1. */
  takeStatements(): readonly string[] {
    const from = this.#taken + 1;
    this.#taken = this.#statements;
    return Array.from({ length: this.#taken + 1 - from }, (_, index) => `${this.#known ?? ""}-${from + index}`);
  }

  async run(sql: string, binds?: readonly Value[]): Promise<{ readonly changed: number }> {
    const { changed } = await this.execute(sql, { binds });
    return { changed };
  }

  /** As `run`; `linesBefore` are lines of `sql` above the text that the place of an error is counted in. */
  execute(sql: string, options: { binds?: readonly Value[]; linesBefore?: number } = {}): Promise<Executed> {
    return this.#next(sql, options.linesBefore ?? 0, async () => {
      const result = await this.#start(sql, options.binds);
      const changed = result.rowsChanged;
      const { CREATE } = this.api.StatementType;
      if (result.statementType !== CREATE || result.columnCount !== 1) return { changed, count: null };
      const [row] = await result.getRows();
      const count = row?.[0];
      return { changed, count: typeof count === "bigint" ? Number(count) : null };
    });
  }

  rows(sql: string, binds?: readonly Value[], linesBefore = 0): Promise<readonly Row[]> {
    return this.#next(sql, linesBefore, async () => {
      const result = await this.#start(sql, binds);
      return result.convertRowObjects(toValue(this.api)) as Promise<readonly Row[]>;
    });
  }

  async *stream(sql: string, binds?: readonly Value[]): AsyncIterable<readonly Row[]> {
    let release: () => void = () => undefined;
    const free = new Promise<void>((done) => {
      release = done;
    });
    let opened: (result: DuckDBResult) => void = () => undefined;
    let refused: (error: unknown) => void = () => undefined;
    const open = new Promise<DuckDBResult>((resolve, reject) => {
      opened = resolve;
      refused = reject;
    });
    // The line is held from the first chunk to the last: another statement on this connection would end the stream.
    void this.#next(sql, 0, async () => {
      const bound = binds === undefined ? undefined : bindsFor(this.api, binds);
      opened(await this.connection.stream(sql, bound?.values, bound?.types));
      this.#release = release;
      await free;
    }).catch(refused);
    try {
      const result = await open;
      const convert = toValue(this.api);
      const names = result.deduplicatedColumnNames();
      for (;;) {
        const chunk = await this.#fetch(result, sql);
        if (chunk === null || chunk.rowCount === 0) return;
        yield chunk
          .convertRows(convert)
          .map((row) => Object.fromEntries(names.map((name, index) => [name, row[index] ?? null])));
      }
    } finally {
      release();
    }
  }

  async setVariable(name: string, value: Value): Promise<void> {
    if (!/^[A-Z][A-Z0-9_]*$/.test(name)) {
      throw new ProblemError({ code: "variable-name", message: `session variable ${name} is not upper case` });
    }
    // Without a type the engine takes NULL for an integer, and then all that it is compared or joined with.
    if (value === null) await this.run(`set variable ${name} = cast(null as varchar)`);
    else await this.run(`set variable ${name} = ?`, [value]);
  }

  /** Names and types of the columns that a query returns, in its own order and spelling, without running it. */
  columns(query: string): Promise<readonly ColumnType[]> {
    return this.#next(query, 0, async () => {
      try {
        // Half of the work of a prepared statement, which would be planned for nothing.
        const described = await this.connection.run(describe(query));
        const rows = await described.getRows();
        return rows.map(([name, type]) => ({ name: String(name), type: String(type) }));
      } catch {
        // Told at the query's own lines, and with what is wrong where it is more than one statement.
        (await this.connection.prepare(query)).destroySync();
        throw new ProblemError({ code: "engine-query", message: "what is to be built is no query" });
      }
    });
  }

  /** Whether what a query names is there. */
  binds(query: string): Promise<boolean> {
    return this.#next(query, 0, async () => {
      try {
        (await this.connection.prepare(query)).destroySync();
        return true;
      } catch (error) {
        if (error instanceof Error && /^(Catalog|Binder) Error/.test(error.message)) return false;
        throw error;
      }
    });
  }

  cancel(): void {
    if (!this.#running || this.#cancelled) return;
    this.#cancelled = true;
    const interrupt = () => {
      if (!this.#running || !this.#cancelled || this.#closed) return;
      this.connection.interrupt();
      setTimeout(interrupt, interruptEvery);
    };
    interrupt();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.cancel();
    this.#release();
    await this.#line.catch(() => undefined);
    this.#closed = true;
    this.connection.disconnectSync();
    this.onClose(this);
  }

  async #start(sql: string, binds: readonly Value[] | undefined) {
    if (binds === undefined || binds.length === 0) return this.connection.run(sql);
    const bound = bindsFor(this.api, binds);
    return this.connection.run(sql, bound.values, bound.types);
  }

  async #fetch(result: DuckDBResult, sql: string) {
    if (this.#cancelled) throw this.#stopped();
    try {
      return await result.fetchChunk();
    } catch (error) {
      this.failed = true;
      throw this.#cancelled ? this.#stopped() : rewriteError(error, sql);
    }
  }

  #stopped(): ProblemError {
    return new ProblemError({ code: "cancelled", message: "the statement was cancelled" });
  }

  /** Runs when everything before it on this connection has ended, whether well or not. */
  #next<T>(sql: string, linesBefore: number, work: () => Promise<T>): Promise<T> {
    const turn = this.#line.then(async () => {
      if (this.#closed) throw new ProblemError({ code: "session-closed", message: "the session is closed" });
      this.#running = true;
      this.#cancelled = false;
      try {
        await this.beforeStatement(sql);
        this.#statements += 1;
        return await work();
      } catch (error) {
        this.failed = true;
        throw this.#cancelled ? this.#stopped() : rewriteError(error, sql, linesBefore);
      } finally {
        this.#running = false;
        this.#cancelled = false;
      }
    });
    this.#line = turn.catch(() => undefined);
    return turn;
  }
}
