/**
 * What reaches an account: where it is, who logs in, and how. Collected from environments.json, the process and the files of
 * Snowflake's tools before anything is sent, so that what is missing is said in plain words. Secrets stay in a closure.
 */
import { createPrivateKey, type KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { ProblemError } from "../../graph/index.js";
import type { SnowflakeConnection } from "../../project/index.js";
import { type ConnectionSettings, connectionSettings, type Env, type Setting } from "./connections.js";
import type { ConnectionOptions } from "./driver.js";

/** By what somebody shows who they are. */
export type LoginMethod =
  | "key pair"
  | "programmatic access token"
  | "OAuth"
  | "external browser"
  | "password"
  | "other";

export interface SnowflakeAccess {
  /** Account identifier, without the domain. */
  readonly account: string;
  /** Where requests go, where that is not the account's own address. */
  readonly accessUrl: string | undefined;
  /** Undefined where the token says it. */
  readonly user: string | undefined;
  readonly method: LoginMethod;
  readonly role: string | undefined;
  readonly warehouse: string | undefined;
  /** The connection of connections.toml that was used. */
  readonly connection: string | undefined;
  /** A person has to act in a browser: a login is not repeated by itself. */
  readonly interactive: boolean;
  /** For the driver alone: holds the secrets, read anew from their files. @throws ProblemError */
  options(): ConnectionOptions;
}

type Settings = Partial<SnowflakeConnection>;

const missing = (message: string, hint: string) => new ProblemError({ code: "snowflake-access", message, hint });

/** Where a setting can be said, for hints. */
const sayIt = (key: string, camel: string | undefined) =>
  `Say ${camel === undefined ? "" : `${camel} in the environment's connection, `}SNOWFLAKE_${key.toUpperCase()} in the process, or ${key} in connections.toml.`;

/**
 * How to reach Snowflake. The environment's own settings go first, then those of a connection as the Snowflake CLI finds them.
 *
 * @throws ProblemError `snowflake-access` for what is missing or cannot be used, `snowflake-connection-unknown`,
 *   `snowflake-connections-file`. No secret is in any of them.
 */
export function accessFrom(env: Env, settings: Settings = {}): SnowflakeAccess {
  const stored = connectionSettings(env, settings.connectionName);
  const own = (value: string | undefined, key: string): Setting | undefined =>
    value === undefined ? stored.get(key) : { text: value, from: "environments.json" };

  const { account, accessUrl } = addressOf(settings, stored, own);
  const login = loginOf(settings, stored, own);
  const user = own(settings.user, "user")?.text ?? stored.get("username")?.text;
  if (user === undefined && login.needsUser) {
    throw missing(`It is not said who logs in to Snowflake by ${login.method}.`, sayIt("user", "user"));
  }
  const role = own(settings.role, "role")?.text;
  const warehouse = own(settings.warehouse, "warehouse")?.text;
  const extra = extraOptions(stored);
  login.secrets();
  return {
    account,
    accessUrl,
    user,
    method: login.method,
    role,
    warehouse,
    connection: stored.name,
    interactive: login.interactive,
    options: () => ({
      ...extra,
      account,
      ...(accessUrl === undefined ? {} : { accessUrl }),
      ...(user === undefined ? {} : { username: user }),
      ...(role === undefined ? {} : { role }),
      ...(warehouse === undefined ? {} : { warehouse }),
      authenticator: login.authenticator,
      ...login.secrets(),
    }),
  };
}

type Own = (value: string | undefined, key: string) => Setting | undefined;

const domain = /\.snowflakecomputing\.(?:com|cn|mil)$/i;

export const isLoopback = (url: string | undefined): boolean =>
  url !== undefined && /^https?:\/\/(?:127(?:\.\d+){3}|localhost|\[::1\])(?=[:/]|$)/i.test(url);

function addressOf(settings: Settings, stored: ConnectionSettings, own: Own) {
  const named = own(settings.account, "account");
  const account = named?.text
    .trim()
    .replace(/^https?:\/\//i, "")
    .replace(/\/.*$/, "")
    .replace(domain, "");
  const host = stored.get("host");
  const url = settings.accessUrl ?? (host === undefined ? undefined : urlOf(host.text, stored));
  if (url !== undefined && /^http:/i.test(url) && !isLoopback(url)) {
    throw missing(
      "Snowflake's address begins with http: what is sent there, the login too, could be read on the way.",
      "Write https.",
    );
  }
  if (account === undefined || account === "") {
    throw missing(
      "It is not said which Snowflake account to reach.",
      `${sayIt("account", "account")} It is ORGANISATION-ACCOUNT, as \`select current_organization_name() || '-' || current_account_name()\` returns it.`,
    );
  }
  if (!/^[\w.-]+$/.test(account)) {
    throw missing(
      `The Snowflake account of ${named?.from} is no account identifier.`,
      "It is ORGANISATION-ACCOUNT, such as ACME-EHR.",
    );
  }
  return { account, accessUrl: url };
}

function urlOf(host: string, stored: ConnectionSettings): string {
  const port = stored.get("port")?.text;
  return `${stored.get("protocol")?.text ?? "https"}://${host}${port === undefined ? "" : `:${port}`}`;
}

interface Login {
  readonly method: LoginMethod;
  readonly authenticator: string;
  readonly needsUser: boolean;
  readonly interactive: boolean;
  /** @throws ProblemError where they cannot be read. */
  secrets(): Partial<ConnectionOptions>;
}

function loginOf(settings: Settings, stored: ConnectionSettings, own: Own): Login {
  const keyFile = own(settings.privateKeyFile, "private_key_file") ?? stored.get("private_key_path");
  const keyText = stored.get("private_key_raw") ?? stored.get("private_key");
  const token = stored.get("token");
  const tokenFile = own(settings.tokenFile, "token_file_path");
  const password = stored.get("password");
  const stated = own(settings.authenticator, "authenticator");
  const authenticator = stated?.text ?? guess({ keyFile, keyText, token, tokenFile, password });
  const kind = authenticator.toUpperCase();
  const plain = { authenticator: kind, needsUser: true, interactive: false };

  switch (kind) {
    case "SNOWFLAKE_JWT": {
      if (keyFile === undefined && keyText === undefined) {
        throw missing(
          "The private key to log in to Snowflake with is not said.",
          sayIt("private_key_file", "privateKeyFile"),
        );
      }
      const passphrase =
        stored.get("private_key_passphrase") ??
        stored.get("private_key_file_pwd") ??
        stored.get("private_key_file_passphrase");
      return {
        ...plain,
        method: "key pair",
        secrets: () => ({ privateKey: privateKey(keyFile, keyText, passphrase) }),
      };
    }
    case "PROGRAMMATIC_ACCESS_TOKEN":
    case "OAUTH": {
      const method = kind === "OAUTH" ? "OAuth" : "programmatic access token";
      const given = token ?? (kind === "OAUTH" || tokenFile !== undefined ? undefined : password);
      if (given === undefined && tokenFile === undefined) {
        throw missing(
          `The token to log in to Snowflake with is not said (${method}).`,
          "Say tokenFile in the environment's connection, SNOWFLAKE_TOKEN or SNOWFLAKE_TOKEN_FILE_PATH in the process, or token_file_path in connections.toml.",
        );
      }
      const read = () => given?.text ?? (tokenFile === undefined ? "" : readSecret(tokenFile, "token").trim());
      return { ...plain, method, needsUser: false, secrets: () => ({ token: read() }) };
    }
    case "EXTERNALBROWSER":
      return { ...plain, method: "external browser", needsUser: false, interactive: true, secrets: () => ({}) };
    case "SNOWFLAKE":
    case "USERNAME_PASSWORD_MFA": {
      if (password === undefined) {
        throw missing(
          "The password to log in to Snowflake with is not said.",
          "Say SNOWFLAKE_PASSWORD in the process. Accounts refuse passwords alone more and more: a key pair (privateKeyFile) is better.",
        );
      }
      const passcode = stored.get("passcode")?.text;
      const interactive = kind === "USERNAME_PASSWORD_MFA" || passcode !== undefined;
      const secrets = () => ({ password: password.text, ...(passcode === undefined ? {} : { passcode }) });
      return { ...plain, method: "password", interactive, secrets };
    }
    case "OAUTH_CLIENT_CREDENTIALS":
    case "OAUTH_AUTHORIZATION_CODE": {
      const text = (key: string) => stored.get(key)?.text;
      const interactive = kind === "OAUTH_AUTHORIZATION_CODE";
      const secrets = () =>
        defined({
          oauthClientId: text("oauth_client_id"),
          oauthClientSecret: text("oauth_client_secret"),
          oauthAuthorizationUrl: text("oauth_authorization_url"),
          oauthTokenRequestUrl: text("oauth_token_request_url"),
          oauthRedirectUri: text("oauth_redirect_uri"),
          oauthScope: text("oauth_scope"),
        });
      return { ...plain, method: "OAuth", needsUser: false, interactive, secrets };
    }
    case "WORKLOAD_IDENTITY": {
      const provider = stored.get("workload_identity_provider")?.text as ConnectionOptions["workloadIdentityProvider"];
      const secrets = () => defined({ workloadIdentityProvider: provider, token: token?.text });
      return { ...plain, method: "other", needsUser: false, secrets };
    }
    default:
      if (/^https:\/\//i.test(authenticator) && password !== undefined) {
        return { ...plain, authenticator, method: "other", secrets: () => ({ password: password.text }) };
      }
      throw missing(
        `${stated?.from ?? "The process"} names a way to log in to Snowflake that is not known.`,
        "Known are snowflake_jwt (key pair), programmatic_access_token, oauth, externalbrowser and snowflake (password).",
      );
  }
}

function guess(
  given: Readonly<Record<"keyFile" | "keyText" | "token" | "tokenFile" | "password", Setting | undefined>>,
) {
  if (given.keyFile !== undefined || given.keyText !== undefined) return "SNOWFLAKE_JWT";
  if (given.token !== undefined || given.tokenFile !== undefined) {
    throw missing(
      `There is a token to log in to Snowflake with (${(given.token ?? given.tokenFile)?.from}), but not of which kind it is.`,
      "Say authenticator: programmatic_access_token or oauth.",
    );
  }
  if (given.password !== undefined) return "SNOWFLAKE";
  throw missing(
    "It is not said how to log in to Snowflake.",
    "Say one of: privateKeyFile (a key pair), tokenFile with authenticator programmatic_access_token or oauth, authenticator externalbrowser, or SNOWFLAKE_PASSWORD in the process. Snowflake's connections.toml is read too; docs/snowflake.md shows each.",
  );
}

function readSecret({ text: path, from }: Setting, what: string): string {
  try {
    return readFileSync(path.replace(/^~(?=[/\\])/, homedir()), "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    const why = code === "ENOENT" ? "does not exist" : `cannot be read (${code})`;
    throw missing(`The file of the ${what} ${why}: ${path} (${from}).`, "Name it by its absolute path.");
  }
}

/** As the driver wants it: without passphrase, PKCS#8. */
function privateKey(file: Setting | undefined, raw: Setting | undefined, passphrase: Setting | undefined): string {
  const from = file === undefined ? raw?.from : `${file.text} (${file.from})`;
  const pem = file === undefined ? (raw?.text ?? "").replaceAll("\\n", "\n") : readSecret(file, "private key");
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem)) {
    const instead = pem.includes("BEGIN PUBLIC KEY") ? "the public key" : "no private key";
    throw missing(
      `${from} holds ${instead}.`,
      "A private key in PEM begins with -----BEGIN PRIVATE KEY----- or -----BEGIN ENCRYPTED PRIVATE KEY-----.",
    );
  }
  const encrypted = pem.includes("ENCRYPTED");
  if (encrypted && passphrase === undefined) {
    throw missing(
      `The private key of ${from} has a passphrase, which is not said.`,
      "Say SNOWFLAKE_PRIVATE_KEY_PASSPHRASE in the process, or private_key_passphrase in connections.toml.",
    );
  }
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: pem, format: "pem", ...(encrypted ? { passphrase: passphrase?.text } : {}) });
  } catch {
    throw missing(
      encrypted ? `The passphrase does not open the private key of ${from}.` : `The private key of ${from} is damaged.`,
      encrypted ? `It was taken from ${passphrase?.from}.` : "Make a new pair, or restore it.",
    );
  }
  if (key.asymmetricKeyType !== "rsa") {
    throw missing(`The private key of ${from} is no RSA key.`, "Snowflake knows RSA keys of 2048 bits and more.");
  }
  return key.export({ format: "pem", type: "pkcs8" }).toString();
}

const defined = <T extends object>(options: T): Partial<T> =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>;

function extraOptions(stored: ConnectionSettings): Partial<ConnectionOptions> {
  const text = (key: string) => stored.get(key)?.text;
  const flag = (key: string) => (text(key) === undefined ? undefined : /^(?:true|1|on|yes)$/i.test(text(key) ?? ""));
  const port = text("proxy_port");
  return defined({
    proxyHost: text("proxy_host"),
    proxyPort: port === undefined ? undefined : Number(port),
    proxyUser: text("proxy_user"),
    proxyPassword: text("proxy_password"),
    noProxy: text("no_proxy"),
    clientStoreTemporaryCredential: flag("client_store_temporary_credential"),
    clientRequestMFAToken: flag("client_request_mfa_token"),
    certRevocationCheckMode: text(
      "cert_revocation_check_mode",
    )?.toUpperCase() as ConnectionOptions["certRevocationCheckMode"],
  });
}
