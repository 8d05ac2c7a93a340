/**
 * Starts and steers a Snowflake to test against, from tests and benches (`npm run build` comes first).
 *
 *   await using snowflake = await startSnowflake();
 *   const connection = createConnection({ ...snowflake.login, warehouse: "TRANSFORM" });
 *
 * What the driver does, that a test should know:
 * - set SNOWFLAKE_DISABLE_PLATFORM_DETECTION=true and `configure({logLevel: "OFF", additionalLogToConsole: false})` first;
 * - a status of 5xx, 408 or 429 and a dropped connection are tried 7 more times, after 1 to 16 s each, whatever the options say,
 *   with the same request id and `retryCount` in the URL;
 * - an error without a SQLSTATE (and a status that stayed) it asks for once more, with the same request id (all its retries again);
 * - an answer that breaks off in the middle it asks for once more too, at once;
 * - each statement costs it about 1 ms of CPU;
 * - 390112 renews and replays by itself; 390104 and 390111 in a statement, and 390114 in the renewal, end the connection (407002);
 * - a Date bound is sent as TEXT in ISO form; a whole number is FIXED, another REAL, an object VARIANT;
 * - the types of binds of many rows are those of the first row;
 * - beyond 65,280 values bound as rows it makes a temporary stage (DDL!) and falls back to sending them when that is refused;
 * - whole numbers are JavaScript numbers unless JS_TREAT_INTEGER_AS_BIGINT (option `jsTreatIntegerAsBigInt`, or a statement's
 *   parameter) or `fetchAsString: ["Number"]` says otherwise; parameters that a login sets are the process's, not the connection's;
 * - a status that stays is error 401002, a connection that stays away 401001, one that ended 407002;
 * - PUT of a file that is not there is an error of Node's (ENOENT, with its path); one that fails while it is sent is a row whose
 *   status is not UPLOADED, and no error; GET of a file that is not in a folder used as a stage never ends, and throws in the process.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import type { Answered, Control, Filter, Given, Lost, SessionView, Which } from "./control.js";
import type { Hook } from "./hooks.js";
import type { Pair } from "./interpreter/types.js";
import type { Behind } from "./main.js";
import type { User } from "./protocol/users.js";
import type { Load, Received, Settings } from "./world.js";

export type { Filter, Lost, SessionView, Which } from "./control.js";
export type { Effect, Hook, LostCode } from "./hooks.js";
export type { User } from "./protocol/users.js";
export type { Load, Received, Settings } from "./world.js";

export interface StartOptions {
  /** Who may log in; by default the one of `login`. */
  readonly users?: readonly User[];
  readonly settings?: Partial<Settings>;
  /** What answers: a DuckDB in memory if nothing is said, or the few words of `fake.ts`, for the protocol alone. */
  readonly interpreter?: Behind;
}

/** A hook that is set. */
export interface SetHook {
  /** Resolves when a request has met it. */
  reached(): Promise<void>;
  /** Lets go what a `pause` holds, now and later. */
  release(): Promise<void>;
  /** How many requests had its effect. */
  hits(): Promise<number>;
  remove(): Promise<void>;
}

