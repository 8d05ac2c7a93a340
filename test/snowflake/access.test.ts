/** Logging in by each way that medform offers, and what is said when it fails: the real driver against the server. */
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type Problem, ProblemError } from "../../src/graph/index.js";
import { accessFrom } from "../../src/warehouse/snowflake/access.js";
import { createPool } from "../../src/warehouse/snowflake/pool.js";
import { type SnowflakeServer, startSnowflake } from "../snowflake-server/client.js";

const folder = mkdtempSync(join(tmpdir(), "medform-login-"));
const passphrase = "open sesame";
const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
const keyFile = join(folder, "key.p8");
const strangerFile = join(folder, "stranger.p8");
const pem = { type: "pkcs8", format: "pem" } as const;
writeFileSync(keyFile, pair.privateKey.export({ ...pem, cipher: "aes-256-cbc", passphrase }), { mode: 0o600 });
const stranger = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
writeFileSync(strangerFile, stranger.export(pem), { mode: 0o600 });

let snowflake: SnowflakeServer;

beforeAll(async () => {
  snowflake = await startSnowflake({
    interpreter: "fake",
    users: [
      { name: "PETRA", password: "right-password", roles: ["RUNNER"], defaultRole: "RUNNER" },
      { name: "KEITH", publicKeys: [pair.publicKey.export({ type: "spki", format: "pem" }).toString()] },
      { name: "TONI", accessTokens: ["pat-1"], oauthTokens: ["oauth-1"], expiredOauthTokens: ["oauth-0"] },
    ],
  });
});

beforeEach(() => snowflake.reset());

