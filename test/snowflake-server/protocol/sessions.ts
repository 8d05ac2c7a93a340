/** Sessions and their tokens, as long as the process lives. */
import { randomUUID } from "node:crypto";
import type { Interpreter, InterpreterSession } from "../interpreter/index.js";
import { type Refusal, refusals } from "./refusal.js";
import type { Statement } from "./statements.js";

/** What a login said, and statements since then. */
export interface SessionFacts {
  readonly user: string;
  readonly account: string;
  readonly role: string;
  readonly warehouse: string;
  readonly database: string;
  readonly schema: string;
  /** SESSION_PARAMETERS of the login, such as QUERY_TAG, and what `alter session` set. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly application: string;
}

export interface Session extends SessionFacts {
  role: string;
  warehouse: string;
  database: string;
  schema: string;
  parameters: Readonly<Record<string, unknown>>;
  /** What `current_session()` says. */
  readonly id: string;
  sessionToken: string;
  masterToken: string;
  sessionTokenExpired: boolean;
  masterTokenExpired: boolean;
  open: boolean;
  /** What every further request of it is told, where a test took it from its client. */
  lost?: Refusal;
  readonly behind: InterpreterSession;
  /** SESSION_PARAMETERS of the login. */
  readonly given: Readonly<Record<string, unknown>>;
  /** What statements have set since, as it was looked at last. */
  set?: Readonly<Record<string, unknown>>;
  /** By request id: a request that comes again gets the same statement's result. */
  readonly statements: Map<string, Statement>;
}

export class Sessions {
  readonly all: Session[] = [];
  readonly #bySessionToken = new Map<string, Session>();
  readonly #byMasterToken = new Map<string, Session>();
  #next = 73_000_001;

  async open(interpreter: Interpreter, facts: SessionFacts): Promise<Session> {
    const id = String(this.#next++);
    const session: Session = {
      ...facts,
      id,
      given: facts.parameters,
      behind: await interpreter.connect({ id, ...facts }),
      sessionToken: randomUUID(),
      masterToken: randomUUID(),
      sessionTokenExpired: false,
      masterTokenExpired: false,
      open: true,
      statements: new Map(),
    };
    this.all.push(session);
    this.#bySessionToken.set(session.sessionToken, session);
    this.#byMasterToken.set(session.masterToken, session);
    return session;
  }

  /** The session of an Authorization header. @throws Refusal */
  bySessionToken(header: string | undefined): Session {
    const session = this.#bySessionToken.get(tokenOf(header));
    if (session === undefined) throw refusals.sessionTokenInvalid();
    if (session.lost !== undefined) throw session.lost;
    if (!session.open) throw refusals.sessionGone();
    if (session.sessionTokenExpired || session.sessionToken !== tokenOf(header)) throw refusals.sessionTokenExpired();
    return session;
  }

  /** Whose request it is, if anybody's. */
  of(header: string | undefined): Session | undefined {
    return this.#bySessionToken.get(tokenOf(header));
  }

  /** A new session token for a good master token. @throws Refusal */
  renew(header: string | undefined): Session {
    const session = this.#byMasterToken.get(tokenOf(header));
    if (session === undefined) throw refusals.sessionTokenInvalid();
    if (session.lost !== undefined) throw session.lost;
    if (session.lost !== undefined) throw session.lost;
    if (!session.open) throw refusals.sessionGone();
    if (session.masterTokenExpired) throw refusals.masterTokenExpired();
    session.sessionToken = randomUUID();
    session.sessionTokenExpired = false;
    this.#bySessionToken.set(session.sessionToken, session);
    return session;
  }

  /** Ends a session as a logout does: what is open is rolled back, and results are no longer kept. */
  async close(session: Session): Promise<void> {
    if (!session.open) return;
    session.open = false;
    const statements = [...session.statements.values()];
    session.statements.clear();
    for (const statement of statements) statement.cancel();
    await Promise.all(statements.map(({ ended }) => ended));
    await session.behind.close();
  }
}

const tokenOf = (header: string | undefined): string => /Token="([^"]*)"/.exec(header ?? "")?.[1] ?? "";
