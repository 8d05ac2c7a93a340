import { beforeEach, describe, expect, it } from "vitest";
import { compile, type Ran, type World, world } from "./support.js";

const files = (tags: string, rules = "") => ({
  "p.sqlx": `config { type: "declaration", schema: "RAW", name: "P", columns: { ID: "", V: "" } }`,
  "a.sqlx": `config { type: "table", schema: "S" } select id, v::int as v from \${ref("RAW", "P")}`,
  "b.sqlx": `config { type: "table", schema: "S" } select * from \${ref("A")}`,
  "r.sqlx": `config { type: "assertion", schema: "R", tags: [${tags}] }
    select ${rules === "" ? "" : "'low' as rule, "}id from \${ref("A")} where v < 0 ${rules}`,
});

let w: World;
beforeEach(async () => {
  w = await world();
  return async () => w[Symbol.asyncDispose]();
});

/** `bad` of `all` rows are negative. */
async function deliver(bad: number, all: number): Promise<void> {
  await w.sql("create schema if not exists EHR.RAW");
  await w.sql(
    `create or replace table EHR.RAW.P as select n::varchar as id, (case when n < ${bad} then -1 else 1 end)::varchar as v from range(${all}) t(n)`,
  );
}
const evaluationOf = ({ events }: Ran, rule = "R") =>
  events.find((event) => event.kind === "evaluation" && event.rule === rule);

describe("a rule with a threshold", () => {
  it("warns up to so many rows, and stops its table beyond", async () => {
    const graph = await compile(files(`"threshold:2"`));
    await deliver(2, 10);
    const borne = await w.run(graph);
    expect(borne.finished).toMatchObject({ outcome: "succeeded", exitCode: 0, rules: { warn: 1 } });
    expect(borne.statuses).toEqual({ "s.a": "built", "s.b": "built" });
    expect(evaluationOf(borne)).toMatchObject({
      outcome: "warn",
      severity: "error",
      failing: 2,
      threshold: { rows: 2 },
    });
    await deliver(3, 10);
    const stopped = await w.run(graph);
    expect(stopped.statuses).toEqual({ "s.a": "discarded", "s.b": "skipped" });
    expect(evaluationOf(stopped)).toMatchObject({ outcome: "fail", failing: 3, threshold: { rows: 2 } });
    expect(await w.rows("select count(*) from EHR.S.B where v < 0")).toEqual([[2]]);
  });

  it("measures a share by the rows of its table, and records it", async () => {
    const graph = await compile(files(`"threshold:20%"`));
    await deliver(2, 10);
    const borne = await w.run(graph);
    expect(evaluationOf(borne)).toMatchObject({ outcome: "warn", failing: 2, threshold: { share: 0.2 }, of: 10 });
    expect((await w.state()).rules["EHR.R.R/R"]).toMatchObject({
      outcome: "warn",
      failing: 2,
      threshold: { share: 0.2 },
      of: 10,
    });
    await deliver(2, 9);
    expect(evaluationOf(await w.run(graph))).toMatchObject({ outcome: "fail", failing: 2, of: 9 });
    await deliver(0, 9);
    const sound = await w.run(graph);
    expect(evaluationOf(sound)).toMatchObject({ outcome: "pass", failing: 0 });
    expect(evaluationOf(sound)).not.toHaveProperty("of");
  });

  it("is judged rule by rule", async () => {
    const more = `union all select 'high', id from \${ref("A")} where v > 0`;
    const graph = await compile(files(`"threshold:50%", "rule:low", "rule:high", "rule:none"`, more));
    await deliver(2, 10);
    const ran = await w.run(graph);
    expect(ran.outcomes).toEqual({ low: "warn", high: "fail", none: "pass" });
    expect(ran.statuses).toEqual({ "s.a": "discarded", "s.b": "skipped" });
  });

  it("bears no share of a table without rows, and stays a warning with severity warn", async () => {
    const all = `config { type: "assertion", schema: "R", tags: ["threshold:100%"] } select 1 as n, (select count(*) from \${ref("A")}) as m`;
    await deliver(0, 0);
    const strict = await w.run(await compile({ ...files(""), "r.sqlx": all }));
    expect(evaluationOf(strict)).toMatchObject({ outcome: "fail", of: 0 });
    const mild = await w.run(await compile({ ...files(""), "r.sqlx": all.replace(`["`, `["severity:warn", "`) }));
    expect(mild.outcomes).toEqual({ r: "warn" });
    expect(mild.finished.exitCode).toBe(0);
  });
});
