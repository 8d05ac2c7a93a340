/** What tests may ask and do, each a POST to /control/NAME with `{given}`: not part of what Snowflake speaks. */
import type { Hook, LostCode } from "./hooks.js";
import type { Pair } from "./interpreter/types.js";
import { lost } from "./protocol/refusal.js";
import type { Session, SessionFacts } from "./protocol/sessions.js";
import type { User } from "./protocol/users.js";
import { type Load, type Received, reset, type Settings, type World } from "./world.js";

/** A session as a test sees it. */
export interface SessionView extends SessionFacts {
  readonly id: string;
  readonly open: boolean;
}

/** One session by its id, or all of them. */
export interface Which {
  readonly session?: string;
}

/** Regular expressions, regardless of case. */
export interface Filter {
  readonly matches?: string;
  readonly tagged?: string;
}

export interface Lost extends Which {
  readonly code: LostCode;
  /** What is open stays open, as after a client's death. */
  readonly holdsTransaction: boolean;
}

/** Name, what is given, what is answered. */
export interface Control {
  know(pairs: readonly Pair[]): void;
  user(user: User): void;
  set(settings: Partial<Settings>): Settings;
  hook(hook: Hook): number;
  unhook(id: number): void;
  reached(id: number): void;
  release(id: number): void;
  hits(id: number): number;
  statements(filter: Filter): readonly Received[];
  sessions(none: null): readonly SessionView[];
  load(none: null): Load;
  requests(none: null): Readonly<Record<string, number>>;
  cpuSeconds(none: null): number;
  expireSession(which: Which): void;
  expireMaster(which: Which): void;
  loseSession(lost: Lost): void;
  forgetStatements(none: null): void;
  reset(none: null): void;
}

export type Given<Name extends keyof Control> = Parameters<Control[Name]>[0];
export type Answered<Name extends keyof Control> = ReturnType<Control[Name]>;

type Controls = {
  readonly [Name in keyof Control]: (world: World, given: Given<Name>) => Answered<Name> | Promise<Answered<Name>>;
};

const chosen = (world: World, { session }: Which): readonly Session[] =>
  world.sessions.all.filter(({ id, open }) => open && (session === undefined || id === session));

export const controls: Controls = {
  know: ({ interpreter }, pairs) => interpreter.know(pairs),
  user: ({ users }, user) => users.add(user),
  set: (world, settings) => {
    world.settings = { ...world.settings, ...settings };
    return world.settings;
  },
  hook: ({ hooks }, hook) => hooks.set(hook),
  unhook: ({ hooks }, id) => hooks.remove(id),
  reached: ({ hooks }, id) => hooks.reached(id),
  release: ({ hooks }, id) => hooks.release(id),
  hits: ({ hooks }, id) => hooks.hits(id),
  statements: ({ received }, { matches, tagged }) => {
    const text = new RegExp(matches ?? "", "is");
    const tag = new RegExp(tagged ?? "", "is");
    return received.filter(({ sqlText, queryTag }) => text.test(sqlText) && tag.test(queryTag ?? ""));
  },
  sessions: ({ sessions }) =>
    sessions.all.map(({ id, open, user, account, role, warehouse, database, schema, parameters, application }) => ({
      id,
      open,
      user,
      account,
      role,
      warehouse,
      database,
      schema,
      parameters,
      application,
    })),
  load: ({ load }) => load,
  requests: ({ requests }) => Object.fromEntries(requests),
  cpuSeconds: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  },
  expireSession: (world, which) => {
    for (const session of chosen(world, which)) session.sessionTokenExpired = true;
  },
  expireMaster: (world, which) => {
    for (const session of chosen(world, which)) {
      session.sessionTokenExpired = true;
      session.masterTokenExpired = true;
    }
  },
  loseSession: async (world, { code, holdsTransaction, ...which }) => {
    for (const session of chosen(world, which)) {
      session.lost = lost(code);
      if (!holdsTransaction) await world.sessions.close(session);
    }
  },
  forgetStatements: (world) => {
    world.received = [];
    world.load = { ...world.load, peak: world.load.running };
    world.requests.clear();
  },
  reset,
};
