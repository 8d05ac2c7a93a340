/**
 * Settings of a connection as Snowflake's own tools keep them: connections.toml, else the `connections` of config.toml, in the
 * first folder that is there; each setting can be overridden by SNOWFLAKE_CONNECTIONS_<NAME>_<SETTING>, and what none of these
 * says is taken from SNOWFLAKE_<SETTING>. This is the order of the Snowflake CLI.
 */
import { readFileSync, statSync } from "node:fs";
import { homedir, platform } from "node:os";
import { join } from "node:path";
import { parse } from "smol-toml";
import { nearest, ProblemError } from "../../graph/index.js";

export type Env = Readonly<Record<string, string | undefined>>;

/** One setting with where it stands, for people; the text may be a secret. */
export interface Setting {
  readonly text: string;
  /** `SNOWFLAKE_USER`, or `user of [prod] in /home/ada/.snowflake/connections.toml`. */
  readonly from: string;
}

export interface ConnectionSettings {
  /** The name of the connection whose settings these are; undefined where there is none, and only the process speaks. */
  readonly name: string | undefined;
  get(key: string): Setting | undefined;
}

const secrets: ReadonlySet<string> = new Set([
  "password",
  "token",
  "private_key_raw",
  "private_key_passphrase",
  "private_key_file_pwd",
  "oauth_client_secret",
  "passcode",
  "proxy_password",
]);

function foldersOf(env: Env): readonly string[] {
  const home = env.HOME || env.USERPROFILE || homedir();
  if (env.SNOWFLAKE_HOME) return [env.SNOWFLAKE_HOME.replace(/^~(?=$|[/\\])/, home)];
  const own: Partial<Record<NodeJS.Platform, string>> = {
    darwin: join(home, "Library", "Application Support", "snowflake"),
    win32: join(home, "AppData", "Local", "snowflake"),
  };
  return [join(home, ".snowflake"), own[platform()] ?? join(env.XDG_CONFIG_HOME || join(home, ".config"), "snowflake")];
}

type Table = Readonly<Record<string, unknown>>;

const isTable = (value: unknown): value is Table =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);

/** `undefined` where there is no such file. The parser quotes the line that it stumbles over, which may hold a secret. */
function readToml(file: string): Table | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new ProblemError({
      code: "snowflake-connections-file",
      message: `${file} cannot be read (${String(code)}).`,
      hint: "Give the user that runs this the right to read it, or name another folder by SNOWFLAKE_HOME.",
    });
  }
  return parseToml(text, file);
}

function parseToml(text: string, file: string): Table {
  try {
    return parse(text);
  } catch (error) {
    const line = error instanceof Error && "line" in error ? `, line ${String(error.line)}` : "";
    throw new ProblemError({
      code: "snowflake-connections-file",
      message: `${file} is no TOML${line}.`,
      hint: 'Write names without quotes, and texts in quotes: user = "ADA".',
    });
  }
}

interface Found {
  readonly connections: Table;
  readonly file: string;
  readonly defaultName: string | undefined;
}

function find(env: Env): Found | undefined {
  if (env.SNOWFLAKE_CONNECTIONS) {
    const file = "SNOWFLAKE_CONNECTIONS";
    return { connections: parseToml(env.SNOWFLAKE_CONNECTIONS, file), file, defaultName: undefined };
  }
  for (const folder of foldersOf(env)) {
    const config = readToml(join(folder, "config.toml"));
    const stated = config?.default_connection_name;
    const defaultName = typeof stated === "string" ? stated : undefined;
    const file = join(folder, "connections.toml");
    const connections = readToml(file);
    if (connections !== undefined) return { connections, file, defaultName };
    if (isTable(config?.connections)) {
      return { connections: config.connections, file: join(folder, "config.toml"), defaultName };
    }
  }
  return undefined;
}

/** Other tools refuse such a file too: on a machine that others use, it is as good as published. */
function ensurePrivate(file: string, table: Table): void {
  if (platform() === "win32" || file === "SNOWFLAKE_CONNECTIONS") return;
  const { mode } = statSync(file);
  const holdsSecret = Object.keys(table).some((key) => secrets.has(key.toLowerCase()));
  if ((mode & 0o022) === 0 && !(holdsSecret && (mode & 0o044) !== 0)) return;
  throw new ProblemError({
    code: "snowflake-connections-file",
    message: `${file} can be ${(mode & 0o022) !== 0 ? "changed" : "read"} by other users of this machine.`,
    hint: `Take that from them: chmod 600 ${file}`,
  });
}

const envName = (text: string) => text.toUpperCase().replace(/[^A-Z0-9]/g, "_");

/**
 * The settings of the connection `wanted`, else of the default one, where there is one.
 *
 * @throws ProblemError `snowflake-connections-file`, `snowflake-connection-unknown`.
 */
export function connectionSettings(env: Env, wanted: string | undefined): ConnectionSettings {
  const found = find(env);
  const stated = wanted ?? (env.SNOWFLAKE_DEFAULT_CONNECTION_NAME || found?.defaultName);
  const name = stated ?? "default";
  const entry = found === undefined || !Object.hasOwn(found.connections, name) ? undefined : found.connections[name];
  const table = isTable(entry) ? entry : undefined;
  const prefix = `SNOWFLAKE_CONNECTIONS_${envName(name)}_`;
  const inEnv = Object.keys(env).some((key) => key.startsWith(prefix));
  if (found !== undefined && table !== undefined) ensurePrivate(found.file, table);
  if (stated !== undefined && table === undefined && !inEnv) throw unknown(name, wanted, found);

  return {
    name: table !== undefined || inEnv ? name : undefined,
    get(key) {
      const own = `${prefix}${envName(key)}`;
      if (env[own]) return { text: env[own], from: own };
      const stored = table === undefined || !Object.hasOwn(table, key) ? undefined : table[key];
      if (stored !== undefined && stored !== "" && !isTable(stored)) {
        return { text: String(stored), from: `${key} of [${name}] in ${found?.file}` };
      }
      const general = `SNOWFLAKE_${envName(key)}`;
      return env[general] ? { text: env[general], from: general } : undefined;
    },
  };
}

function unknown(name: string, wanted: string | undefined, found: Found | undefined): ProblemError {
  const names =
    found === undefined ? [] : Object.keys(found.connections).filter((key) => isTable(found.connections[key]));
  const [near] = nearest(name, names, 1);
  const there =
    found === undefined ? "there is no connections.toml" : `${found.file} has ${names.join(", ") || "no connection"}`;
  return new ProblemError({
    code: "snowflake-connection-unknown",
    message: `There is no Snowflake connection "${name}": ${there}.`,
    hint: `${near === undefined ? "" : `Did you mean ${near}? `}It is named by ${wanted === undefined ? "SNOWFLAKE_DEFAULT_CONNECTION_NAME or config.toml" : "connectionName in environments.json"}.`,
  });
}
