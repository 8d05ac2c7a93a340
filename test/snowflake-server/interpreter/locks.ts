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
}

export function createLocks(): Locks {
  const locks = new Map<string, Lock>();
  /** By holder. */
  const held = new Map<object, Set<Lock>>();

  const free = (lock: Lock, mode: LockMode, holder: object) =>
    [...lock.holders].every(([other, has]) => other === holder || (mode === "insert" && has === "insert"));

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
      held.set(holder, (held.get(holder) ?? new Set()).add(lock));
    },
    release(holder) {
      for (const lock of held.get(holder) ?? []) {
        lock.holders.delete(holder);
        for (const wake of [...lock.waiting]) wake();
      }
      held.delete(holder);
    },
  };
}
