/** A small project on Snowflake from end to end: planned, built, incremented, stopped by a rule, gone on with, and proved. */
import colours from "picocolors";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { renderPlan } from "../../src/cli/render/plan.js";
import type { Graph } from "../../src/graph/index.js";
import { openLedger, scanLedger, verifyLedger } from "../../src/ledger/index.js";
import type { Warehouse } from "../../src/warehouse/index.js";
import { type World, worldOn } from "../run/support.js";
import { type SnowflakeServer, startSnowflake } from "../snowflake-server/client.js";
import { ledgerPairs } from "../snowflake-server/pairs.js";
import { openOn, tell } from "./opened.js";
import { compileTwice } from "./twice.js";

const source = `config { type: "declaration", schema: "RAW", name: "P", columns: { ID: "", V: "" } }`;

const files = {
  "p.sqlx": source,
  "staged.sqlx": `config { type: "view", schema: "B", name: "STAGED", description: "as delivered" }
select ID, cast(V as bigint) as V from \${ref("RAW", "P")}`,
  "a.sqlx": `config { type: "incremental", schema: "S", name: "A", uniqueKey: ["ID"], assertions: { uniqueKey: ["ID"], rowConditions: ["V < 100"] }, columns: { ID: "it's the key" } }
select ID, V from \${ref("B", "STAGED")} \${when(incremental(), "where V > 1")}`,
  "total.sqlx": `config { type: "table", schema: "G", name: "TOTAL", assertions: { rowConditions: ["N >= 0"] } }
select count(*) as N, sum(V) as S from \${ref("S", "A")}`,
};

const paint = colours.createColors(false);

let server: SnowflakeServer;
let warehouse: Warehouse;
let w: World;
let graph: Graph;

beforeAll(async () => {
  server = await startSnowflake();
  const compiled = await compileTwice(files);
  graph = compiled.graph;
  await server.know([...compiled.pairs, ...ledgerPairs("EHR")]);
});
afterAll(() => server[Symbol.asyncDispose]());

