import { describe, expect, it } from "vitest";
import { ProblemError } from "../../src/graph/index.js";
import { compile, world } from "./support.js";

const model = (type: string, n: number) =>
  compile({
    "a.sqlx": `config { type: "${type}", schema: "S", assertions: { nonNull: ["N"] } }
      select ${n} as n, i as part from range(${type === "view" ? 10 : 20_000}) t(i)`,
    "b.sqlx": `config { type: "table", schema: "S" } select distinct n from \${ref("A")}`,
  });

describe("a relation that becomes one of another kind", () => {
  it("is never missing, and never half of two, to who reads meanwhile", async () => {
    await using w = await world();
    const kinds = ["table", "view", "incremental", "view", "table", "incremental", "table"];
    await w.run(await model("view", 0));
    await using reader = await w.warehouse.session();
    const seen: number[] = [];
    const failures: unknown[] = [];
    let reading = true;
    const readers = (async () => {
      while (reading) {
        try {
          const rows = await reader.rows(`select distinct n from EHR.S.A`);
          expect(rows).toHaveLength(1);
          seen.push(Number(rows[0]?.n));
        } catch (error) {
          failures.push(error instanceof ProblemError ? error.problems[0]?.code : error);
        }
      }
    })();
    for (const [i, kind] of kinds.entries()) {
      const ran = await w.run(await model(kind, i + 1));
      expect(ran.statuses).toEqual({ "s.a": "built", "s.b": "built" });
      if (i > 0) expect(ran.action("s.a")?.reason).toMatch(/^exists as a (table|view)$|^SQL changed$/);
      expect(await w.rows("select distinct n from EHR.S.B")).toEqual([[i + 1]]);
    }
    reading = false;
    await readers;
    expect(failures).toEqual([]);
    // In order, so that no older one came back, and more than one of them.
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(new Set(seen).size).toBeGreaterThan(2);
  });

  it("stays what it was where a rule fails", async () => {
    await using w = await world();
    await w.run(await model("table", 1));
    const bad = await compile({
      "a.sqlx": `config { type: "view", schema: "S", assertions: { nonNull: ["N"] } } select null::integer as n`,
      "b.sqlx": `config { type: "table", schema: "S" } select distinct n from \${ref("A")}`,
    });
    expect((await w.run(bad)).statuses).toEqual({ "s.a": "discarded", "s.b": "skipped" });
    expect(await w.rows("select distinct n from EHR.S.A")).toEqual([[1]]);
    const [info] = (await w.warehouse.catalog.relations()).filter(({ target }) => target.name === "A");
    expect(info?.kind).toBe("table");
  });

  describe("a view that becomes a table,", () => {
    const project = (type: string, more: Readonly<Record<string, string>> = {}, reads = "A") =>
      compile({
        "src.sqlx": `config { type: "declaration", schema: "RAW", name: "SRC" }`,
        "a.sqlx": `config { type: "table", schema: "S" } select n from \${ref("SRC")}`,
        "v.sqlx": `config { type: "${type}", schema: "S" } select n from \${ref("${reads}")}`,
        "r.sqlx": `config { type: "assertion", schema: "RULES" } select n from \${ref("V")} where n = 13`,
        ...more,
      });

    it("shows nothing of a table below that its rules would have stopped, while it is still a view", async () => {
      await using w = await world();
      await w.sql("create schema EHR.RAW; create table EHR.RAW.SRC as select 1 as n");
      await w.run(await project("view"));
      await w.sql("insert into EHR.RAW.SRC values (13)");
      const thrown = await w.run(await project("table"));
      expect(thrown.statuses).toEqual({ "s.a": "discarded", "s.v": "discarded" });
      expect(await w.rows("from EHR.S.V")).toEqual([[1]]);
      await w.sql("update EHR.RAW.SRC set n = 2 where n = 13");
      expect((await w.run(await project("table"))).statuses).toEqual({ "s.a": "built", "s.v": "built" });
      expect(await w.rows("from EHR.S.V order by n")).toEqual([[1], [2]]);
    });

    it("or reads another table shows nothing of the former one that its rules would have stopped", async () => {
      await using w = await world();
      await w.sql("create schema EHR.RAW; create table EHR.RAW.SRC as select 1 as n");
      const other = { "b.sqlx": `config { type: "table", schema: "S" } select n from \${ref("SRC")}` };
      await w.run(await project("view", other));
      await w.sql("insert into EHR.RAW.SRC values (13)");
      const thrown = await w.run(await project("view", other, "B"));
      expect(thrown.statuses).toEqual({ "s.a": "discarded", "s.b": "discarded", "s.v": "discarded" });
      expect(await w.rows("from EHR.S.V")).toEqual([[1]]);
    });

    it("is published for itself where something stands between", async () => {
      await using w = await world();
      await w.sql("create schema EHR.RAW; create table EHR.RAW.SRC as select 1 as n");
      await w.run(await project("view"));
      const between = { "m.sqlx": `config { type: "table", schema: "S" } select n from \${ref("A")}` };
      const ran = await w.run(await project("table", between, "M"));
      expect(ran.statuses).toEqual({ "s.a": "built", "s.m": "built", "s.v": "built" });
    });

    it("is published for itself where what it shows lies in another database", async () => {
      await using w = await world();
      await w.sql("create schema EHR.RAW; create table EHR.RAW.SRC as select 1 as n");
      const elsewhere = {
        "a.sqlx": `config { type: "table", schema: "S", database: "OTHER" } select n from \${ref("SRC")}`,
      };
      const unruled = { ...elsewhere, "r.sqlx": `config { type: "declaration", schema: "RAW", name: "R" }` };
      await w.run(await project("view", unruled));
      const ran = await w.run(await project("table", elsewhere));
      expect(ran.statuses).toEqual({ "s.a": "built", "s.v": "built" });
    });
  });
});
