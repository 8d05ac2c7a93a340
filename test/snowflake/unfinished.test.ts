/** What a commit left to be done and was not done: found, finished, refused by name, or given up on request. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ProblemError, type Relation } from "../../src/graph/index.js";
import type { Warehouse } from "../../src/warehouse/index.js";
import { type SetHook, type SnowflakeServer, startSnowflake } from "../snowflake-server/client.js";
import { marker, planOf, relation, values } from "../warehouse/engines.js";
import { openTaught } from "../warehouse/snowflake.js";
import { openOn, tell } from "./opened.js";

let server: SnowflakeServer;
let warehouse: Warehouse;
const hooks: SetHook[] = [];

beforeAll(async () => {
  server = await startSnowflake();
  warehouse = await openTaught(server);
  await warehouse.catalog.ensureSchemas([{ database: "EHR", schema: "SILVER" }]);
});
afterEach(async () => {
  await mend();
});
afterAll(async () => {
  await warehouse?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

async function mend(): Promise<void> {
  for (const hook of hooks.splice(0)) await hook.remove();
}

/** Statements that the server refuses from now on, as often as they come. */
async function failing(...matches: readonly string[]): Promise<void> {
  const effect = { kind: "error", code: "000603", sqlState: "XX000", message: "injected" } as const;
  for (const each of matches) hooks.push(await server.hook({ on: "statement", matches: each, effect }));
}

/** As the next process that publishes would. */
async function reopen(): Promise<void> {
  await warehouse[Symbol.asyncDispose]();
  warehouse = await openTaught(server);
}

async function publish(built: Relation, token: number): Promise<void> {
  const plan = planOf([built]);
  await using scope = await warehouse.publisher.open({ MEDFORM_RUN_NUMBER: token }, plan);
  await scope.build(built, "create");
  await scope.publish([marker(built.target.name, token)]);
}

/** Committed, and cut short by these statements. */
async function cut(built: Relation, token: number, ...matches: readonly string[]): Promise<void> {
  await failing(...matches);
  await expect(publish(built, token)).rejects.toThrow();
  await mend();
}

/** By one who only reads: the warehouse is refused to all others. */
async function read(sql: string): Promise<readonly unknown[][]> {
  await tell(server, sql);
  await using reader = await openOn(server, { readOnly: true });
  await using session = await reader.session();
  return await values(session, sql);
}

async function run(sql: string): Promise<void> {
  await tell(server, sql);
  await using reader = await openOn(server, { readOnly: true });
  await using session = await reader.session();
  await session.run(sql);
}

const rowsOf = (name: string) => read(`select * from "EHR"."SILVER"."${name}" order by 1`);
const pendingRows = async () => Number((await read('select count(*) as N from "EHR".MEDFORM.PENDING'))[0]?.[0]);
const besides = async () =>
  (await read(`select TABLE_NAME from "EHR".information_schema.tables where TABLE_SCHEMA = 'SILVER' order by 1`))
    .map(([name]) => String(name))
    .filter((name) => name.includes("$medform"));

async function problem(work: Promise<unknown>) {
  const error = await work.catch((thrown: unknown) => thrown);
  if (!(error instanceof ProblemError)) throw new Error(`no refusal: ${String(error)}`);
  return { code: "", message: "", hint: "", ...error.problems[0] };
}

