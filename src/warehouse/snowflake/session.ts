/**
 * One session at Snowflake: statements wait in line, and whatever the service says in an error is rewritten before it leaves.
 */
import { ProblemError } from "../../graph/index.js";
import type { Row, Session, Value } from "../contract.js";
import type { RowStatement } from "./driver.js";
import { rewriteError } from "./errors.js";
import { type Kept, Link, type LinkOptions } from "./link.js";
import { type Running, stopRunning } from "./round.js";
import { transactionWord } from "./state.js";
import { setVariables } from "./statements-session.js";
import { typeOf } from "./values.js";

export type { Kept } from "./link.js";

export interface SnowflakeSessionOptions extends LinkOptions {
  readonly beforeStatement?: (sql: string) => void | Promise<void>;
  /** Called once at the end, with the connection where it can be given on. */
  readonly onClose?: (kept: Kept | undefined) => void;
}

export interface Described {
  readonly name: string;
  /** As SQL writes it. */
  readonly type: string;
}

/** Documented at https://docs.snowflake.com/en/sql-reference/session-variables. */
const variableBytes = 256;

const variableTooLong = (name: string) =>
  new ProblemError({
    code: "variable-too-long",
    message: `session variable ${name} is longer than the ${variableBytes} bytes that Snowflake lets one have`,
    hint: "Give it a shorter value; a letter outside of ASCII counts as two to four bytes.",
  });

export class SnowflakeSession implements Session {
  /** A statement failed; a transaction around it can only be discarded. */
  failed = false;
  readonly #options: SnowflakeSessionOptions;
  readonly #link: Link;
  #line: Promise<unknown> = Promise.resolve();
  #running: Running | undefined;
  #closed = false;
  /** Lets go of the line that an open stream holds. */
  #release: () => void = () => undefined;

  constructor(options: SnowflakeSessionOptions) {
    this.#options = options;
    this.#link = new Link(options);
  }

  /** A transaction is open, or was until the session was lost. */
  get inTransaction(): boolean {
    return this.#link.inTransaction;
  }

  /** Query ids of the statements since this was last asked; of one that the service never answered, its request id. */
  statementIds(): readonly string[] {
    return this.#link.queryIds.splice(0);
  }

  /** Request ids of the statements since this was last asked. */
  requestIds(): readonly string[] {
    return this.#link.requestIds.splice(0);
  }

  /** Request ids under which the next statements will be sent. */
  nextRequestIds(count: number): readonly string[] {
    return this.#link.nextRequestIds(count);
  }

  /** Logs in where that was not done yet. */
  ready(): Promise<void> {
    return this.#next("", 0, async (running) => void (await this.#link.connected(running)));
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
      if (transactionWord(sql) === "rollback") {
        await this.#link.rollback(sql, running);
        return { changed: 0 };
      }
      const statement = await this.#link.send(sql, running, options);
      return { changed: await this.#changed(statement, sql, running) };
    });
  }

  rows(sql: string, binds?: readonly Value[], linesBefore = 0): Promise<readonly Row[]> {
    return this.#next(sql, linesBefore, async (running) => {
      const statement = await this.#link.send(sql, running, { binds });
      const all: Row[] = [];
      for await (const chunk of this.#link.read(statement, sql, running)) all.push(...chunk);
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
        const statement = await this.#link.send(sql, running, { binds });
        this.#release = release;
        opened(this.#link.read(statement, sql, running));
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

  /** Several in one statement, those that are not so yet. */
  async setVariables(variables: Readonly<Record<string, Value>>): Promise<void> {
    const texts = new Map(
      Object.entries(variables).map(([name, value]) => [name, value === null ? null : String(value)]),
    );
    for (const name of texts.keys()) {
      if (/^[A-Z][A-Z0-9_]*$/.test(name)) continue;
      throw new ProblemError({ code: "variable-name", message: `session variable ${name} is not upper case` });
    }
    const [tooLong] = [...texts].find(([, text]) => Buffer.byteLength(text ?? "") > variableBytes) ?? [];
    if (tooLong !== undefined) throw variableTooLong(tooLong);
    if (texts.size === 0) return;
    await this.#next(setVariables([...texts.keys()]), 0, (running) => this.#link.setVariables(texts, running));
  }

  /** Unsets the variables that the session was given on with, all but these. */
  forgetVariables(wanted: Iterable<string>): Promise<void> {
    return this.#next("", 0, (running) => this.#link.forgetVariables(new Set(wanted), running));
  }

  /** Names and types of what a query returns, without running it. */
  describe(sql: string): Promise<readonly Described[]> {
    return this.#next(sql, 0, async (running) => {
      const statement = await this.#link.send(sql, running, { describeOnly: true });
      return (statement.getColumns() ?? []).map((column) => ({ name: column.getName(), type: typeOf(column) }));
    });
  }

  cancel(): void {
    if (this.#running === undefined) return;
    const reason = new ProblemError({ code: "cancelled", message: "the statement was cancelled" });
    stopRunning(this.#running, reason, this.#options.limits.cancel);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.cancel();
    this.#release();
    await this.#line.catch(() => undefined);
    const { onClose } = this.#options;
    const wanted = onClose !== undefined || this.inTransaction;
    const kept = wanted
      ? await this.#next("", 0, (running) => this.#link.empty(running)).catch(() => undefined)
      : undefined;
    this.#closed = true;
    await this.#link.close();
    onClose?.(kept);
  }

  async #changed(statement: RowStatement, sql: string, running: Running): Promise<number> {
    const counts = (statement.getColumns() ?? []).map((column) => column.getName());
    const counted = counts.filter((name) => /^number of rows (?:inserted|updated|deleted)$/i.test(name));
    let changed = 0;
    if (counted.length === 0) return changed;
    // The driver adds up all columns, which is right where all of them count rows; a stream of one row costs it more than that.
    const added = counted.length === counts.length ? statement.getNumUpdatedRows() : undefined;
    if (added !== undefined && added >= 0) return added;
    for await (const chunk of this.#link.read(statement, sql, running)) {
      for (const row of chunk) for (const name of counted) changed += Number(row[name] ?? 0);
    }
    return changed;
  }

  /** Runs when everything before it on this session has ended, whether well or not. */
  #next<T>(sql: string, linesBefore: number, work: (running: Running) => Promise<T>): Promise<T> {
    const turn = this.#line.then(async () => {
      if (this.#closed) throw new ProblemError({ code: "session-closed", message: "the session is closed" });
      const running: Running = { abort: new AbortController(), done: false };
      this.#running = running;
      try {
        if (sql !== "") await this.#options.beforeStatement?.(sql);
        return await work(running);
      } catch (error) {
        this.failed = true;
        throw rewriteError(error, sql, linesBefore);
      } finally {
        running.done = true;
        this.#running = undefined;
      }
    });
    this.#line = turn.catch(() => undefined);
    return turn;
  }
}
