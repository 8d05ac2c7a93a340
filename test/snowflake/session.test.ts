/** Sessions by the real driver against the server: what is sent again is carried out once, and what is lost is said. */
import { inspect } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ProblemError } from "../../src/graph/index.js";
import type { Row, ScopePlan } from "../../src/warehouse/index.js";
import { isTransient } from "../../src/warehouse/index.js";
import { accessFrom } from "../../src/warehouse/snowflake/access.js";
import type { Limits } from "../../src/warehouse/snowflake/login.js";
import { createPool, type Pool, seedOf, tagOf } from "../../src/warehouse/snowflake/pool.js";
import { requestIdOf } from "../../src/warehouse/snowflake/requestId.js";
import type { SnowflakeSession } from "../../src/warehouse/snowflake/session.js";
import { type Hook, type SnowflakeServer, startSnowflake } from "../snowflake-server/client.js";

let snowflake: SnowflakeServer;
const pools: Pool[] = [];

beforeAll(async () => {
  snowflake = await startSnowflake({ interpreter: "fake" });
});

beforeEach(() => snowflake.reset());

afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool[Symbol.asyncDispose]()));
});

afterAll(async () => {
  await snowflake[Symbol.asyncDispose]();
});

function access() {
  const { account, accessUrl, username, password } = snowflake.login;
  return accessFrom({ HOME: "/nonexistent", SNOWFLAKE_PASSWORD: password }, { account, accessUrl, user: username });
}

function open(limits: Partial<Limits> = {}, size = 4): Pool {
  const pool = createPool({ access: access(), size, limits: { patience: 20_000, ...limits } });
  pools.push(pool);
  return pool;
}

const session = (limits: Partial<Limits> = {}): Promise<SnowflakeSession> => open(limits).acquire();

/** The code of what it fails with. */
async function failure(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof ProblemError) return error.problems.map(({ code }) => code).join(" ");
    throw error;
  }
  return "nothing failed";
}

/** How often a statement was carried out: repetitions of a request id are answered from the first. */
const carriedOut = async (sqlText: string) =>
  (await snowflake.statements()).filter((one) => one.sqlText === sqlText && !one.repeated && one.outcome === "ok")
    .length;

const logins = async () => (await snowflake.requests())["POST /session/v1/login-request"] ?? 0;

const plan = (more: Partial<ScopePlan> = {}): ScopePlan => ({
  runId: "run-1",
  project: "hospital",
  actions: ["EHR.GOLD.A", "EHR.SILVER.B"],
  tags: [],
  attempt: 1,
  builds: [],
  between: [],
  ...more,
});

