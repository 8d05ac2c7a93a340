/** Part files into the stage, several at a time, each on a session of its own; what was sent is removed from the disk. */
import { rm } from "node:fs/promises";
import { ProblemError } from "../../graph/index.js";
import type { Session } from "../contract.js";
import { put } from "./statements-load.js";

export interface UploadsOptions {
  readonly database: string;
  session(): Promise<Session>;
  /** How many at a time, at most. */
  readonly parallel: number;
}

export class Uploads implements AsyncDisposable {
  readonly #options: UploadsOptions;
  readonly #open = new Set<Session>();
  readonly #free: Session[] = [];
  readonly #running = new Set<Promise<void>>();
  #failed: { readonly error: unknown } | undefined;

  constructor(options: UploadsOptions) {
    this.#options = options;
  }

  /** Returns when it is on its way. @throws what stopped an earlier one. */
  async send(file: string, path: string): Promise<void> {
    while (this.#running.size >= this.#options.parallel) await Promise.race(this.#running);
    this.#refuseFailed();
    const running = this.#upload(file, path)
      .catch((error: unknown) => {
        this.#failed ??= { error };
      })
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Returns when all have arrived. @throws what stopped one. */
  async finish(): Promise<void> {
    await Promise.all(this.#running);
    this.#refuseFailed();
    await this.#close();
  }

  cancel(): void {
    for (const session of this.#open) session.cancel();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cancel();
    await Promise.all(this.#running);
    await this.#close();
  }

  async #upload(file: string, path: string): Promise<void> {
    const session = this.#free.pop() ?? (await this.#connect());
    try {
      const [row] = await session.rows(put(file, this.#options.database, path));
      // The driver tells of some failures only here, and of some by leaving the status out.
      if (row?.status !== "UPLOADED") {
        throw new ProblemError({
          code: "load-upload",
          message: "a part of the load did not arrive in the stage MEDFORM.LANDING",
          hint: "Load again: nothing was loaded.",
        });
      }
    } finally {
      this.#free.push(session);
    }
    await rm(file, { force: true });
  }

  async #connect(): Promise<Session> {
    const session = await this.#options.session();
    this.#open.add(session);
    return session;
  }

  async #close(): Promise<void> {
    for (const session of this.#open) await session[Symbol.asyncDispose]();
    this.#open.clear();
    this.#free.length = 0;
  }

  #refuseFailed(): void {
    if (this.#failed !== undefined) throw this.#failed.error;
  }
}
