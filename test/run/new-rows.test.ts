import { beforeEach, describe, expect, it } from "vitest";
import { planAssert } from "../../src/plan/index.js";
import { executeAssert } from "../../src/run/index.js";
import { compile, type Ran, type World, world } from "./support.js";

const config = (type: string, more = "") => `config { type: "${type}", schema: "S"${more} }\n`;
const files = (tags: string, more: Readonly<Record<string, string>> = {}) => ({
  "p.sqlx": `config { type: "declaration", schema: "RAW", name: "P", columns: { ID: "", V: "" } }`,
  "a.sqlx": `${config("incremental", `, uniqueKey: ["ID"]`)}select id, v::int as v from \${ref("P")}
    \${when(incremental(), "where id::int > (select max(id::int) from " + self() + ")")}`,
  "r.sqlx": `config { type: "assertion", schema: "R", tags: [${tags}] } select id from \${ref("A")} where v < 0`,
  ...more,
});

let w: World;
beforeEach(async () => {
  w = await world();
  return async () => w[Symbol.asyncDispose]();
});
const deliver = async (...rows: readonly (readonly [number, number])[]) => {
  await w.sql(`insert into EHR.RAW.P values ${rows.map(([id, v]) => `('${id}', '${v}')`).join(", ")}`);
  await w.batch({ database: "EHR", schema: "RAW", name: "P" });
};
const evaluationOf = ({ events }: Ran) => events.find((event) => event.kind === "evaluation" && event.rule === "R");
beforeEach(async () => {
  await w.sql("create schema EHR.RAW; create table EHR.RAW.P (ID varchar, V varchar)");
});

describe("a rule that looks at new rows only", () => {
  it("looks at all of what is built anew, and at what an increment brought", async () => {
    const graph = await compile(files(`"rows:new"`));
    await deliver([1, -1]);
    const first = await w.run(graph);
    expect(evaluationOf(first)).toMatchObject({ outcome: "fail", failing: 1 });
    expect(evaluationOf(first)).not.toHaveProperty("rows");
    expect(first.statuses).toEqual({ "s.a": "discarded" });
    // An old row that breaks the rule, as from before there was one.
    const without = await compile(files(`"rows:new", "severity:warn"`));
    await w.run(without);
    await deliver([2, 1]);
    const good = await w.run(graph);
    expect(evaluationOf(good)).toMatchObject({ outcome: "pass", failing: 0, rows: "new" });
    expect(good.statuses).toEqual({ "s.a": "built" });
    await deliver([3, -1], [4, 1]);
    expect(evaluationOf(await w.run(graph))).toMatchObject({ outcome: "fail", failing: 1, rows: "new" });
    expect(await w.rows("select id from EHR.S.A order by id")).toEqual([["1"], ["2"]]);
  });

  it("measures a share by the rows that it looked at", async () => {
    const graph = await compile(files(`"rows:new", "threshold:50%"`));
    await deliver([1, 1], [2, 1], [3, 1], [4, 1]);
    await w.run(graph);
    await deliver([5, -1], [6, 1]);
    expect(evaluationOf(await w.run(graph))).toMatchObject({ outcome: "warn", failing: 1, of: 2, rows: "new" });
    await deliver([7, -1]);
    expect(evaluationOf(await w.run(graph))).toMatchObject({ outcome: "fail", failing: 1, of: 1, rows: "new" });
  });

  it("is not due by itself, and looks at all of what is published where that is asked for", async () => {
    const loose = await compile(files(`"rows:new", "severity:warn"`));
    await deliver([1, -1]);
    await w.run(loose);
    const graph = await compile(files(`"rows:new"`));
    expect((await w.run(graph)).events.filter(({ kind }) => kind === "evaluation")).toEqual([]);
    const plan = planAssert(graph, { select: ["r.r"], exclude: [] });
    const events: Ran["events"][number][] = [];
    const options = { graph, plan, warehouse: w.warehouse, ledger: w.ledger, environment: "test", about: {} };
    const finished = await executeAssert({ ...options, listener: (event) => events.push(event) });
    expect(finished).toMatchObject({ exitCode: 2, rules: { fail: 1 } });
  });

  it("reads the other tables as they are: new children, all parents", async () => {
    const graph = await compile(
      files(`"severity:warn"`, {
        "parent.sqlx": `${config("incremental", `, uniqueKey: ["ID"]`)}select id from \${ref("P")} where v::int > 0
          \${when(incremental(), "and id::int > 1")}`,
        "orphan.sqlx": `config { type: "assertion", schema: "R", dependencies: ["PARENT"], tags: ["rows:new:s.z"] }
          select c.id from \${ref("Z")} c anti join \${ref("PARENT")} p on p.id = c.id`,
        "z.sqlx": `${config("incremental", `, uniqueKey: ["ID"]`)}select id from \${ref("A")}
          \${when(incremental(), "where id::int > (select max(id::int) from " + self() + ")")}`,
      }),
    );
    await deliver([1, 1]);
    expect((await w.run(graph)).finished.exitCode).toBe(0);
    await deliver([2, 1]);
    const second = await w.run(graph);
    expect(second.outcomes.orphan).toBe("pass");
    expect(second.events).toContainEqual(expect.objectContaining({ rule: "ORPHAN", rows: "new", outcome: "pass" }));
  });

  it("looks at the whole table where it reads it through a view", async () => {
    const graph = await compile(
      files(`"severity:warn"`, {
        "v.sqlx": `${config("view")}select * from \${ref("A")}`,
        "rv.sqlx": `config { type: "assertion", schema: "R", tags: ["rows:new"] } select id from \${ref("V")} where v < 0`,
      }),
    );
    await deliver([1, 1]);
    await w.run(graph);
    await deliver([2, 1]);
    const ran = await w.run(graph);
    const evaluated = ran.events.find((event) => event.kind === "evaluation" && event.rule === "RV");
    expect(evaluated).toMatchObject({ outcome: "pass" });
    expect(evaluated).not.toHaveProperty("rows");
  });
});
