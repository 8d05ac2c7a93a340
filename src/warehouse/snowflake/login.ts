/** Logging in, and what is wrong with a login in plain words: people meet these on their first day, and when a key expires. */
import { type Problem, ProblemError } from "../../graph/index.js";
import { isLoopback, type SnowflakeAccess } from "./access.js";
import { type Connection, driver, noClientConfig, stayInside } from "./driver.js";
import { rawOf } from "./errors.js";

export interface LoginOptions {
  /** Instead of the access's own. */
  readonly warehouse?: string;
  /** Milliseconds that one attempt may take; a person at a browser has two minutes. */
  readonly timeout?: number;
  /** Milliseconds during which a service that does not answer is asked again. */
  readonly patience?: number;
  readonly signal?: AbortSignal;
}

/** Milliseconds. */
export interface Limits {
  /** That one login may take. */
  readonly login: number;
  /** During which a service that does not answer, or is too busy, is asked again. */
  readonly patience: number;
  /** That a statement may run. */
  readonly statement: number;
  /** That a statement may go on after it was cancelled; its session is then given up. */
  readonly cancel: number;
}

export const defaultLimits: Limits = {
  login: 60_000,
  patience: 120_000,
  statement: 12 * 3_600_000,
  cancel: 15_000,
};
const browserTime = 150_000;

/** Nobody is there, or too busy: asked again. */
const unreachable = "snowflake-unreachable";

/**
 * A connection that is logged in.
 *
 * @throws ProblemError `snowflake-login…`, `snowflake-unreachable`, `snowflake-access`; and the signal's reason.
 */
export async function logIn(access: SnowflakeAccess, options: LoginOptions = {}): Promise<Connection> {
  const until = performance.now() + (options.patience ?? defaultLimits.patience);
  for (let count = 1; ; count += 1) {
    options.signal?.throwIfAborted();
    try {
      return await attempt(access, options);
    } catch (error) {
      const again =
        !access.interactive &&
        error instanceof ProblemError &&
        error.problems.some(({ code }) => code === unreachable) &&
        performance.now() < until;
      if (!again) throw error;
      await pauses(count, options.signal);
    }
  }
}

async function attempt(access: SnowflakeAccess, options: LoginOptions): Promise<Connection> {
  const sdk = driver();
  if (isLoopback(access.accessUrl)) stayInside(sdk);
  const timeout = access.interactive ? browserTime : (options.timeout ?? defaultLimits.login);
  const connection = sdk.createConnection({
    ...access.options(),
    ...(options.warehouse === undefined ? {} : { warehouse: options.warehouse }),
    application: "medform",
    clientConfigFile: noClientConfig,
    clientSessionKeepAlive: false,
    representNullAsStringNull: false,
    jsTreatIntegerAsBigInt: true,
    // The driver's own repetition of a login is blind to our deadline; ours is above.
    sfRetryMaxLoginRetries: 0,
    rowStreamHighWaterMark: 1_000,
  });
  let end: () => void = () => undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new ProblemError(silentProblem(access))), timeout);
      const onAbort = () => reject(options.signal?.reason);
      options.signal?.addEventListener("abort", onAbort, { once: true });
      end = () => {
        clearTimeout(timer);
        options.signal?.removeEventListener("abort", onAbort);
      };
      const refuse = (error: unknown) => reject(new ProblemError(loginProblem(error, access)));
      connection.connectAsync((error) => (error ? refuse(error) : resolve())).catch(refuse);
    });
    return connection;
  } catch (error) {
    void logOut(connection);
    throw error;
  } finally {
    end();
  }
}

/** Ends the session at the service; without waiting for an answer, which a service that is gone would not give. */
export function logOut(connection: Connection): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(done, 5_000);
    const end = () => {
      clearTimeout(timer);
      done();
    };
    try {
      connection.destroy(end);
    } catch {
      end();
    }
  });
}

