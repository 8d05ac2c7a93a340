import { beforeEach, describe, expect, it } from "vitest";
import { compile, type Ran, type World, world } from "./support.js";

let w: World;
beforeEach(async () => {
  w = await world();
  return async () => w[Symbol.asyncDispose]();
});

const P = `\${ref("RAW", "P")}`;
const declared = (columns = `, columns: { ID: "", V: "" }`) =>
  `config { type: "declaration", schema: "RAW", name: "P"${columns} }`;
const config = (type: string, more = "") => `config { type: "${type}", schema: "S"${more} }\n`;
const noticesOf = ({ events }: Ran) => events.flatMap((event) => (event.kind === "notice" ? [event.problem.code] : []));

describe("the hash key", () => {
  const hash = "sha256(coalesce(getvariable('MEDFORM_HASH_KEY'), '') || ':' || 'x')";
  const files = {
    "p.sqlx": declared(),
    "a.sqlx": `${config("incremental", `, uniqueKey: ["ID"]`)}select id, ${hash} as h from ${P}`,
    "b.sqlx": `${config("incremental")}select h from \${ref("A")} \${when(incremental(), "where false")}`,
    "free.sqlx": `${config("table")}select id from ${P}`,
  };

  it("is what keyed hashes are made with; with another one they are made anew, and never mixed", async () => {
    const graph = await compile(files);
    await w.run(graph, { hashKey: "one" });
    await w.sql("insert into EHR.RAW.P (ID) values ('1')");
    await w.batch({ database: "EHR", schema: "RAW", name: "P" });
    await w.run(graph, { hashKey: "one", fullRefresh: true });
    const seen = async () =>
      (await w.rows("select a.h = sha256('one:x'), a.h = sha256('two:x'), a.h = b.h from EHR.S.A a, EHR.S.B b"))[0];
    expect(await seen()).toEqual([true, false, true]);
    expect((await w.run(graph, { hashKey: "one" })).finished.counts.built).toBe(0);

    const other = await w.run(graph, { hashKey: "two" });
    expect(other.statuses).toEqual({ "s.a": "built", "s.b": "built", "s.free": "unchanged" });
    expect(other.action("s.a")?.reason).toBe("hash key changed");
    expect(await seen()).toEqual([false, true, true]);
  });

  it("is kept nowhere: a short digest tells one from another", async () => {
    const graph = await compile(files);
    const key = "correct horse battery staple";
    const ran = await w.run(graph, { hashKey: key });
    expect(JSON.stringify(ran.plan)).not.toContain(key);
    expect(JSON.stringify(ran.events)).not.toContain(key);
    expect(JSON.stringify(await w.rows("select * from EHR.MEDFORM.LEDGER"))).not.toContain(key);
    const { inputs } = (await w.state()).targets["EHR.S.A"] ?? {};
    expect(inputs?.MEDFORM_HASH_KEY).toMatch(/^[0-9a-f]{12}$/);
    expect((await w.state()).targets["EHR.S.FREE"]?.inputs).not.toHaveProperty("MEDFORM_HASH_KEY");
  });

  it("is asked for once a run, where something is built that needs it", async () => {
    const graph = await compile(files);
    expect(noticesOf(await w.run(graph, { select: "s.free" }))).toEqual([]);
    expect(noticesOf(await w.run(graph, { hashKey: "" }))).toEqual(["hash-key-unset"]);
    expect(noticesOf(await w.run(graph))).toEqual([]);
    expect(noticesOf(await w.run(graph, { hashKey: "one" }))).toEqual([]);
  });
});

describe("a changed description", () => {
  it("is applied without a build, to tables and views, and then there is nothing to do", async () => {
    const files = (word: string) => ({
      "a.sqlx": `${config("table", `, description: "${word}", columns: { N: "n ${word}" }`)}select 1 as n`,
      "v.sqlx": `${config("view", `, columns: { N: "v ${word}" }`)}select n from \${ref("A")}`,
    });
    const comments = () =>
      w.rows(`select comment from duckdb_tables() where table_name = 'A' union all
        select comment from duckdb_columns() where schema_name = 'S' order by 1`);
    await w.run(await compile(files("old")));
    expect(await comments()).toEqual([["n old"], ["old"], ["v old"]]);
    const graph = await compile(files("new"));
    const ran = await w.run(graph);
    expect(ran.finished.counts).toMatchObject({ built: 0, unchanged: 2 });
    expect(await comments()).toEqual([["n new"], ["new"], ["v new"]]);
    expect((await w.plan(graph)).described).toEqual([]);
    // Only what was selected is touched.
    await w.run(await compile(files("newer")), { select: "s.v" });
    expect(await comments()).toEqual([["n new"], ["new"], ["v newer"]]);
  });
});

