/** Who opens the same warehouse again in this process shares its lease: it is the process that has it. */
import { type LeaseOptions, type SnowflakeLease, takeLease } from "./lease.js";

interface Shared {
  readonly ready: Promise<SnowflakeLease>;
  users: number;
}

const shared = new Map<string, Shared>();
/** Leases that are being given back: who wants one again waits for that. */
const ending = new Map<string, Promise<void>>();

/** `account` and the options' database say which warehouse it is. */
export async function shareLease(account: string, options: LeaseOptions): Promise<SnowflakeLease> {
  const key = JSON.stringify([account, options.database]);
  await ending.get(key);
  const entry = shared.get(key) ?? { ready: takeLease(options), users: 0 };
  shared.set(key, entry);
  entry.users += 1;
  let lease: SnowflakeLease;
  try {
    lease = await entry.ready;
  } catch (error) {
    if (shared.get(key) === entry) shared.delete(key);
    throw error;
  }
  let ended = false;
  return {
    ...lease,
    async [Symbol.asyncDispose]() {
      if (ended) return;
      ended = true;
      entry.users -= 1;
      if (entry.users > 0) return;
      shared.delete(key);
      const done = Promise.resolve(lease[Symbol.asyncDispose]());
      ending.set(key, done);
      await done;
      ending.delete(key);
    },
  };
}