/** Waits before the next attempt, after the `count`-th: longer each time, up to eight seconds, and not all at once. */
export function pauses(count: number, signal?: AbortSignal): Promise<void> {
  const milliseconds = Math.min(250 * 2 ** (count - 1), 8_000) * (0.75 + Math.random() / 2);
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

const whereOf = ({ accessUrl, account }: SnowflakeAccess) =>
  accessUrl === undefined ? account : `${account} (${accessUrl})`;

const silentProblem = (access: SnowflakeAccess): Problem =>
  access.interactive
    ? {
        code: "snowflake-login-browser",
        message: "Nobody logged in in the browser in time.",
        hint: "Try again, and log in in the window that opens.",
      }
    : { code: unreachable, message: `Snowflake's account ${whereOf(access)} does not answer.`, hint: network };

const network =
  "Look whether this machine may reach it by HTTPS: a firewall, a proxy (HTTPS_PROXY) or a private link may stand between.";

type Say = (access: SnowflakeAccess) => Pick<Problem, "message"> & Partial<Problem>;

const login = "snowflake-login";
const who = ({ user, account }: SnowflakeAccess) => `${user ?? "the token's user"} at ${account}`;

/** By Snowflake's numbers. What it says itself is not repeated: it may name addresses and people. */
const said: Readonly<Record<string, Say>> = {
  "390100": (access) =>
    access.method === "password"
      ? {
          message: `Snowflake does not know this password, or the user (${who(access)}).`,
          hint: "Users made for programs cannot log in by password at all: give them a key pair.",
        }
      : { message: `Snowflake does not accept this login of ${who(access)}.`, hint: "Check user, account and method." },
  "390101": (access) => ({
    message: `The user is locked, or may not log in (${who(access)}).`,
    hint: "An administrator can see why: `describe user`.",
  }),
  "390102": (access) => ({
    message: `The user is locked after too many wrong logins (${who(access)}).`,
    hint: "Wait a quarter of an hour, or have it unlocked: `alter user … set mins_to_unlock = 0`.",
  }),
  "390106": (access) => ({
    message: `The password of ${who(access)} has expired.`,
    hint: "Set a new one, or better a key pair.",
  }),
  "390144": jwt,
  "394300": jwt,
  "394301": jwt,
  "394302": jwt,
  "394303": jwt,
  "394304": (access) => ({
    message: `Snowflake knows another public key of ${who(access)}, or none: the key that was used is not registered.`,
    hint: "Register it: `alter user … set rsa_public_key = '…'`; `describe user` shows the fingerprint that is known.",
  }),
  "390189": (access) => ({
    message: `The role ${access.role ?? ""} does not exist, or is not granted to ${who(access)}.`,
    hint: "Name another role in the environment's connection, or `grant role … to user …`.",
    code: "snowflake-login-role",
  }),
  "390201": (access) => ({
    message: `A warehouse, database or role of this login does not exist, or is not granted (warehouse ${access.warehouse ?? "not said"}, role ${access.role ?? "not said"}).`,
    hint: "Check the names; `grant usage on warehouse … to role …`.",
    code: "snowflake-login-role",
  }),
  "390303": token,
  "390318": expired,
  "394400": token,
  "394401": expired,
  "390195": expired,
  "390420": policy,
  "390422": policy,
  "390432": policy,
  "394507": mfa,
  "394508": mfa,
  "390127": mfa,
  "390197": mfa,
  "390121": (access) => ({
    message: `Snowflake has no account ${access.account}, or it is suspended.`,
    hint: accountHint,
    code: "snowflake-login-account",
  }),
  "390191": (access) => ({
    message: `Snowflake does not know the single sign-on of ${who(access)}.`,
    hint: "The account must have an identity provider, and the user this login name.",
  }),
};

const accountHint =
  "It is ORGANISATION-ACCOUNT, as `select current_organization_name() || '-' || current_account_name()` returns it.";

function jwt(access: SnowflakeAccess) {
  return {
    message: `Snowflake does not accept the key of ${who(access)}.`,
    hint: "Usual causes: the public key is not registered with this user (`alter user … set rsa_public_key`); user or account are misspelt; this machine's clock is wrong by more than a minute.",
    code: "snowflake-login-key",
  };
}

function token(access: SnowflakeAccess) {
  return {
    message: `Snowflake does not accept this token (${access.method}).`,
    hint: "Check that authenticator fits it (programmatic_access_token or oauth), that it is whole, and that it is of this account and user.",
    code: "snowflake-login-token",
  };
}

function expired(access: SnowflakeAccess) {
  return {
    message: `The token has expired (${access.method}).`,
    hint: "Make a new one and put it where the old one was; its file is read anew at each login.",
    code: "snowflake-login-token",
  };
}

function policy(access: SnowflakeAccess) {
  return {
    message: `A network policy of Snowflake keeps ${who(access)} out from where this runs.`,
    hint: "An administrator can allow this machine's address. A programmatic access token needs a network policy for its user.",
    code: "snowflake-login-policy",
  };
}

function mfa(access: SnowflakeAccess) {
  return {
    message: `Snowflake wants a second factor of ${who(access)}, which a program cannot give.`,
    hint: "Use a key pair or a programmatic access token.",
    code: "snowflake-login-mfa",
  };
}

/** What is wrong with a login, for people: `medform status` prints it. Holds no secret, and nothing that Snowflake said. */
export function loginProblem(error: unknown, access: SnowflakeAccess): Problem {
  if (error instanceof ProblemError && error.problems[0] !== undefined) return error.problems[0];
  const { code } = rawOf(error);
  const say = said[code];
  if (say !== undefined) return { code: login, ...say(access) };

  const { cause, response } = (typeof error === "object" && error !== null ? error : {}) as {
    readonly cause?: { readonly code?: unknown };
    readonly response?: { readonly status?: unknown; readonly statusCode?: unknown };
  };
  const status = response?.statusCode ?? response?.status;
  const system = String(cause?.code ?? (error as { readonly code?: unknown })?.code ?? "");
  if (status === 403 || status === 404 || system === "ENOTFOUND") {
    return {
      code: "snowflake-login-account",
      message: `There is no Snowflake account at ${whereOf(access)}.`,
      hint: `${accountHint} ${network}`,
    };
  }
  if (/CERT|SIGNATURE|SELF_SIGNED|ISSUER/.test(system)) {
    return {
      code: "snowflake-login-certificate",
      message: `The certificate of ${whereOf(access)} is not trusted here.`,
      hint: "Where a proxy of yours opens TLS, give Node its certificate: NODE_EXTRA_CA_CERTS=/path/to/ca.pem",
    };
  }
  if (typeof status === "number" || /^40[12]00\d$/.test(code) || /^E[A-Z]+$/.test(system)) {
    const how = typeof status === "number" ? `answers ${status}` : "cannot be reached";
    return { code: unreachable, message: `Snowflake's account ${whereOf(access)} ${how}.`, hint: network };
  }
  const number = /^\d{6}$/.test(code) ? ` (its number ${code})` : "";
  return {
    code: login,
    message: `Snowflake refused the login of ${who(access)} by ${access.method}${number}.`,
    hint: "Its login history says why: `select * from table(information_schema.login_history()) order by event_timestamp desc`.",
  };
}
