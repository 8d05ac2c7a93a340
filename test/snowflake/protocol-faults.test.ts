/** What goes wrong at will, and what the real driver makes of it. Each waits for the driver's own back-off, so they run beside one another. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Hook, type SnowflakeServer, startSnowflake } from "../snowflake-server/client.js";
import { type Connection, connect, destroy, execute, refusal } from "./driver.js";

let snowflake: SnowflakeServer;

beforeAll(async () => {
  // The driver's back-off is 1 s and a random part.
  vi.spyOn(Math, "random").mockReturnValue(0);
  snowflake = await startSnowflake({ interpreter: "fake" });
});

afterAll(async () => {
  await snowflake[Symbol.asyncDispose]();
  vi.restoreAllMocks();
});

const long = process.env.MEDFORM_LONG === "1";

/** A session in which `count` counts its executions, and whose one statement has an id of its own for a hook to know it by. */
async function session(): Promise<{
  readonly connection: Connection;
  readonly requestId: string;
  readonly hook: (hook: Pick<Hook, "occurrence" | "when" | "effect">) => ReturnType<SnowflakeServer["hook"]>;
  readonly arrivals: () => Promise<readonly { readonly repeated: boolean; readonly retryCount: number }[]>;
}> {
  const connection = await connect(snowflake.login);
  const requestId = randomUUID();
  return {
    connection,
    requestId,
    hook: (hook) => snowflake.hook({ on: "path", matches: `query-request\\?requestId=${requestId}`, ...hook }),
    arrivals: async () => (await snowflake.statements()).filter((statement) => statement.requestId === requestId),
  };
}

/** How often `count` was carried out in the session. */
const counted = async (connection: Connection): Promise<number> => {
  const { rows } = await execute(connection, "count");
  return Number(rows[0]?.COUNT) - 1;
};

describe.concurrent("the driver, with the same request id,", () => {
  it("comes again after a status of a gateway that let nothing through", async () => {
    const { connection, requestId, hook, arrivals } = await session();
    const storm = await hook({ occurrence: { from: 1, to: 2 }, effect: { kind: "status", status: 503 } });
    await execute(connection, "count", { requestId });
    expect(await storm.hits()).toBe(2);
    expect(await arrivals()).toMatchObject([{ repeated: false, retryCount: 2 }]);
    expect(await counted(connection)).toBe(1);
    await destroy(connection);
  });

  it("comes again after too many requests", async () => {
    const { connection, requestId, hook } = await session();
    await hook({ occurrence: 1, effect: { kind: "status", status: 429 } });
    await execute(connection, "count", { requestId });
    expect(await counted(connection)).toBe(1);
    await destroy(connection);
  });

  it.each(["before", "after"] as const)("comes again when the connection drops %s execution", async (when) => {
    const { connection, requestId, hook, arrivals } = await session();
    await hook({ occurrence: 1, when, effect: { kind: "drop" } });
    expect((await execute(connection, "count", { requestId })).rows).toEqual([{ COUNT: 1 }]);
    expect(await arrivals()).toMatchObject(
      when === "before" ? [{ repeated: false }] : [{ repeated: false }, { repeated: true }],
    );
    expect(await counted(connection)).toBe(1);
    await destroy(connection);
  });

  it("comes again when the connection drops within an answer", async () => {
    const { connection, requestId, hook } = await session();
    await hook({ occurrence: 1, when: "after", effect: { kind: "drop", midway: true } });
    expect((await execute(connection, "count", { requestId })).rows).toEqual([{ COUNT: 1 }]);
    expect(await counted(connection)).toBe(1);
    await destroy(connection);
  });

  it("comes again after a gateway's time-out over a statement that was carried out", async () => {
    const { connection, requestId, hook } = await session();
    await hook({ occurrence: 1, when: "after", effect: { kind: "status", status: 504 } });
    expect((await execute(connection, "count", { requestId })).rows).toEqual([{ COUNT: 1 }]);
    expect(await counted(connection)).toBe(1);
    await destroy(connection);
  });

  it.skipIf(!long)("gives up after 16 attempts", async () => {
    const { connection, requestId, hook } = await session();
    const storm = await hook({ effect: { kind: "status", status: 503 } });
    expect(await refusal(execute(connection, "count", { requestId }))).toMatchObject({ code: 401002 });
    expect(await storm.hits()).toBe(16);
    await destroy(connection);
  });

  it("asks once more after an error without a SQLSTATE", async () => {
    const { connection, requestId, hook } = await session();
    await hook({ occurrence: 1, effect: { kind: "error", code: "000001" } });
    expect((await execute(connection, "count", { requestId })).rows).toEqual([{ COUNT: 1 }]);
    await destroy(connection);
  });

  it("does not come again when it is told by a status that its session is gone", async () => {
    const { connection, requestId, hook } = await session();
    const body = JSON.stringify({ code: "390104" });
    await hook({ effect: { kind: "status", status: 401, body } });
    expect(await refusal(execute(connection, "count", { requestId }))).toMatchObject({ code: 401004 });
  });

  it("renews and comes again when it is told that its token ran out", async () => {
    const { connection, requestId, hook } = await session();
    await hook({ occurrence: 1, effect: { kind: "error", code: "390112" } });
    expect((await execute(connection, "count", { requestId })).rows).toEqual([{ COUNT: 1 }]);
    await destroy(connection);
  });
});

