/**
 * Locks on tables, held until a transaction or a statement ends. Whoever only inserts shares the table with others that do;
 * who updates, deletes, merges or overwrites has it alone. Readers wait for nobody.
 */
import { cancelled, lockTimeout } from "./errors.js";

export type LockMode = "insert" | "alone";

/** More do not wait for one table: the next one fails. */
const waiters = 20;

interface Lock {
  readonly holders: Map<object, LockMode>;
  readonly waiting: Set<() => void>;
}

export interface Locks {
  /** @throws SnowflakeError 000625 after `timeout` milliseconds, 000604 when cancelled. */
  take(
    key: string,
    mode: LockMode,
    holder: object,
    wait: { readonly name: string; readonly timeout: number; readonly signal?: AbortSignal },
  ): Promise<void>;
  release(holder: object): void;
  holds(holder: object): boolean;
}

export function createLocks(): Locks {
  const locks = new Map<string, Lock>();

  const free = (lock: Lock, mode: LockMode, holder: object) =>
    [...lock.holders].every(([other, held]) => other === holder || (mode === "insert" && held === "insert"));

  return {
    async take(key, mode, holder, { name, timeout, signal }) {
      const lock = locks.get(key) ?? { holders: new Map(), waiting: new Set() };
      locks.set(key, lock);
      if (!free(lock, mode, holder) && lock.waiting.size >= waiters) throw lockTimeout(name, waiters);
      const deadline = Date.now() + timeout;
      while (!free(lock, mode, holder)) {
        if (signal?.aborted === true) throw cancelled();
        const left = deadline - Date.now();
        if (left <= 0) throw lockTimeout(name);
        await new Promise<void>((done) => {
          const wake = () => {
            clearTimeout(timer);
            signal?.removeEventListener("abort", wake);
            lock.waiting.delete(wake);
            done();
          };
          const timer = setTimeout(wake, Math.min(left, 2 ** 30));
          signal?.addEventListener("abort", wake);
          lock.waiting.add(wake);
        });
      }
      if (lock.holders.get(holder) !== "alone") lock.holders.set(holder, mode);
    },
    release(holder) {
      for (const lock of locks.values()) {
        if (!lock.holders.delete(holder)) continue;
        for (const wake of [...lock.waiting]) wake();
      }
    },
    holds: (holder) => [...locks.values()].some((lock) => lock.holders.has(holder)),
  };
}
