/** All that the server knows, in one place, so that a test can start it anew. */
import { Hooks } from "./hooks.js";
import type { Interpreter } from "./interpreter/index.js";
import { Sessions } from "./protocol/sessions.js";
import type { Statement } from "./protocol/statements.js";
import { Users } from "./protocol/users.js";

export interface Settings {
  /** A statement takes so many milliseconds before the engine is asked; sessions do not wait for one another. */
  readonly latency: number;
  /** A statement that runs longer is answered with 333333, and the driver polls. */
  readonly pollAfter: number;
  /** The account that a key pair's token must name; any where it is null. */
  readonly account: string | null;
  /** Rows beyond so many bytes come in chunks of so many bytes. */
  readonly chunkBytes: number;
}

export const usual: Settings = { latency: 0, pollAfter: 45_000, account: null, chunkBytes: 1_000_000 };

/** A statement as it arrived, a repetition of it too. */
export interface Received {
  readonly sqlText: string;
  readonly requestId: string;
  readonly queryId: string;
  /** Of the statement, else of its session. */
  readonly queryTag: string | null;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly binds: readonly { readonly type: string; readonly value: string | null | readonly (string | null)[] }[];
  readonly describeOnly: boolean;
  readonly async: boolean;
  /** How often the driver said that it had sent it before. */
  readonly retryCount: number;
  /** True where the request id was known, and the first one's result was answered. */
  readonly repeated: boolean;
  readonly session: string;
  readonly user: string;
  readonly role: string;
  readonly warehouse: string;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  readonly endedAt: number | null;
  /** `running`, `ok`, or the code of the error. */
  readonly outcome: string;
}

/** How many statements run, and how many did at most. */
export interface Load {
  readonly running: number;
  readonly peak: number;
}

export interface World {
  /** Makes an interpreter that knows nothing yet. */
  readonly create: () => Promise<Interpreter>;
  settings: Settings;
  interpreter: Interpreter;
  users: Users;
  sessions: Sessions;
  readonly hooks: Hooks;
  received: { -readonly [field in keyof Received]: Received[field] }[];
  /** By query id, the latest ones. */
  readonly queries: Map<string, Statement>;
  load: Load;
  /** How many requests came for each path, ids replaced by `*`. */
  readonly requests: Map<string, number>;
}

export const createWorld = async (create: () => Promise<Interpreter>): Promise<World> => ({
  create,
  settings: usual,
  interpreter: await create(),
  users: new Users(),
  sessions: new Sessions(),
  hooks: new Hooks(),
  received: [],
  queries: new Map(),
  load: { running: 0, peak: 0 },
  requests: new Map(),
});

/** As just started. */
export async function reset(world: World): Promise<void> {
  world.hooks.clear();
  await Promise.all(world.sessions.all.map((session) => world.sessions.close(session)));
  await world.interpreter.close();
  Object.assign(world, await createWorld(world.create));
}