describe.concurrent("the driver", () => {
  it("fetches a chunk again whose connection dropped", async () => {
    const connection = await connect(snowflake.login);
    await snowflake.set({ chunkBytes: 2_000 });
    const torn = await snowflake.hook({
      on: "path",
      matches: "^/chunks/.*/2$",
      occurrence: 1,
      effect: { kind: "drop" },
    });
    expect((await execute(connection, "rows 500")).rows).toHaveLength(500);
    expect(await torn.hits()).toBe(1);
    await destroy(connection);
  });

  it("logs in again when the service was busy", async () => {
    const matches = "login-request.*roleName=PATIENT";
    await snowflake.hook({ on: "path", matches, occurrence: 1, effect: { kind: "status", status: 503 } });
    await destroy(await connect({ ...snowflake.login, role: "PATIENT" }));
  });

  it("renews for all that wait, each of which is carried out once", async () => {
    const connection = await connect({ ...snowflake.login, role: "MANY" });
    const [mine] = (await snowflake.sessions()).filter(({ role }) => role === "MANY");
    await snowflake.expireSession({ session: mine?.id });
    const answers = await Promise.all(Array.from({ length: 6 }, () => execute(connection, "count")));
    expect(answers.map(({ rows }) => Number(rows[0]?.COUNT)).sort()).toEqual([1, 2, 3, 4, 5, 6]);
    await destroy(connection);
  });
});

describe.concurrent("a hook", () => {
  it.each(["before", "after"] as const)("ends a session %s a statement of one action", async (when) => {
    const connection = await connect(snowflake.login);
    await snowflake.hook({
      on: "statement",
      matches: "^count$",
      tagged: `"action":"${when}"`,
      when,
      effect: { kind: "end", code: "390111" },
    });
    const tagged = (action: string) => ({ parameters: { QUERY_TAG: JSON.stringify({ action }) } });
    await execute(connection, "count", tagged("other"));
    expect(await refusal(execute(connection, "count", tagged(when)))).toMatchObject({ code: 407002 });
    const arrived = await snowflake.statements({ tagged: `"action":"${when}"` });
    expect(arrived.map(({ outcome }) => outcome)).toEqual(when === "before" ? [] : ["ok"]);
  });

  it("gives an error of its own, with which the driver is content", async () => {
    const connection = await connect(snowflake.login);
    await snowflake.hook({
      on: "statement",
      matches: "^select 11$",
      effect: { kind: "error", code: "000606", sqlState: "57P03", message: "No active warehouse selected" },
    });
    expect(await refusal(execute(connection, "select 11"))).toMatchObject({ code: "000606", sqlState: "57P03" });
    await destroy(connection);
  });

  it("holds a statement until it is released, where a cancel finds it", async () => {
    const connection = await connect(snowflake.login);
    const held = await snowflake.hook({ on: "statement", matches: "^select 12$", effect: { kind: "pause" } });
    let statement: { cancel(done: (error: unknown) => void): void } | undefined;
    const failed = refusal(
      new Promise((done, fail) => {
        statement = connection.execute({
          sqlText: "select 12",
          complete: (error) => (error ? fail(error) : done(undefined)),
        });
      }),
    );
    await held.reached();
    await new Promise<void>((done, fail) => statement?.cancel((error) => (error ? fail(error) : done())));
    expect(await failed).toMatchObject({ code: "000604" });
    const second = execute(connection, "select 12");
    while ((await held.hits()) < 2);
    await held.release();
    expect((await second).rows).toEqual([{ 12: 12 }]);
    await destroy(connection);
  });

  it("holds the answer of a statement that was carried out", async () => {
    const connection = await connect(snowflake.login);
    const held = await snowflake.hook({
      on: "statement",
      matches: "^select 13$",
      when: "after",
      effect: { kind: "pause" },
    });
    const answer = execute(connection, "select 13");
    await held.reached();
    const [arrived] = await snowflake.statements({ matches: "^select 13$" });
    expect(arrived?.outcome).toBe("ok");
    await held.remove();
    expect((await answer).rows).toEqual([{ 13: 13 }]);
    await destroy(connection);
  });

  it("meets a login", async () => {
    const refused = await snowflake.hook({
      on: "path",
      matches: "login-request.*roleName=BLOCKED",
      effect: { kind: "error", code: "390422", sqlState: "08001", message: "Incoming request is not allowed" },
    });
    expect(await refusal(connect({ ...snowflake.login, role: "BLOCKED" }))).toMatchObject({ code: "390422" });
    await refused.remove();
    await destroy(await connect({ ...snowflake.login, role: "BLOCKED" }));
  });
});