afterAll(async () => {
  await snowflake[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

type Settings = Parameters<typeof accessFrom>[1];

/** Logs in and asks something. */
async function enter(env: Readonly<Record<string, string>>, settings: Settings, patience = 20_000): Promise<void> {
  const access = accessFrom({ HOME: folder, ...env }, { account: "TEST", accessUrl: snowflake.accessUrl, ...settings });
  await using pool = createPool({ access, size: 1, limits: { patience } });
  const session = await pool.acquire();
  await session.rows("select 1");
}

async function refusal(...given: Parameters<typeof enter>): Promise<Problem> {
  try {
    await enter(...given);
  } catch (error) {
    if (!(error instanceof ProblemError) || error.problems[0] === undefined) throw error;
    const shown = [inspect(error, { depth: 9, showHidden: true }), JSON.stringify(error)].join();
    for (const secret of [...Object.values(given[0]), passphrase, "PRIVATE KEY"]) expect(shown).not.toContain(secret);
    return error.problems[0];
  }
  throw new Error("nothing was refused");
}

const last = async () => (await snowflake.sessions()).at(-1);

describe("a login", () => {
  it("is by password, with role and warehouse", async () => {
    await enter({ SNOWFLAKE_PASSWORD: "right-password" }, { user: "petra", role: "RUNNER", warehouse: "REFRESH" });
    expect(await last()).toMatchObject({ user: "PETRA", role: "RUNNER", warehouse: "REFRESH", application: "medform" });
  });

  it("is by key pair with a passphrase", async () => {
    await enter({ SNOWFLAKE_PRIVATE_KEY_PASSPHRASE: passphrase }, { user: "KEITH", privateKeyFile: keyFile });
    expect(await last()).toMatchObject({ user: "KEITH" });
  });

  it("is by programmatic access token and by OAuth token, from a file or the process", async () => {
    const tokenFile = join(folder, "token");
    writeFileSync(tokenFile, "pat-1\n", { mode: 0o600 });
    await enter({}, { user: "TONI", authenticator: "programmatic_access_token", tokenFile });
    await enter({ SNOWFLAKE_TOKEN: "oauth-1" }, { authenticator: "oauth" });
    expect(await last()).toMatchObject({ user: "TONI" });
  });

  it("outlives a service that is busy or drops connections for a moment", async () => {
    const path = "login-request";
    await snowflake.hook({ on: "path", matches: path, occurrence: 1, effect: { kind: "status", status: 503 } });
    await snowflake.hook({ on: "path", matches: path, occurrence: 2, effect: { kind: "drop" } });
    await enter({ SNOWFLAKE_PASSWORD: "right-password" }, { user: "PETRA" });
    expect((await snowflake.requests())["POST /session/v1/login-request"]).toBe(3);
  });
});

describe("what is wrong with a login is said in plain words", () => {
  const right = { SNOWFLAKE_PASSWORD: "right-password" };

  it("of a wrong password or user", async () => {
    const problem = await refusal({ SNOWFLAKE_PASSWORD: "wrong-password" }, { user: "PETRA" });
    expect(problem).toMatchObject({ code: "snowflake-login" });
    expect(problem.message).toBe("Snowflake does not know this password, or the user (PETRA at TEST).");
  });

  it("of a key that is not registered, and of a clock that is wrong", async () => {
    const problem = await refusal({}, { user: "KEITH", privateKeyFile: strangerFile });
    expect(problem.code).toBe("snowflake-login-key");
    expect(problem.hint).toMatch(/public key is not registered.*misspelt.*clock/);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - 3_600_000 });
    const late = refusal({ SNOWFLAKE_PRIVATE_KEY_PASSPHRASE: passphrase }, { user: "KEITH", privateKeyFile: keyFile });
    expect((await late).code).toBe("snowflake-login-key");
    vi.useRealTimers();
  });

  it("of a token that is wrong, and of one that has expired", async () => {
    const wrong = await refusal({ SNOWFLAKE_TOKEN: "pat-of-nobody" }, { authenticator: "programmatic_access_token" });
    expect(wrong).toMatchObject({
      code: "snowflake-login-token",
      message: expect.stringMatching(/does not accept this token/),
    });
    const expired = await refusal({ SNOWFLAKE_TOKEN: "oauth-0" }, { authenticator: "oauth" });
    expect(expired).toMatchObject({ code: "snowflake-login-token", message: "The token has expired (OAuth)." });
  });

  it("of a role that was not granted", async () => {
    const problem = await refusal(right, { user: "PETRA", role: "ACCOUNTADMIN" });
    expect(problem).toMatchObject({
      code: "snowflake-login-role",
      message: expect.stringMatching(/role ACCOUNTADMIN/),
    });
  });

  it.each([
    ["390432", "snowflake-login-policy", /network policy/],
    ["394508", "snowflake-login-mfa", /second factor/],
    ["390102", "snowflake-login", /locked after too many/],
    ["390106", "snowflake-login", /password of PETRA at TEST has expired/],
    ["399999", "snowflake-login", /refused the login of PETRA at TEST by password \(its number 399999\)/],
  ])("of what Snowflake numbers %s", async (number, code, message) => {
    const effect = { kind: "error", code: number, sqlState: "08001", message: "of 10.1.2.3, Ada" } as const;
    await snowflake.hook({ on: "path", matches: "login-request", effect });
    const problem = await refusal(right, { user: "PETRA" });
    expect(problem.code).toBe(code);
    expect(problem.message).toMatch(message);
    expect(JSON.stringify(problem)).not.toContain("10.1.2.3");
  });

  it("of an account that is not there, and of a machine that is not reached", async () => {
    await snowflake.hook({ on: "path", matches: "login-request", effect: { kind: "status", status: 403 } });
    expect((await refusal(right, { user: "PETRA" })).code).toBe("snowflake-login-account");
    const nobody = await refusal(right, { user: "PETRA", accessUrl: "http://127.0.0.1:9" }, 300);
    expect(nobody).toMatchObject({
      code: "snowflake-unreachable",
      message: expect.stringMatching(/cannot be reached/),
    });
  });

  it("of a service that is down for longer than we are patient", async () => {
    await snowflake.hook({ on: "path", matches: "login-request", effect: { kind: "status", status: 503 } });
    const begun = performance.now();
    const problem = await refusal(right, { user: "PETRA" }, 400);
    expect(problem).toMatchObject({ code: "snowflake-unreachable", message: expect.stringMatching(/answers 503/) });
    expect(performance.now() - begun).toBeLessThan(5_000);
  });

  it("of a warehouse that the role may not use", async () => {
    const effect = { kind: "error", code: "002043", sqlState: "02000", message: "Object does not exist" } as const;
    await snowflake.hook({ on: "statement", matches: "^use warehouse", effect });
    const access = accessFrom(
      { HOME: folder, ...right },
      { account: "TEST", accessUrl: snowflake.accessUrl, user: "PETRA" },
    );
    await using pool = createPool({ access, size: 1, compute: { warehouse: "A", byTag: { heavy: "B" } } });
    const plan = { runId: "r", project: "p", actions: [], tags: ["heavy"], attempt: 1, builds: [], between: [] };
    await expect(pool.acquire(plan)).rejects.toThrow(
      "the warehouse B does not exist on Snowflake, or the role may not use it",
    );
  });
});