beforeEach(async () => {
  warehouse = await openOn(server);
  const world = await worldOn(warehouse);
  w = {
    ...world,
    async rows(sql) {
      await tell(server, sql);
      return world.rows(sql);
    },
    async sql(sql) {
      await tell(server, sql);
      return world.sql(sql);
    },
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
});
afterEach(() => w[Symbol.asyncDispose]());

const insert = async (...rows: readonly (readonly [string, string])[]) => {
  for (const [id, v] of rows) await w.sql(`insert into "EHR"."RAW"."P" (ID, V) values ('${id}', '${v}')`);
  await w.batch({ database: "EHR", schema: "RAW", name: "P" });
};

async function verdict() {
  await using scan = await scanLedger(warehouse);
  return await verifyLedger(scan.records(), await scan.heads());
}

describe("a run on Snowflake", () => {
  it("builds what was never there, and then has nothing to do", async () => {
    const ran = await w.run(graph);
    expect(ran.events.flatMap((event) => ("problem" in event && event.problem ? [event.problem] : []))).toEqual([]);
    expect(ran.finished).toMatchObject({ outcome: "succeeded", counts: { built: 3 }, rules: { pass: 3 } });
    expect(await w.rows(`select * from "EHR"."G"."TOTAL"`)).toEqual([[0, null]]);
    const again = await w.run(graph);
    expect(again.finished).toMatchObject({ exitCode: 0, counts: { built: 0, unchanged: 3 } });
    expect(await verdict()).toMatchObject({ verified: true });
  });

  it("asks what is there once, not for each table that keeps its shape", async () => {
    const looks = async () => {
      const sent = await server.statements({ matches: "from \\S+information_schema[.]tables as t inner join" });
      return sent.flatMap(({ binds }) => binds.map(({ value }) => value));
    };
    await server.forgetStatements();
    const full = await w.run(graph, { fullRefresh: true });
    expect(full.statuses).toEqual({ "b.staged": "built", "s.a": "built", "g.total": "built" });
    expect(await looks()).not.toEqual(expect.arrayContaining(["TOTAL"]));
    // Who has a table in hand again asks for it, for it was changed since.
    const again = await w.run(graph, { fullRefresh: true });
    expect(again.finished.outcome).toBe("succeeded");
    expect(await looks()).toEqual(expect.arrayContaining(["A", "TOTAL"]));
  });

  it("adds what is new in one transaction, and names its statements in the ledger", async () => {
    await insert(["a", "1"], ["b", "2"]);
    const full = await w.run(graph, { fullRefresh: true });
    expect(full.finished.outcome).toBe("succeeded");
    expect(await w.rows(`select * from "EHR"."S"."A" order by ID`)).toEqual([
      ["a", 1],
      ["b", 2],
    ]);
    await insert(["c", "3"]);
    await server.forgetStatements();
    const ran = await w.run(graph);
    expect(ran.statuses).toEqual({ "b.staged": "unchanged", "s.a": "built", "g.total": "built" });
    expect(await w.rows(`select * from "EHR"."G"."TOTAL"`)).toEqual([[3, 6]]);

    const sent = await server.statements();
    const entries = await w.ledger.entries(ran.finished.runId);
    const queryIds = new Set(sent.map(({ queryId }) => queryId));
    const built = entries.filter(({ kind }) => kind === "publish");
    expect(built).toHaveLength(2);
    for (const { body } of built) {
      expect(body.queryIds).not.toEqual([]);
      for (const id of body.queryIds as readonly string[]) expect(queryIds).toContain(id);
    }
    for (const { body } of entries.filter(({ kind }) => kind === "intent")) {
      const [fence, commit] = body.requestIds as readonly string[];
      expect(sent.find(({ requestId }) => requestId === fence)?.sqlText).toMatch(
        /^insert into "EHR".MEDFORM.PUBLICATION/,
      );
      expect(sent.find(({ requestId }) => requestId === commit)?.sqlText).toBe("commit");
    }
    expect(await verdict()).toMatchObject({ verified: true });
  });

  it("says in plan and ledger which hooks no rule gates", async () => {
    const postOps = [
      'create or replace table "EHR"."G"."COPY" as select 1 as X',
      'insert into "EHR"."G"."COPY" select 2 as X',
    ];
    await tell(server, ...postOps);
    const hooked: Graph = {
      ...graph,
      actions: graph.actions.map((action) =>
        action.kind === "table" && action.target.name === "TOTAL" ? { ...action, postOps } : action,
      ),
    };
    const plan = await w.plan(hooked);
    expect(
      plan.steps.flatMap(({ target, ungated }) => (ungated === undefined ? [] : [[target.name, ungated]])),
    ).toEqual([["TOTAL", 2]]);
    expect(renderPlan(plan, { width: 200, paint }).join("\n")).toMatch(/TOTAL.* 2 hooks ungated/i);
    const ran = await w.run(hooked);
    const published = (await w.ledger.entries(ran.finished.runId)).filter(({ kind }) => kind === "publish");
    expect(published.map(({ subject, body }) => [subject, body.ungated])).toContainEqual(["EHR.G.TOTAL", 2]);
    expect(await w.rows('select * from "EHR"."G"."COPY" order by 1')).toEqual([[1], [2]]);
  });

  it("publishes nothing that a rule stops, and goes on from there", async () => {
    const before = await w.rows(`select * from "EHR"."S"."A" order by ID`);
    await w.sql(`insert into "EHR"."RAW"."P" (ID, V) values ('d', '4')`);
    await w.sql(`insert into "EHR"."RAW"."P" (ID, V) values ('e', '900')`);
    await w.batch({ database: "EHR", schema: "RAW", name: "P" });
    const stopped = await w.run(graph);
    expect(stopped.finished).toMatchObject({ outcome: "failed", exitCode: 2 });
    expect(stopped.statuses).toMatchObject({ "s.a": "discarded", "g.total": "skipped" });
    expect(await w.rows(`select * from "EHR"."S"."A" order by ID`)).toEqual(before);

    await w.sql(`delete from "EHR"."RAW"."P" where ID = 'e'`);
    const resumed = await w.run(graph, { resume: true });
    expect(resumed.finished.outcome).toBe("succeeded");
    expect(resumed.statuses).toMatchObject({ "s.a": "built", "g.total": "built" });
    expect(await w.rows(`select * from "EHR"."G"."TOTAL"`)).toEqual([[4, 10]]);
    expect(await verdict()).toMatchObject({ verified: true });
  });

  it("proves increments beside what is published, and tells what they missed", async () => {
    const proofs = (ran: Awaited<ReturnType<World["run"]>>) => ran.events.filter(({ kind }) => kind === "proof");
    const before = await w.rows(`select * from "EHR"."S"."A" order by ID`);
    expect(proofs(await w.run(graph, { prove: true }))).toMatchObject([
      { outcome: "pass", rows: { published: 4, rebuilt: 4, onlyPublished: 0, onlyRebuilt: 0 } },
    ]);
    await insert(["late", "1"]);
    expect(proofs(await w.run(graph, { prove: true }))).toMatchObject([
      { outcome: "fail", rows: { published: 4, rebuilt: 5, onlyPublished: 0, onlyRebuilt: 1 } },
    ]);
    expect(await w.rows(`select * from "EHR"."S"."A" order by ID`)).toEqual(before);
  });

  it("says in its views what happened, and shows what somebody changed", async () => {
    const [last] = await w.rows(
      `select OUTCOME, PUBLISHED_COUNT from "EHR".MEDFORM.RUN order by RUN_NUMBER desc limit 1`,
    );
    expect(last).toEqual(["failed", 2]);
    const failed = await w.rows(`select count(*) as "N" from "EHR".MEDFORM.EVALUATION where OUTCOME = 'fail'`);
    expect(failed[0]).not.toEqual([0]);
    await w.sql(`update "EHR".MEDFORM.LEDGER set OUTCOME = 'pass' where OUTCOME = 'fail'`);
    expect(await verdict()).toMatchObject({ verified: false, problem: { what: "altered" } });
    await using other = await openLedger(warehouse);
    expect((await other.state()).lastRun?.outcome).toBe("failed");
  });
});