describe("a statement", () => {
  it("is sent with the tag and the request ids that could be told beforehand", async () => {
    const one = await open().acquire(plan());
    await one.rows("select 1");
    await one.run("insert 3");
    const [first, second] = (await snowflake.statements()).filter(({ sqlText }) =>
      /^(?:select \d|insert)/.test(sqlText),
    );
    const seed = seedOf(plan({ actions: ["EHR.SILVER.B", "EHR.GOLD.A"] }));
    expect([first?.requestId, second?.requestId]).toEqual([requestIdOf(seed, 1), requestIdOf(seed, 2)]);
    expect(one.requestIds()).toEqual([requestIdOf(seed, 1), requestIdOf(seed, 2)]);
    expect(one.statementIds()).toEqual([first?.queryId, second?.queryId]);
    expect(one.statementIds()).toEqual([]);
    expect(JSON.parse(second?.queryTag ?? "")).toEqual({
      app: "medform",
      project: "hospital",
      run: "run-1",
      actions: ["EHR.GOLD.A", "EHR.SILVER.B"],
    });
    expect(tagOf(plan({ actions: Array.from({ length: 500 }, (_, n) => `EHR.GOLD.T${n}`) })).length).toBeLessThan(
      2_001,
    );
  });

  it("says how many rows it changed", async () => {
    expect(await (await session()).run("insert 3")).toEqual({ changed: 3 });
  });

  // Side by side, because the driver waits for one to three seconds before it sends again.
  it("is carried out once, whatever happens to it on the way", async () => {
    const pool = open();
    const faults: readonly Pick<Hook, "when" | "effect">[] = [
      { when: "before", effect: { kind: "drop" } },
      { when: "after", effect: { kind: "drop" } },
      { when: "after", effect: { kind: "status", status: 503 } },
      { when: "before", effect: { kind: "status", status: 429 } },
    ];
    const changed = await Promise.all(
      faults.map(async (fault, index) => {
        const sql = `insert 1${index}`;
        const hook = await snowflake.hook({ on: "statement", matches: `^${sql}$`, occurrence: 1, ...fault });
        const one = await pool.acquire();
        const { changed } = await one.run(sql);
        return { changed, times: await carriedOut(sql), hits: await hook.hits() };
      }),
    );
    expect(changed).toEqual(faults.map((_, index) => ({ changed: 10 + index, times: 1, hits: 1 })));
  });

  it("is given up when the service is unavailable for longer than we are patient", async () => {
    const one = await session({ patience: 600 });
    const storm = await snowflake.hook({
      on: "path",
      matches: "query-request",
      effect: { kind: "status", status: 503 },
    });
    const begun = performance.now();
    expect(await failure(one.rows("select 1"))).toBe("snowflake-unreachable");
    expect(await failure(one.run("insert 1"))).toBe("snowflake-unreachable");
    expect(performance.now() - begun).toBeLessThan(8_000);
    await storm.remove();
    expect(await one.rows("select 1")).toEqual([{ 1: 1 }]);
  });

  it("is said to be of unknown outcome when it was given up after it may have been carried out", async () => {
    const one = await session({ patience: 600 });
    await snowflake.hook({ on: "statement", matches: "^insert 1$", when: "after", effect: { kind: "drop" } });
    const error = one.run("insert 1");
    expect(await failure(error)).toBe("outcome-unknown");
    await expect(error).rejects.not.toSatisfy(isTransient);
    expect(await failure(one.rows("select 1"))).toBe("nothing failed");
  });

  it("is cancelled at the service, and the session stays usable", async () => {
    const one = await session();
    const slow = one.rows("sleep 60000");
    await reached("^sleep");
    one.cancel();
    expect(await failure(slow)).toBe("cancelled");
    expect((await snowflake.statements()).at(-1)).toMatchObject({ sqlText: "sleep 60000", outcome: "000604" });
    expect(await one.rows("select 2")).toEqual([{ 2: 2 }]);
    expect(await logins()).toBe(1);
  });

  it("is let go when the service does not hear of a cancel, and the next one has a new session", async () => {
    const one = await session({ cancel: 700 });
    await snowflake.hook({ on: "path", matches: "abort-request", effect: { kind: "status", status: 503 } });
    const slow = one.rows("sleep 60000");
    await reached("^sleep");
    const begun = performance.now();
    one.cancel();
    expect(await failure(slow)).toBe("cancelled");
    expect(performance.now() - begun).toBeLessThan(5_000);
    expect(await one.rows("select 2")).toEqual([{ 2: 2 }]);
    expect(await logins()).toBe(2);
  });

  it("is cancelled by its deadline", async () => {
    const one = await session({ statement: 400 });
    expect(await failure(one.rows("sleep 60000"))).toBe("engine-timeout");
    expect((await snowflake.statements()).at(-1)?.outcome).toBe("000604");
    expect(await one.rows("select 2")).toEqual([{ 2: 2 }]);
  });

  it("is answered after polling when it is slow", async () => {
    await snowflake.set({ pollAfter: 50 });
    expect(await (await session()).rows("sleep 400")).toEqual([{ SLEPT: "400" }]);
  });

  it("waits for the one before it, and a failed one does not stop the next", async () => {
    const one = await session();
    const all = await Promise.allSettled([one.rows("sleep 200"), one.rows("nonsense"), one.rows("select 3")]);
    expect(all.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  });
});

/** Waits until such a statement is there. */
async function reached(matches: string): Promise<void> {
  const test = new RegExp(matches);
  for (;;) {
    if ((await snowflake.statements()).some(({ sqlText, outcome }) => test.test(sqlText) && outcome === "running"))
      return;
    await new Promise((done) => setTimeout(done, 20));
  }
}

describe("a session", () => {
  const last = async () => (await snowflake.sessions()).at(-1)?.id;

  it("goes on when its token expires, with what it holds", async () => {
    const one = await session();
    await one.run("begin");
    await snowflake.expireSession();
    await one.run("insert 2");
    await one.run("commit");
    expect(await logins()).toBe(1);
    expect(await carriedOut("insert 2")).toBe(1);
  });

  it.each([
    [
      "390104",
      (id: string | undefined) => snowflake.loseSession({ session: id, code: "390104", holdsTransaction: true }),
    ],
    [
      "390111",
      (id: string | undefined) => snowflake.loseSession({ session: id, code: "390111", holdsTransaction: false }),
    ],
    ["390114", (id: string | undefined) => snowflake.expireMaster({ session: id })],
  ])("is begun anew outside of a transaction, with its variables: %s", async (_, lose) => {
    const one = await session();
    await one.setVariables({ MEDFORM_RUN: "run-1", NOTHING: null });
    await lose(await last());
    expect(await one.run("insert 2")).toEqual({ changed: 2 });
    expect(await logins()).toBe(2);
    expect(await carriedOut("insert 2")).toBe(1);
    const set = (await snowflake.statements()).filter(({ sqlText }) => sqlText.startsWith("set ("));
    expect(set.map(({ binds }) => binds.map(({ value }) => value))).toEqual([
      ["run-1", null],
      ["run-1", null],
    ]);
    expect(set[0]?.session).not.toBe(set[1]?.session);
  });

  it("is lost within a transaction, which may be repeated, and sends nothing more until it was rolled back", async () => {
    const one = await session();
    await one.run("begin");
    await one.run("insert 1");
    await snowflake.loseSession({ session: await last(), code: "390104", holdsTransaction: true });
    const error = one.run("insert 2");
    expect(await failure(error)).toBe("connection-lost");
    await expect(error).rejects.toSatisfy(isTransient);
    expect(one.inTransaction).toBe(true);
    expect(await failure(one.run("insert 3"))).toBe("connection-lost");
    expect(await failure(one.run("commit"))).toBe("connection-lost");
    await one.run("rollback");
    expect(one.inTransaction).toBe(false);
    await one.run("insert 4");
    const sent = (await snowflake.statements()).map(({ sqlText }) => sqlText);
    expect(sent).not.toContain("commit");
    expect(sent).not.toContain("insert 3");
    // What it left open would hold its locks for hours.
    expect(sent).toContain("show transactions");
  });

  it("commits once when the answer is lost, and cannot say whether it did when its session is lost then too", async () => {
    const pool = open();
    const [lucky, unlucky] = [await pool.acquire(), await pool.acquire()];
    const sessions = (await snowflake.sessions()).map(({ id }) => id);
    await Promise.all([lucky.run("begin"), unlucky.run("begin")]);
    const effect = { kind: "drop" } as const;
    await snowflake.hook({
      on: "statement",
      matches: "^commit$",
      occurrence: { from: 1, to: 2 },
      when: "after",
      effect,
    });
    const commits = [lucky.run("commit"), unlucky.run("commit")] as const;
    await seen("commit", 2);
    await snowflake.loseSession({ session: sessions[1], code: "390111", holdsTransaction: false });
    expect(await commits[0]).toEqual({ changed: 0 });
    expect(lucky.inTransaction).toBe(false);
    expect(await failure(commits[1])).toBe("commit-unknown");
    await expect(commits[1]).rejects.not.toSatisfy(isTransient);
    expect(await carriedOut("commit")).toBe(2);
  });

  it("has lost its transaction when COMMIT was refused", async () => {
    const one = await session();
    await one.run("begin");
    await snowflake.loseSession({ session: await last(), code: "390111", holdsTransaction: false });
    expect(await failure(one.run("commit"))).toBe("connection-lost");
  });

  it("shows no secret to who looks at it", async () => {
    const pool = open();
    const one = await pool.acquire();
    const shown = inspect([pool, one, access()], { depth: 12, showHidden: true });
    expect(shown).not.toContain(snowflake.login.password);
  });
});

/** Waits until such a statement was carried out so often. */
async function seen(sqlText: string, times: number): Promise<void> {
  while ((await carriedOut(sqlText)) < times) await new Promise((done) => setTimeout(done, 20));
}

describe("a result", () => {
  it("is streamed in chunks, which are fetched as they are read", async () => {
    await snowflake.set({ chunkBytes: 5_000 });
    const one = await session();
    let rows = 0;
    let largest = 0;
    let last: Row | undefined;
    for await (const chunk of one.stream("rows 20000")) {
      rows += chunk.length;
      largest = Math.max(largest, chunk.length);
      last = chunk.at(-1);
    }
    expect({ rows, last }).toEqual({ rows: 20_000, last: { N: 19_999, T: "row 19999" } });
    expect(largest).toBeLessThanOrEqual(1_000);
  });

  it("is fetched no further than it is wanted, and the session goes on", async () => {
    await snowflake.set({ chunkBytes: 5_000 });
    const one = await session();
    for await (const chunk of one.stream("rows 20000")) {
      expect(chunk[0]).toEqual({ N: 0, T: "row 0" });
      break;
    }
    const chunks = Object.entries(await snowflake.requests()).filter(([path]) => path.startsWith("GET"));
    expect(chunks.reduce((sum, [, count]) => sum + count, 0)).toBeLessThan(30);
    expect(await one.rows("select 1")).toEqual([{ 1: 1 }]);
  });

  it("keeps the digits of large numbers", async () => {
    const digits = "12345678901234567890123456789012345678";
    const [row] = await (await session()).rows(`select ${digits}`);
    expect(row?.[digits]).toBe(BigInt(digits));
    expect((await snowflake.requests())["POST /telemetry/send"]).toBeUndefined();
  });

  it("is described without being computed", async () => {
    expect(await (await session()).describe("rows 5")).toEqual([
      { name: "N", type: "NUMBER(38,0)" },
      { name: "T", type: "VARCHAR" },
    ]);
    expect((await snowflake.statements()).at(-1)?.describeOnly).toBe(true);
  });

  it("takes binds as they are", async () => {
    const rows = await (await session()).rows("select binds", ["x", 1, 9007199254740993n, true, null, 1.5]);
    expect(rows.map(({ TYPE, VALUE }) => [TYPE, VALUE])).toEqual([
      ["TEXT", "x"],
      ["FIXED", "1"],
      ["TEXT", "9007199254740993"],
      ["BOOLEAN", "true"],
      ["TEXT", null],
      ["REAL", "1.5"],
    ]);
  });
});

describe("the pool", () => {
  it("gives a login on, with nothing of who had it before", async () => {
    const pool = open();
    const first = await pool.acquire();
    await first.setVariables({ SECRET: "Ada" });
    await first.run('create temporary table "EHR"."SILVER"."STAGE$1" like "EHR"."SILVER"."A"');
    await first.run("begin");
    await first[Symbol.asyncDispose]();
    const second = await pool.acquire();
    await second.run("insert 1");
    const sent = (await snowflake.statements()).map(({ sqlText }) => sqlText);
    expect(sent.slice(sent.indexOf("begin"))).toEqual([
      "begin",
      "rollback",
      'drop table if exists "EHR"."SILVER"."STAGE$1"',
      "unset (SECRET)",
      "insert 1",
    ]);
    expect(await logins()).toBe(1);
    expect(await failure(first.run("insert 1"))).toBe("session-closed");
  });

  it("says variables again only where they differ, and unsets those that are not of who has it next", async () => {
    const pool = open();
    const about = async (variables: Readonly<Record<string, string | null>>) => {
      const one = await pool.acquire(undefined, { variables });
      await one.setVariables(variables);
      await one.run("insert 1");
      await one[Symbol.asyncDispose]();
    };
    await about({ RUN: "a", KEY: null });
    await about({ RUN: "a", KEY: null });
    await about({ RUN: "b" });
    const sent = (await snowflake.statements()).map(({ sqlText }) => sqlText);
    expect(sent.slice(sent.indexOf("insert 1") - 1)).toEqual([
      "set (RUN, KEY) = (select ?, ?)",
      "insert 1",
      "insert 1",
      "unset (KEY)",
      "set (RUN) = (select ?)",
      "insert 1",
    ]);
  });

  it("does not give on what somebody changed in a way that it cannot undo", async () => {
    const pool = open();
    const first = await pool.acquire();
    await first.run("alter session set TIMEZONE = 'Europe/Berlin'");
    await first[Symbol.asyncDispose]();
    await (await pool.acquire()).run("insert 1");
    expect(await logins()).toBe(2);
    expect((await snowflake.sessions()).map(({ open }) => open)).toEqual([false, true]);
  });

  it("runs a scope on the compute of its tags, and goes back", async () => {
    const compute = { warehouse: "REFRESH", byTag: { heavy: "REFRESH_XL" } };
    const pool = createPool({ access: access(), size: 1, compute });
    pools.push(pool);
    for (const tags of [[], ["heavy"], []]) {
      const one = await pool.acquire(plan({ tags }));
      await one.run("insert 1");
      await one[Symbol.asyncDispose]();
    }
    const sent = (await snowflake.statements()).map(({ sqlText }) => sqlText);
    expect(sent.filter((text) => text.startsWith("use"))).toEqual([
      'use warehouse "REFRESH_XL"',
      'use warehouse "REFRESH"',
    ]);
    expect((await snowflake.sessions())[0]?.warehouse).toBe("REFRESH");
  });

  it("opens no more than it may, and lets the others wait", async () => {
    const pool = open({}, 2);
    const [first, second] = await Promise.all([pool.acquire(), pool.acquire()]);
    let third = false;
    const waiting = pool.acquire().then((one) => {
      third = true;
      return one;
    });
    await second?.rows("select 1");
    expect(third).toBe(false);
    await first?.[Symbol.asyncDispose]();
    await (await waiting).rows("select 1");
    expect(await logins()).toBe(2);
  });

  it("closes all that is open, also what is running", async () => {
    const pool = open();
    const one = await pool.acquire();
    const slow = failure(one.rows("sleep 60000"));
    await reached("^sleep");
    await pool[Symbol.asyncDispose]();
    expect(await slow).toBe("cancelled");
    expect((await snowflake.sessions()).map(({ open }) => open)).toEqual([false]);
    expect(await failure(pool.acquire())).toBe("session-closed");
  });
});
