import { generateKeyPairSync } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { ProblemError } from "../../graph/index.js";
import { accessFrom } from "./access.js";
import type { Env } from "./connections.js";

const folder = mkdtempSync(join(tmpdir(), "medform-access-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let homes = 0;

/** A home folder with these files in .snowflake. */
function home(files: Readonly<Record<string, string>> = {}, mode = 0o600): { readonly HOME: string } {
  homes += 1;
  const path = join(folder, String(homes));
  mkdirSync(join(path, ".snowflake"), { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(path, ".snowflake", name), text);
    chmodSync(join(path, ".snowflake", name), mode);
  }
  return { HOME: path };
}

const passphrase = "open sesame";
const keyFile = join(folder, "key.p8");
const lockedFile = join(folder, "locked.p8");
const publicFile = join(folder, "key.pub");
const pem = { type: "pkcs8", format: "pem" } as const;
const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
writeFileSync(keyFile, pair.privateKey.export(pem));
writeFileSync(lockedFile, pair.privateKey.export({ ...pem, cipher: "aes-256-cbc", passphrase }));
writeFileSync(publicFile, pair.publicKey.export({ type: "spki", format: "pem" }));
const plainKey = pair.privateKey.export(pem);

function refusal(env: Env, settings: Parameters<typeof accessFrom>[1] = {}) {
  try {
    accessFrom(env, settings);
  } catch (error) {
    if (error instanceof ProblemError && error.problems[0] !== undefined) return error.problems[0];
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("how an account is reached", () => {
  it("is said by the process alone", () => {
    const access = accessFrom({
      ...home(),
      SNOWFLAKE_ACCOUNT: "https://acme-ehr.snowflakecomputing.com/",
      SNOWFLAKE_USER: "ADA",
      SNOWFLAKE_PASSWORD: "secret",
      SNOWFLAKE_ROLE: "RUNNER",
      SNOWFLAKE_WAREHOUSE: "REFRESH",
    });
    expect(access).toMatchObject({ account: "acme-ehr", user: "ADA", role: "RUNNER", method: "password" });
    expect(access.options()).toMatchObject({ username: "ADA", password: "secret", authenticator: "SNOWFLAKE" });
    expect(access.options()).toMatchObject({ warehouse: "REFRESH", role: "RUNNER" });
  });

  const toml = `
[default]
account = "acme-dev"
user = "DEV"
password = "of the file"

[prod]
account = "acme-ehr"
user = "MEDFORM"
private_key_file = ${JSON.stringify(lockedFile)}
private_key_passphrase = "${passphrase}"
role = "RUNNER"
`;

  it("is said by connections.toml: the default connection, the one named, and the one of the process", () => {
    const env = home({ "connections.toml": toml });
    expect(accessFrom(env)).toMatchObject({ account: "acme-dev", user: "DEV", connection: "default" });
    const prod = { account: "acme-ehr", user: "MEDFORM", connection: "prod", method: "key pair" };
    expect(accessFrom(env, { connectionName: "prod" })).toMatchObject(prod);
    expect(accessFrom({ ...env, SNOWFLAKE_DEFAULT_CONNECTION_NAME: "prod" })).toMatchObject(prod);
    const elsewhere = { HOME: folder, SNOWFLAKE_HOME: join(env.HOME, ".snowflake") };
    expect(accessFrom({ ...elsewhere, SNOWFLAKE_DEFAULT_CONNECTION_NAME: "prod" })).toMatchObject(prod);
  });

  it("is said by config.toml where there is no connections.toml", () => {
    const config = `default_connection_name = "prod"\n[connections.prod]\naccount = "acme-ehr"\nuser = "A"\npassword = "p"\n`;
    expect(accessFrom(home({ "config.toml": config }))).toMatchObject({ account: "acme-ehr", connection: "prod" });
    const both = home({
      "config.toml": config,
      "connections.toml": '[prod]\naccount = "acme-two"\nuser = "B"\npassword = "p"',
    });
    expect(accessFrom(both)).toMatchObject({ account: "acme-two", user: "B" });
  });

  it("is overridden in the order of Snowflake's own tools, and by environments.json before all", () => {
    const env = {
      ...home({ "connections.toml": toml }),
      SNOWFLAKE_USER: "GENERAL",
      SNOWFLAKE_ROLE: "GENERAL",
      SNOWFLAKE_WAREHOUSE: "GENERAL",
      SNOWFLAKE_CONNECTIONS_PROD_ROLE: "OWN",
    };
    const access = accessFrom(env, { connectionName: "prod" });
    expect(access).toMatchObject({ user: "MEDFORM", role: "OWN", warehouse: "GENERAL" });
    expect(accessFrom(env, { connectionName: "prod", role: "STATED" }).role).toBe("STATED");
  });

  it("is by a key, whose passphrase is needed once only", () => {
    const settings = { account: "acme-ehr", user: "MEDFORM" };
    const plain = accessFrom(home(), { ...settings, privateKeyFile: keyFile });
    expect(plain.options()).toMatchObject({ authenticator: "SNOWFLAKE_JWT", privateKey: plainKey });
    const env = { ...home(), SNOWFLAKE_PRIVATE_KEY_PASSPHRASE: passphrase };
    expect(accessFrom(env, { ...settings, privateKeyFile: lockedFile }).options().privateKey).toBe(plainKey);
    const raw = { ...home(), SNOWFLAKE_PRIVATE_KEY_RAW: String(plainKey).replaceAll("\n", "\\n") };
    expect(accessFrom(raw, settings).options().privateKey).toBe(plainKey);
  });

  it("is by a token, read anew each time from its file", () => {
    const tokenFile = join(folder, "token");
    writeFileSync(tokenFile, "first\n");
    const access = accessFrom(home(), { account: "acme-ehr", authenticator: "programmatic_access_token", tokenFile });
    expect(access).toMatchObject({ method: "programmatic access token", user: undefined });
    expect(access.options().token).toBe("first");
    writeFileSync(tokenFile, "second\n");
    expect(access.options().token).toBe("second");
    const oauth = { ...home(), SNOWFLAKE_TOKEN: "t" };
    expect(accessFrom(oauth, { account: "a", authenticator: "oauth" }).options()).toMatchObject({
      authenticator: "OAUTH",
      token: "t",
    });
  });

  it("is by a browser, where a person has to act", () => {
    const access = accessFrom(home(), { account: "a", user: "ADA", authenticator: "externalbrowser" });
    expect(access).toMatchObject({ method: "external browser", interactive: true });
  });

  it("shows no secret", () => {
    const env = { ...home({ "connections.toml": toml }), SNOWFLAKE_PASSWORD: "other secret" };
    const shown = inspect([accessFrom(env), accessFrom(env, { connectionName: "prod" })], {
      depth: 9,
      showHidden: true,
    });
    for (const secret of ["of the file", "other secret", passphrase, "PRIVATE KEY"])
      expect(shown).not.toContain(secret);
  });
});

describe("what is missing or wrong is said", () => {
  const settings = { account: "acme-ehr", user: "ADA" };

  it.each([
    [{}, {}, /which Snowflake account/],
    [{}, { account: "acme ehr" }, /no account identifier/],
    [{}, { account: "acme-ehr" }, /how to log in/],
    [{ SNOWFLAKE_PASSWORD: "p" }, { account: "a" }, /who logs in to Snowflake by password/],
    [{ SNOWFLAKE_TOKEN: "t" }, settings, /token .*SNOWFLAKE_TOKEN.*of which kind/],
    [{}, { ...settings, authenticator: "snowflake_jwt" as const }, /private key .* not said/],
    [{}, { ...settings, authenticator: "oauth" as const }, /token .* not said \(OAuth\)/],
    [{}, { ...settings, authenticator: "snowflake" as const }, /password .* not said/],
    [{}, { ...settings, privateKeyFile: join(folder, "nowhere") }, /private key does not exist: .*nowhere/],
    [{}, { ...settings, privateKeyFile: publicFile }, /holds the public key/],
    [{}, { ...settings, privateKeyFile: lockedFile }, /has a passphrase, which is not said/],
    [{ SNOWFLAKE_PASSWORD: "p" }, { ...settings, accessUrl: "http://acme.example" }, /begins with http/],
    [{ SNOWFLAKE_AUTHENTICATOR: "smoke signals" }, settings, /a way to log in .* not known/],
  ])("%j %j", (env, stated, message) => {
    const problem = refusal({ ...home(), ...env }, stated);
    expect(problem.code).toBe("snowflake-access");
    expect(problem.message).toMatch(message);
    expect(problem.hint).toMatch(/^[A-Z`"].*\S/s);
  });

  it("of a passphrase that does not fit, without showing it", () => {
    const env = { ...home(), SNOWFLAKE_PRIVATE_KEY_PASSPHRASE: "open barley" };
    const problem = refusal(env, { ...settings, privateKeyFile: lockedFile });
    expect(problem.message).toMatch(/does not open the private key/);
    expect(problem.hint).toContain("SNOWFLAKE_PRIVATE_KEY_PASSPHRASE");
    expect(JSON.stringify(problem)).not.toContain("barley");
  });

  it("of a connection that is not there, with the nearest", () => {
    const env = home({ "connections.toml": '[production]\naccount = "a"' });
    const problem = refusal(env, { connectionName: "prodction" });
    expect(problem.code).toBe("snowflake-connection-unknown");
    expect(problem.hint).toMatch(/^Did you mean production\?/);
    expect(refusal(home(), { connectionName: "prod" }).message).toMatch(/there is no connections.toml/);
  });

  it("of a file that others can change, or read a secret in", () => {
    const secret = '[default]\naccount = "a"\nuser = "u"\npassword = "p"';
    const open = '[default]\naccount = "a"\nuser = "u"\nauthenticator = "externalbrowser"';
    expect(refusal(home({ "connections.toml": secret }, 0o644)).message).toMatch(/can be read by other users/);
    expect(refusal(home({ "connections.toml": open }, 0o666)).message).toMatch(/can be changed by other users/);
    expect(accessFrom(home({ "connections.toml": open }, 0o644)).account).toBe("a");
  });

  it("of a file that is no TOML, without its text", () => {
    const problem = refusal(home({ "connections.toml": '[default]\npassword = "hunter2\n' }));
    expect(problem.code).toBe("snowflake-connections-file");
    expect(problem.message).toMatch(/connections\.toml is no TOML, line 2/);
    expect(JSON.stringify(problem)).not.toContain("hunter2");
  });
});
