/** Who is let in by the wire, who is told what, and how long a session lasts: the real driver against the server. */
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type SnowflakeServer, startSnowflake } from "../snowflake-server/client.js";
import { connect, destroy, execute, refusal } from "./driver.js";

const keys = () =>
  generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });

const mine = keys();
const other = keys();

let snowflake: SnowflakeServer;

beforeAll(async () => {
  snowflake = await startSnowflake({
    interpreter: "fake",
    users: [
      { name: "PETRA", password: "right", roles: ["BUILDER", "READER"], defaultRole: "READER" },
      { name: "KEITH", publicKeys: [other.publicKey, mine.publicKey] },
      { name: "TONI", accessTokens: ["pat-1"], oauthTokens: ["oauth-1"], expiredOauthTokens: ["oauth-0"] },
      { name: "BRUNO" },
    ],
  });
});

afterAll(async () => {
  await snowflake[Symbol.asyncDispose]();
});

const enter = (options: Parameters<typeof connect>[0]) => connect({ accessUrl: snowflake.accessUrl, ...options });

const lastSession = async () => (await snowflake.sessions()).at(-1);

describe("a login", () => {
  it("is by password, into the role, the compute and the place that are asked for", async () => {
    const connection = await enter({
      username: "petra",
      password: "right",
      role: "BUILDER",
      warehouse: "TRANSFORM",
      database: "EHR",
      schema: "SILVER",
      application: "medform",
      queryTag: "of the session",
    });
    expect((await execute(connection, "select 1")).rows).toEqual([{ 1: 1 }]);
    expect(await lastSession()).toMatchObject({
      user: "PETRA",
      role: "BUILDER",
      warehouse: "TRANSFORM",
      database: "EHR",
      schema: "SILVER",
      application: "medform",
      parameters: { QUERY_TAG: "of the session" },
    });
    await destroy(connection);
  });

  it("is refused for a wrong password, an unknown user and a role that was not granted", async () => {
    expect(await refusal(enter({ username: "PETRA", password: "wrong" }))).toMatchObject({ code: "390100" });
    expect(await refusal(enter({ username: "NOBODY", password: "right" }))).toMatchObject({ code: "390100" });
    const role = refusal(enter({ username: "PETRA", password: "right", role: "ACCOUNTADMIN" }));
    expect(await role).toMatchObject({ code: "390189" });
  });

  it("is by key pair, whose signature is checked against each registered key", async () => {
    const connection = await enter({
      username: "KEITH",
      authenticator: "SNOWFLAKE_JWT",
      privateKey: mine.privateKey,
    });
    expect(await lastSession()).toMatchObject({ user: "KEITH", role: "PUBLIC" });
    await destroy(connection);
  });

  it("is by key pair from a file with a passphrase", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "medform-key-")), "key.p8");
    const { publicKey, privateKey } = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "open sesame" },
    });
    writeFileSync(file, privateKey, { mode: 0o600 });
    await snowflake.user({ name: "PASCAL", publicKeys: [publicKey] });
    const options = { username: "PASCAL", authenticator: "SNOWFLAKE_JWT", privateKeyPath: file };
    await destroy(await enter({ ...options, privateKeyPass: "open sesame" }));
    // What the driver itself finds wrong is no answer of the service.
    const wrong = refusal(enter({ ...options, privateKeyPass: "open barley" }));
    expect(await wrong).toMatchObject({ code: "ERR_OSSL_BAD_DECRYPT" });
  });

  it("is refused for a key that is not registered, another user's name and another account's", async () => {
    const jwt = { authenticator: "SNOWFLAKE_JWT" } as const;
    const stranger = keys().privateKey;
    expect(await refusal(enter({ ...jwt, username: "KEITH", privateKey: stranger }))).toMatchObject({ code: "390144" });
    const keith = { ...jwt, username: "KEITH", privateKey: mine.privateKey };
    expect(await refusal(enter({ ...keith, username: "PETRA" }))).toMatchObject({ code: "390144" });
    await snowflake.set({ account: "HOSPITAL-EHR" });
    expect(await refusal(enter(keith))).toMatchObject({ code: "390144" });
    await destroy(await enter({ ...keith, account: "hospital-ehr" }));
    await snowflake.set({ account: null });
  });

  it("is refused for a token of a clock that is behind", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - 3_600_000 });
    const late = refusal(enter({ authenticator: "SNOWFLAKE_JWT", username: "KEITH", privateKey: mine.privateKey }));
    expect(await late).toMatchObject({ code: "390144" });
    vi.useRealTimers();
  });

  it("is by programmatic access token and by OAuth token, also without the user's name", async () => {
    await destroy(await enter({ username: "TONI", authenticator: "PROGRAMMATIC_ACCESS_TOKEN", token: "pat-1" }));
    await destroy(await enter({ authenticator: "OAUTH", token: "oauth-1" }));
    expect(await lastSession()).toMatchObject({ user: "TONI" });
  });

  it("is refused for tokens that are wrong, run out or another's", async () => {
    const pat = { authenticator: "PROGRAMMATIC_ACCESS_TOKEN", username: "TONI" } as const;
    expect(await refusal(enter({ ...pat, token: "pat-2" }))).toMatchObject({ code: "394400" });
    expect(await refusal(enter({ ...pat, username: "PETRA", token: "pat-1" }))).toMatchObject({ code: "394400" });
    expect(await refusal(enter({ authenticator: "OAUTH", token: "x" }))).toMatchObject({ code: "390303" });
    expect(await refusal(enter({ authenticator: "OAUTH", token: "oauth-0" }))).toMatchObject({ code: "390318" });
  });

  it("is by an external browser, as far as the driver goes without https", async () => {
    const connection = await enter({
      username: "BRUNO",
      authenticator: "EXTERNALBROWSER",
      disableConsoleLogin: false,
      openExternalBrowserCallback: (address: string) => {
        const { pathname, search } = new URL(address);
        void fetch(`${snowflake.accessUrl}${pathname}${search}`);
      },
    });
    expect(await lastSession()).toMatchObject({ user: "BRUNO" });
    await destroy(connection);
  });
});