describe("what is read and not there", () => {
  it("is named, with what makes it", async () => {
    const graph = await compile({
      "p.sqlx": declared(""),
      "a.sqlx": `${config("table")}select id from ${P}`,
      "off.sqlx": `${config("table", ", disabled: true")}select 1 as id`,
      "b.sqlx": `${config("table")}select id from \${ref("OFF")}`,
      "c.sqlx": `${config("view")}select id from \${ref("LATER")}`,
      "later.sqlx": `${config("table")}select 1 as id`,
      "typo.sqlx": `${config("table", `, dependencies: ["OFF"]`)}select nofunction(1) as id`,
    });
    const ran = await w.run(graph, { exclude: "later" });
    const problem = (label: string) => ran.action(label)?.problem;
    expect(problem("s.a")).toMatchObject({
      code: "input-missing",
      message: "it reads raw.p, which does not exist",
      at: { file: "definitions/a.sqlx" },
      hint: expect.stringContaining("definitions/p.sqlx"),
    });
    expect(problem("s.b")?.message).toBe("it reads s.off, which is disabled, and does not exist");
    expect(problem("s.c")?.hint).toContain("+s.c");
    expect(problem("s.typo")?.code).toBe("engine-catalog");
  });

  it("is no empty table in place of a source that held rows", async () => {
    const graph = await compile({ "p.sqlx": declared(), "a.sqlx": `${config("table")}select id from ${P}` });
    await w.run(graph);
    await w.sql("insert into EHR.RAW.P (ID) values ('1')");
    await w.run(graph);
    await w.sql("drop table EHR.RAW.P");
    await expect(w.run(graph)).rejects.toMatchObject({ problems: [{ code: "plan-source-gone" }] });
    expect(await w.rows("select id from EHR.S.A")).toEqual([["1"]]);
    // Made empty on purpose, it is read as such.
    await w.sql("create table EHR.RAW.P (ID varchar, V varchar)");
    await w.run(graph);
    expect(await w.rows("select id from EHR.S.A")).toEqual([]);
  });
});

describe("an error of the engine", () => {
  const source = `${config("table")}
pre_operations {
  create temp table lookup as
    select 1 as n from nowhere
}
select
  \${"1"} as n,
  nam as name
from \${ref("T")}`;
  const t = `${config("table")}select 1 as id, 'x' as name`;
  const rule = `config { type: "assertion", schema: "R" }\nselect *\nfrom \${ref("T")}\nwhere idd > 1`;

  it("is told at its line of the file, in hooks, queries and rules", async () => {
    const files = { "a.sqlx": source, "t.sqlx": t, "b.sqlx": source.replace(" from nowhere", ""), "r.sqlx": rule };
    const sourceOf = (file: string) => Object.entries(files).find(([name]) => file.endsWith(`/${name}`))?.[1];
    const { "r.sqlx": _, ...models } = files;
    const ran = await w.run(await compile(models), { sourceOf });
    expect(ran.action("s.a")?.problem).toMatchObject({
      code: "engine-catalog",
      message: "relation nowhere does not exist",
      at: { file: "definitions/a.sqlx", line: 5, column: 24 },
    });
    expect(ran.action("s.b")?.problem).toMatchObject({
      message: "column nam does not exist here",
      at: { file: "definitions/b.sqlx", line: 9, column: 3 },
    });
    const judged = await w.run(await compile(files), { sourceOf, select: "r.r" });
    expect(judged.events.find((event) => event.kind === "evaluation")).toMatchObject({
      outcome: "error",
      problem: { message: "column idd does not exist here", at: { file: "definitions/r.sqlx", line: 4, column: 7 } },
    });
  });

  it("says what a query lacks", async () => {
    const graph = await compile({
      "t.sqlx": t,
      "r.sqlx": `config { type: "assertion", tags: ["rule:r"] }\nselect * from \${ref("T")}`,
      "none.sqlx": config("table"),
      "two.sqlx": `${config("table")}select 1 as n; select 2 as n`,
    });
    const ran = await w.run(graph);
    expect(ran.events.find((event) => event.kind === "evaluation")?.problem).toMatchObject({
      code: "rule-column",
      message: "its query has no column RULE",
      at: { file: "definitions/r.sqlx" },
    });
    expect(ran.action("s.none")?.problem?.message).toBe("there is no query");
    expect(ran.action("s.two")?.problem?.message).toBe("there are several statements where one query is wanted");
  });

  it("is told at the line of the statement, where the file cannot be had", async () => {
    const ran = await w.run(await compile({ "t.sqlx": t, "b.sqlx": source.replace(" from nowhere", "") }));
    const { message, at } = ran.action("s.b")?.problem ?? {};
    expect(message).toMatch(/^column nam does not exist here, at line \d+, column 3 of the statement$/);
    expect(at).toEqual({ file: "definitions/b.sqlx" });
  });
});

describe("a landing table", () => {
  const model = (columns: string) => ({ "t.sqlx": `${config("table")}select ${columns} from ${P}` });

  it("gains what its source declares later, and keeps its rows", async () => {
    await w.run(await compile({ "p.sqlx": declared(), ...model("id") }));
    await w.sql("insert into EHR.RAW.P (ID) values ('1')");
    const later = await compile({
      "p.sqlx": declared(`, columns: { ID: "", V: "", LATER: "" }`),
      ...model("id, later"),
    });
    const ran = await w.run(later);
    expect(ran.plan.landings).toMatchObject([{ added: ["LATER"] }]);
    expect(ran.statuses).toEqual({ "s.t": "built" });
    expect(await w.rows("select id, later from EHR.S.T")).toEqual([["1", null]]);
    expect((await w.run(later)).plan.landings).toEqual([]);
  });
});