describe("a candidate that is gone", () => {
  it.each([
    ["a changed table's", "GONE_SWAP", "select 1 as x", {}, "swap with"],
    ["a first build's", "GONE_FIRST", undefined, {}, 'rename to \\S+GONE_FIRST"'],
    ["another kind's", "GONE_KIND", "select 1 as x", { kind: "view" }, 'rename to \\S+GONE_KIND"'],
  ] as const)("is refused by name, and given up on request: %s", async (_, name, before, shape, matches) => {
    if (before !== undefined) await publish(relation(name, before, shape), 1);
    await cut(relation(name, "select 2 as x, 3 as y"), 2, matches);
    // Of another kind what had the name stands beside already; it is brought back by hand, as somebody would.
    const [candidate = ""] = (await besides()).filter((each) => each.startsWith(`${name}$medform_c`));
    await run(`drop table if exists "EHR"."SILVER"."${candidate}"`);
    for (const former of (await besides()).filter((each) => each.startsWith(`${name}$medform_f`)))
      await run(`alter view "EHR"."SILVER"."${former}" rename to "EHR"."SILVER"."${name}"`);

    await warehouse[Symbol.asyncDispose]();
    const refused = await problem(openTaught(server));
    expect(refused.code).toBe("candidate-missing");
    expect(refused.message).toContain(`EHR.SILVER.${name}`);
    expect(refused.hint).toContain(`undrop table "EHR"."SILVER"."${candidate}"`);
    expect(refused.hint).toContain(`medform clean --drop EHR.SILVER.${name}`);

    {
      await using clean = await openOn(server, { publishes: false });
      expect((await clean.pending?.list())?.map(({ target }) => target.name)).toEqual([name]);
      await clean.pending?.giveUp({ database: "EHR", schema: "SILVER", name });
      expect(await clean.pending?.list()).toEqual([]);
    }
    warehouse = await openTaught(server);
    expect((await warehouse.publisher.markers()).filter(({ target }) => target.name === name)).toEqual([]);
    if (before !== undefined) expect(await rowsOf(name)).toEqual([[1]]);
    await publish(relation(name, "select 4 as x"), 3);
    expect(await rowsOf(name)).toEqual([[4]]);
    expect({ beside: await besides(), pending: await pendingRows() }).toEqual({ beside: [], pending: 0 });
  });

  it.each([
    ["a swap", "DONE_SWAP", "select 1 as x", {}],
    ["a first build", "DONE_FIRST", undefined, {}],
    ["another kind", "DONE_KIND", "select 1 as x", { kind: "view" }],
  ] as const)("is not missed where it is in its place: %s", async (_, name, before, shape) => {
    if (before !== undefined) await publish(relation(name, before, shape), 1);
    await cut(relation(name, "select 2 as x, 3 as y"), 2, "delete from .*PENDING where BATCH");
    await reopen();
    expect(await rowsOf(name)).toEqual([[2, 3]]);
    expect({ beside: await besides(), pending: await pendingRows() }).toEqual({ beside: [], pending: 0 });
  });
});

describe("a statement that can never succeed", () => {
  it("is refused by the relation that it is for, until it is given up or can be done", async () => {
    const built = relation("STUCK", "select 1 as x", { kind: "view" });
    await publish(built, 1);
    await cut({ ...built, query: "select 2 as x" }, 2, '^create or replace view \\S+STUCK"');
    await failing('^create or replace view \\S+STUCK"');
    await warehouse[Symbol.asyncDispose]();
    for (const _ of [1, 2]) {
      const refused = await problem(openTaught(server));
      expect(refused).toMatchObject({ code: "pending-step" });
      expect(refused.message).toContain("EHR.SILVER.STUCK");
      expect(refused.hint).toContain("medform clean --drop EHR.SILVER.STUCK");
    }
    {
      await using clean = await openOn(server, { readOnly: true });
      expect(await clean.pending?.list()).toEqual([
        { target: { database: "EHR", schema: "SILVER", name: "STUCK" }, steps: ["create or replace view"] },
      ]);
    }
    await mend();
    warehouse = await openTaught(server);
    expect(await rowsOf("STUCK")).toEqual([[2]]);
    expect(await pendingRows()).toBe(0);
  });
});