describe("a session", () => {
  const petra = () => enter({ username: "PETRA", password: "right" });

  it("is kept alive by heartbeats where its login asks for that", async () => {
    const connection = await enter({
      username: "PETRA",
      password: "right",
      clientSessionKeepAlive: true,
      clientSessionKeepAliveHeartbeatFrequency: 900,
    });
    expect(connection).toHaveProperty("keepalive");
    await destroy(connection);
    // What a login sets is the process's in the driver.
    await destroy(await enter({ username: "PETRA", password: "right", clientSessionKeepAlive: false }));
  });

  it("answers a heartbeat", async () => {
    const connection = await petra();
    expect(await connection.isValidAsync()).toBe(true);
    await destroy(connection);
  });

  it("is renewed when its token ran out, and the statement is carried out once", async () => {
    const connection = await petra();
    await execute(connection, "count");
    await snowflake.expireSession({ session: (await lastSession())?.id });
    expect((await execute(connection, "count")).rows).toEqual([{ COUNT: 2 }]);
    await destroy(connection);
  });

  it("ends with its master token", async () => {
    const connection = await petra();
    await snowflake.expireMaster({ session: (await lastSession())?.id });
    expect(await refusal(execute(connection, "select 1"))).toMatchObject({ code: 407002, isFatal: true });
    expect(connection.isUp()).toBe(false);
  });

  it.each(["390104", "390111"] as const)("ends when the service no longer knows it, with %s", async (code) => {
    const connection = await petra();
    const session = (await lastSession())?.id;
    await snowflake.loseSession({ session, code, holdsTransaction: code === "390104" });
    expect(await refusal(execute(connection, "select 1"))).toMatchObject({ code: 407002, isFatal: true });
    expect(connection.isUp()).toBe(false);
    expect((await snowflake.sessions()).find(({ id }) => id === session)?.open).toBe(code === "390104");
  });

  it("is gone after a logout", async () => {
    const connection = await petra();
    await destroy(connection);
    expect((await lastSession())?.open).toBe(false);
    expect(await refusal(execute(connection, "select 1"))).toMatchObject({ code: 407002 });
  });
});

it("starts anew when it is reset", async () => {
  const connection = await enter({ username: "PETRA", password: "right" });
  await snowflake.reset();
  expect(await snowflake.sessions()).toEqual([]);
  expect(await refusal(execute(connection, "select 1"))).toMatchObject({ code: 407002 });
});