export interface SnowflakeServer extends AsyncDisposable {
  readonly port: number;
  readonly accessUrl: string;
  readonly pid: number;
  /** Options for the driver's `createConnection`: the user that is there by default. */
  readonly login: {
    readonly account: string;
    readonly accessUrl: string;
    readonly username: string;
    readonly password: string;
  };
  /** The two renderings of statements of a project; a statement of the test's own about relations, grants or a session has but one. */
  know(pairs: readonly Pair[]): Promise<void>;
  /** Adds a user, or replaces the one of that name. */
  user(user: User): Promise<void>;
  set(settings: Partial<Settings>): Promise<Settings>;
  hook(hook: Hook): Promise<SetHook>;
  /** All statements that no hook kept from it, in order; those that came again too. */
  statements(filter?: Filter): Promise<readonly Received[]>;
  sessions(): Promise<readonly SessionView[]>;
  /** How many statements run, and the most that did at once. */
  load(): Promise<Load>;
  /** How many requests came for each path, ids as `*`. */
  requests(): Promise<Readonly<Record<string, number>>>;
  /** What its process has cost so far, the engine behind it counted in. */
  cpuSeconds(): Promise<number>;
  /** The next request is told 390112; the driver renews and repeats it. */
  expireSession(which?: Which): Promise<void>;
  /** As before, and the renewal is told 390114. */
  expireMaster(which?: Which): Promise<void>;
  /** Every further request is told the code. */
  loseSession(lost: Lost): Promise<void>;
  /** Empties `statements`, `requests` and what `load` was at most. */
  forgetStatements(): Promise<void>;
  /** As just started: sessions, tables, known statements and hooks are gone. */
  reset(): Promise<void>;
}

export const defaultUser: User & { readonly password: string } = { name: "MEDFORM", password: "correct horse" };

/** Beside this file when compiled, in dist otherwise. */
function mainFile(): string {
  const beside = join(import.meta.dirname, "main.js");
  const built = existsSync(beside) ? beside : resolve(import.meta.dirname, "../../dist/test/snowflake-server/main.js");
  if (!existsSync(built)) throw new Error(`${built} is not there: npm run build`);
  return built;
}

export async function startSnowflake(options: StartOptions = {}): Promise<SnowflakeServer> {
  const child = spawn(process.execPath, [mainFile(), JSON.stringify(options.interpreter ?? {})], {
    stdio: ["pipe", "pipe", "inherit"],
    // Queries take workers that files need too.
    env: { ...process.env, UV_THREADPOOL_SIZE: "16" },
  });
  const ended = new Promise<void>((done) => child.once("exit", () => done()));
  const port = await new Promise<number>((done, fail) => {
    createInterface(child.stdout).once("line", (line) => done((JSON.parse(line) as { port: number }).port));
    child.once("exit", (code) => fail(new Error(`the Snowflake to test against ended with ${code}`)));
    child.once("error", fail);
  });
  const accessUrl = `http://127.0.0.1:${port}`;

  async function control<Name extends keyof Control>(name: Name, body: Given<Name>): Promise<Answered<Name>> {
    const answer = await fetch(`${accessUrl}/control/${name}`, {
      method: "POST",
      body: JSON.stringify({ given: body }),
    });
    const said = await answer.json();
    if (!answer.ok) throw new Error(String(said));
    return said as Answered<Name>;
  }

  const set = (settings: Partial<Settings>) => control("set", settings);
  const prepare = async () => {
    await set(options.settings ?? {});
    for (const user of options.users ?? [defaultUser]) await control("user", user);
  };
  await prepare();

  return {
    port,
    accessUrl,
    pid: child.pid ?? 0,
    login: { account: "TEST", accessUrl, username: defaultUser.name, password: defaultUser.password },
    know: (pairs) => control("know", pairs),
    user: (user) => control("user", user),
    set,
    hook: async (hook) => {
      const id = await control("hook", hook);
      return {
        reached: () => control("reached", id),
        release: () => control("release", id),
        hits: () => control("hits", id),
        remove: () => control("unhook", id),
      };
    },
    statements: (filter = {}) => control("statements", filter),
    sessions: () => control("sessions", null),
    load: () => control("load", null),
    requests: () => control("requests", null),
    cpuSeconds: () => control("cpuSeconds", null),
    expireSession: (which = {}) => control("expireSession", which),
    expireMaster: (which = {}) => control("expireMaster", which),
    loseSession: (lost) => control("loseSession", lost),
    forgetStatements: () => control("forgetStatements", null),
    reset: async () => {
      await control("reset", null);
      await prepare();
    },
    [Symbol.asyncDispose]: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