describe("what a newer run has published since", () => {
  it.each(["view", "table"] as const)("is not made older again by what is pending: a %s", async (kind) => {
    const name = `NEWER_${kind.toUpperCase()}`;
    const built = (x: number) =>
      relation(name, `select ${x} as x, ${x} as y${x}`, { kind, description: `of run ${x}` });
    await publish(built(1), 1);
    await cut(built(2), 2, kind === "view" ? `^create or replace view \\S+${name}"` : "swap with");
    await publish(built(3), 3);
    expect(await rowsOf(name)).toEqual([[3, 3]]);
    await reopen();
    expect(await rowsOf(name)).toEqual([[3, 3]]);
    const comments = `select COMMENT from "EHR".information_schema.tables where TABLE_NAME = '${name}'`;
    expect(await read(comments)).toEqual([["of run 3"]]);
    expect({ beside: await besides(), pending: await pendingRows() }).toEqual({ beside: [], pending: 0 });
  });
});

describe("hooks after the commit of a process that died", () => {
  const made = 'create or replace table "EHR"."SILVER"."AFTERWARDS" as select 7 as x';
  const log = 'insert into "EHR"."SILVER"."AFTERWARDS" select 8';

  it("are carried out by the next who opens the warehouse, where that can do no harm", async () => {
    const built = relation("HOOKED", "select 1 as x", { postOps: [made] });
    await cut(built, 1, "AFTERWARDS", "delete from .*PENDING where BATCH");
    expect(await besides()).toEqual([]);
    await reopen();
    expect(warehouse.notices).toEqual([]);
    expect(await rowsOf("AFTERWARDS")).toEqual([[7]]);
    expect(await pendingRows()).toBe(0);
  });

  it("are told of where they could be carried out twice, or fail, once; and stop nothing", async () => {
    const twice = relation("HOOKED_TWICE", "select 1 as x", { postOps: [made, log] });
    await cut(twice, 1, "^insert into .*AFTERWARDS", "delete from .*PENDING where BATCH");
    await reopen();
    expect(warehouse.notices.map(({ code }) => code)).toEqual(["hook-unknown"]);
    expect(warehouse.notices[0]?.message).toContain("EHR.SILVER.HOOKED_TWICE");
    expect(await rowsOf("AFTERWARDS")).toEqual([[7]]);

    const fails = relation("HOOKED_WRONG", "select 1 as x", {
      postOps: ['grant select on table "EHR"."SILVER"."NOWHERE" to role R'],
    });
    await cut(fails, 1, "^grant", "delete from .*PENDING where BATCH");
    await reopen();
    expect(warehouse.notices.map(({ code }) => code)).toEqual(["hook-after-publish"]);
    await reopen();
    expect(warehouse.notices).toEqual([]);
    expect(await pendingRows()).toBe(0);
  });
});

describe("names and values at their limits", () => {
  it("of 255 characters are published, beside and in their place", async () => {
    const long = "L".repeat(255);
    for (const [token, query] of ["select 1 as x", "select 2 as x, 3 as y"].entries())
      await publish(relation(long, query), token + 1);
    expect(await rowsOf(long)).toEqual([[2, 3]]);
    await publish(relation(`${long.slice(0, 254)}M`, "select 4 as x"), 1);
    expect(await rowsOf(long)).toEqual([[2, 3]]);
    expect(await besides()).toEqual([]);
  });

  it("of a variable are refused by its name, before Snowflake refuses it by its text", async () => {
    await using scope = await warehouse.publisher.open({ MEDFORM_NOTE: "ä".repeat(128) });
    expect(scope).toBeDefined();
    const refused = await problem(warehouse.publisher.open({ MEDFORM_NOTE: `${"ä".repeat(128)}x` }));
    expect(refused.code).toBe("variable-too-long");
    expect(refused.message).toContain("MEDFORM_NOTE");
    expect(JSON.stringify(refused)).not.toContain("ää");
  });
});

it("is finished also where the lease was lost and made anew: its tokens do not begin again", async () => {
  const built = relation("RELEASED", "select 1 as x");
  await publish(built, 1);
  await cut({ ...built, query: "select 2 as x, 3 as y" }, 2, "swap with");
  await run('delete from "EHR".MEDFORM.LEASE');
  await reopen();
  expect(await rowsOf("RELEASED")).toEqual([[2, 3]]);
  expect({ beside: await besides(), pending: await pendingRows() }).toEqual({ beside: [], pending: 0 });
});
