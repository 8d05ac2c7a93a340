import { beforeEach, describe, expect, it } from "vitest";
import { compile, type Ran, type World, world } from "./support.js";

const source = `config { type: "declaration", schema: "RAW", name: "P", columns: { ID: "", V: "" } }`;
const config = (type: string, schema: string, more = "") => `config { type: "${type}", schema: "${schema}"${more} }\n`;
const view = (schema: string, sql: string) => config("view", schema) + sql;
const table = (schema: string, sql: string, more = "") => config("table", schema, more) + sql;
const rule = (sql: string, more = "") => config("assertion", "RULES", more) + sql;
const [P, A, B] = [`\${ref("RAW", "P")}`, `\${ref("S", "A")}`, `\${ref("S", "B")}`];

let w: World;
beforeEach(async () => {
  w = await world();
  return async () => w[Symbol.asyncDispose]();
});
const insert = async (...rows: readonly string[]) => {
  await w.sql(`insert into EHR.RAW.P (ID, V) values ${rows.join(", ")}`);
  await w.batch({ database: "EHR", schema: "RAW", name: "P" });
};
const problemCodes = ({ events }: Ran) =>
  events.flatMap((event) => ("problem" in event && event.problem ? [event.problem.code] : []));

describe("what is built", () => {
  it("is tables, views and incrementals, with their rules; and then there is nothing to do", async () => {
    const graph = await compile({
      "p.sqlx": source,
      "staged.sqlx": view("B", `select id, v::int as v from ${P}`),
      "a.sqlx": `${config("incremental", "S", `, uniqueKey: ["ID"], assertions: { uniqueKey: ["ID"], nonNull: ["V"] }`)}
        select id, v from \${ref("B", "STAGED")}`,
      "total.sqlx": table(
        "G",
        `select count(*) as n, sum(v) as s from ${A}`,
        `, assertions: { rowConditions: ["N >= 0"] }`,
      ),
    });
    const empty = await w.run(graph);
    expect(empty.finished).toMatchObject({
      outcome: "succeeded",
      exitCode: 0,
      counts: { built: 3 },
      rules: { pass: 3 },
    });
    expect(empty.statuses).toEqual({ "b.staged": "built", "s.a": "built", "g.total": "built" });
    expect(await w.rows(`select * from EHR.G.TOTAL`)).toEqual([[0, null]]);

    const again = await w.run(graph);
    expect(again.events[0]).toMatchObject({ kind: "run-started", actions: 0, unchanged: 3 });
    expect(again.finished).toMatchObject({ exitCode: 0, counts: { built: 0, unchanged: 3 } });
    expect(again.events.filter(({ kind }) => kind === "action-started")).toEqual([]);

    await insert("('a', '1')", "('b', '2')");
    const more = await w.run(graph);
    expect(more.statuses).toEqual({ "b.staged": "unchanged", "s.a": "built", "g.total": "built" });
    expect(more.action("s.a")).toMatchObject({ rows: 2, changed: 2 });
    expect(await w.rows(`select * from EHR.G.TOTAL`)).toEqual([[2, 3]]);
  });

  it("is merged by uniqueKey, or appended without one", async () => {
    const when = `\${when(incremental(), "where v::int > 1")}`;
    const graph = await compile({
      "p.sqlx": source,
      "keyed.sqlx": `${config("incremental", "S", `, uniqueKey: ["ID"]`)}select id, v::int as v from ${P} ${when}`,
      "plain.sqlx": `${config("incremental", "S")}select id, v::int as v from ${P} ${when}`,
    });
    await w.run(graph);
    await w.sql("insert into EHR.RAW.P (ID, V) values ('a', '2'), (null, '3'), ('c', '1')");
    await w.run(graph);
    const second = await w.run(graph);
    // A source without batch records counts as changed, so each run is an increment.
    expect(second.action("s.keyed")).toMatchObject({ rows: 2, changed: 2 });
    expect(second.action("s.plain")).toMatchObject({ rows: 4, changed: 2 });
    expect(await w.rows(`select * from EHR.S.KEYED order by v`)).toEqual([
      ["a", 2],
      [null, 3],
    ]);
    expect((await w.run(graph, { fullRefresh: true, select: "plain" })).action("s.plain")).toMatchObject({ rows: 3 });
  });

  it("runs hooks in the transaction, and operations where their dependencies say", async () => {
    const graph = await compile({
      "p.sqlx": source,
      "log.sqlx": `${config("operations", "S", ", hasOutput: true")}create table if not exists \${self()} (who varchar, n bigint)
        ---
        insert into \${self()} select 'operation', count(*) from ${P}`,
      "a.sqlx": `${table("S", `select * from ${P}`)}
        pre_operations { create or replace temp table before_a as select 1 }
        post_operations { insert into \${ref("S", "LOG")} select 'hook', count(*) from \${self()} }`,
      "after.sqlx": table("G", `select who, n from \${ref("S", "LOG")} order by who`, `, dependencies: ["A"]`),
    });
    const first = await w.run(graph);
    expect(first.statuses).toEqual({ "s.log": "built", "s.a": "built", "g.after": "built" });
    expect(await w.rows(`select * from EHR.G.AFTER`)).toEqual(
      [
        ["hook", 0n],
        ["operation", 0n],
      ].map(([who, n]) => [who, Number(n)]),
    );
    expect((await w.run(graph)).statuses).toEqual({ "s.log": "built", "s.a": "built", "g.after": "built" });
  });

  it("is not what is disabled, nor protected from being built anew", async () => {
    const files = (sql: string) => ({
      "p.sqlx": source,
      "off.sqlx": table("S", `select * from ${P}`, ", disabled: true"),
      "kept.sqlx": `${config("incremental", "S", ", protected: true")}select ${sql} as n`,
    });
    await w.run(await compile(files("1")));
    const changed = await w.run(await compile(files("2")));
    expect(changed.statuses).toEqual({ "s.off": "blocked", "s.kept": "blocked" });
    expect(changed.action("s.kept")?.reason).toBe("protected, and would be built anew: SQL changed");
    expect(await w.rows(`select * from EHR.S.KEPT`)).toEqual([[1]]);
  });

  it("is what reads as_of, when that changes", async () => {
    const graph = await compile({
      "a.sqlx": table("S", `select getvariable('MEDFORM_AS_OF')::varchar as at`),
      "b.sqlx": table("S", `select getvariable('MEDFORM_RUN_ID') as run, getvariable('MEDFORM_RUN_NUMBER') as number`),
    });
    const first = await w.run(graph);
    expect(await w.rows("select * from EHR.S.A")).toEqual([[null]]);
    const moved = await w.run(graph, { asOf: "2024-02-02T00:00:00Z" });
    expect(moved.statuses).toEqual({ "s.a": "built", "s.b": "unchanged" });
    expect(await w.rows("select * from EHR.S.A")).toEqual([["2024-02-02T00:00:00Z"]]);
    const started = first.events[0];
    const runId = started?.kind === "run-started" ? started.runId : "";
    expect(await w.rows("select * from EHR.S.B")).toEqual([[runId, 1]]);
    expect((await w.run(graph, { asOf: "2024-02-02T00:00:00Z" })).finished.counts.built).toBe(0);
  });

  it("tells what became of source rows", async () => {
    const routes = `select 'patients' as route, 'current' as disposition, null as rule, 3 as row_count`;
    const graph = await compile({ "d.sqlx": table("G", routes, `, tags: ["medform:dispositions"]`) });
    const rows = [{ route: "patients", disposition: "current", rule: null, count: 3 }];
    expect((await w.run(graph)).events).toContainEqual({ kind: "dispositions", rows });
    expect((await w.run(graph)).events).toContainEqual({ kind: "dispositions", rows });
    const other = await compile({ "d.sqlx": table("G", "select 1 as n", `, tags: ["medform:dispositions"]`) });
    const bad = await w.run(other);
    expect(bad.finished.exitCode).toBe(0);
    expect(problemCodes(bad)).toEqual(["dispositions"]);
  });
});

describe("what a rule stops", () => {
  const files = (extra: Readonly<Record<string, string>> = {}) => ({
    "p.sqlx": source,
    "a.sqlx": table("S", `select id, v::int as v from ${P}`),
    "v.sqlx": view("S", `select * from ${A} where v is not null`),
    "b.sqlx": table("S", `select * from ${A}`),
    "far.sqlx": table("G", `select * from ${B}`),
    "free.sqlx": table("G", `select * from ${P}`),
    ...extra,
  });

  it("is a table, through a view; the published one stays, dependents are skipped and say on what", async () => {
    const graph = await compile(
      files({
        "small.sqlx": rule(`select * from \${ref("S", "V")} where v > 9`, `, tags: ["rule:small"]`).replace(
          "*",
          "'small' as rule, *",
        ),
      }),
    );
    expect((await w.run(graph)).finished.exitCode).toBe(0);
    await insert("('a', '1')");
    expect((await w.run(graph)).finished.exitCode).toBe(0);
    await insert("('b', '10')");
    const bad = await w.run(graph);
    expect(bad.statuses).toEqual({
      "s.a": "discarded",
      "s.v": "unchanged",
      "s.b": "skipped",
      "g.far": "skipped",
      "g.free": "built",
    });
    expect(bad.action("s.a")?.reason).toBe("small failed");
    for (const label of ["s.b", "g.far"]) expect(bad.action(label)?.on).toMatchObject({ schema: "S", name: "A" });
    expect(bad.events).toContainEqual(
      expect.objectContaining({
        rule: "small",
        outcome: "fail",
        failing: 1,
        gate: expect.objectContaining({ name: "A" }),
      }),
    );
    expect(bad.finished).toMatchObject({ outcome: "failed", exitCode: 2 });
    for (const name of ["S.A", "S.V", "S.B", "G.FAR"])
      expect(await w.rows(`select id from EHR.${name}`)).toEqual([["a"]]);
    expect(await w.rows("select id from EHR.G.FREE order by id")).toEqual([["a"], ["b"]]);
    // The next run tries again, and what is repaired is published.
    await w.sql("delete from EHR.RAW.P where ID = 'b'");
    expect((await w.run(graph)).finished).toMatchObject({ exitCode: 0, counts: { built: 3 } });
  });

  it("is a first build with its new views, which are then not there at all", async () => {
    const graph = await compile(files({ "none.sqlx": rule(`select * from \${ref("S", "V")}`) }));
    await w.run(graph, { select: "free" });
    await insert("('a', '1')");
    const bad = await w.run(graph);
    expect(bad.statuses).toMatchObject({ "s.a": "discarded", "s.v": "discarded", "s.b": "skipped" });
    expect(await w.rows("select table_name from duckdb_tables() where schema_name = 'S'")).toEqual([]);
    expect(await w.rows("select view_name from duckdb_views() where schema_name = 'S'")).toEqual([]);
  });

  it("is nothing, with severity warn", async () => {
    const graph = await compile(files({ "none.sqlx": rule(`select * from ${A}`, `, tags: ["severity:warn"]`) }));
    await w.run(graph);
    await insert("('a', '1')");
    const warned = await w.run(graph);
    expect(warned.finished).toMatchObject({ outcome: "succeeded", exitCode: 0, rules: { warn: 1 } });
    expect(warned.outcomes).toEqual({ none: "warn" });
    expect(await w.rows("select id from EHR.S.A")).toEqual([["a"]]);
  });

  it("is nothing, where a rule reads what is not there", async () => {
    const both = (severity: string) =>
      rule(`select a.id from ${A} a, \${ref("S", "GONE")} g`, `, tags: ["severity:${severity}"]`);
    const graph = await compile(
      files({
        "gone.sqlx": `${config("table", "S", ", disabled: true")}select 1 as id`,
        "broken.sqlx": table("S", "select 'x'::int as id"),
        "error.sqlx": both("error"),
        "warn.sqlx": both("warn").replace("GONE", "BROKEN"),
      }),
    );
    const ran = await w.run(graph);
    expect(ran.statuses).toMatchObject({ "s.a": "built", "s.gone": "blocked", "s.broken": "failed" });
    expect(ran.outcomes).toEqual({ error: "skipped", warn: "skipped" });
    // Three relations and two rules, of which nothing more is heard than was announced.
    const told = ran.events.filter(
      (event) => event.kind === "evaluation" || (event.kind === "action-finished" && event.status !== "blocked"),
    );
    expect(ran.events[0]).toMatchObject({ kind: "run-started", actions: told.length });
  });

  it("is discarded by a rule that errors, and the rest is skipped; no value shows", async () => {
    const graph = await compile(
      files({
        "r1.sqlx": rule(`select * from ${A} where id::int = 1`),
        "r2.sqlx": rule(`select * from ${A} where v > 9`),
      }),
    );
    await w.run(graph);
    await insert("('secret', '1')");
    const bad = await w.run(graph);
    expect(bad.outcomes).toEqual({ r1: "error", r2: "skipped" });
    expect(bad.action("s.a")).toMatchObject({ status: "discarded", reason: "R1 errored" });
    expect(bad.finished).toMatchObject({ outcome: "error", exitCode: 1 });
    expect(JSON.stringify(bad.events)).not.toContain("secret");
    expect(JSON.stringify(await w.rows("select * from EHR.MEDFORM.LEDGER"))).not.toContain("secret");
  });

  it("is judged by rule where the query says which rule a row breaks", async () => {
    const graph = await compile(
      files({
        "two.sqlx": rule(
          `select 'one' as rule, id from ${A} where v > 9 union all select 'three', id from ${A} where v > 90`,
          `, tags: ["rule:one", "rule:two", "severity:warn"]`,
        ),
      }),
    );
    await w.run(graph);
    await insert("('a', '10')", "('b', '100')");
    const judged = await w.run(graph);
    expect(judged.outcomes).toEqual({ one: "warn", two: "pass", undeclared: "warn" });
    expect(problemCodes(judged)).toEqual(["rule-undeclared"]);
  });

  it("is what it cannot build; what depends on it is skipped, the rest goes on", async () => {
    const graph = await compile(files({ "r.sqlx": rule(`select * from ${A}`) }));
    await w.run(graph);
    await insert("('a', 'no number')");
    const bad = await w.run(graph);
    expect(bad.statuses).toMatchObject({ "s.a": "failed", "s.b": "skipped", "g.free": "built" });
    expect(bad.outcomes).toEqual({ r: "skipped" });
    expect(bad.action("s.a")?.problem).toMatchObject({ code: "engine-conversion", at: { file: "definitions/a.sqlx" } });
    expect(bad.finished).toMatchObject({ outcome: "error", exitCode: 1 });
    expect(JSON.stringify(bad.events)).not.toContain("no number");
  });

  it("is one of two tables under one rule, so that no orphan is ever published", async () => {
    const graph = await compile({
      "p.sqlx": source,
      "parent.sqlx": table("S", `select id from ${P} where v = 'parent'`),
      "child.sqlx": table("S", `select id from ${P} where v = 'child'`),
      "orphans.sqlx": rule(
        `select c.id from \${ref("S", "CHILD")} c anti join \${ref("S", "PARENT")} p on p.id = c.id`,
      ),
    });
    await w.run(graph);
    await insert("('1', 'parent')", "('1', 'child')");
    expect((await w.run(graph, { threads: 4 })).finished.exitCode).toBe(0);
    // At once a parent goes and its child stays: side by side, each table alone would pass.
    await w.sql("delete from EHR.RAW.P where V = 'parent'");
    await insert("('2', 'child')");
    const bad = await w.run(graph, { threads: 4 });
    expect(bad.statuses).toEqual({ "s.child": "built", "s.parent": "discarded" });
    expect(await w.rows("select * from EHR.S.PARENT")).toEqual([["1"]]);
  });

  it("is, alone, what comes after sources and operations; what is published is marked", async () => {
    const graph = await compile(files({ "src.sqlx": rule(`select * from ${P} where v = 'bad'`) }));
    await w.run(graph);
    await insert("('a', '1')");
    expect((await w.run(graph)).finished.counts.built).toBe(4);
    await insert("('b', 'bad')");
    const bad = await w.run(graph);
    expect(bad.statuses).toMatchObject({ "s.a": "skipped", "s.b": "skipped", "g.free": "skipped" });
    expect(bad.action("s.a")?.on).toMatchObject({ name: "SRC" });
    expect(bad.finished).toMatchObject({ outcome: "failed", exitCode: 2 });
  });

  it("marks a published table that a new rule fails on, until the rule passes", async () => {
    await w.run(await compile(files()));
    await insert("('a', '1')");
    await w.run(await compile(files()));
    const failing = async () =>
      Object.values((await w.state()).targets)
        .filter((one) => one.failing)
        .map((one) => one.target.name);
    const graph = await compile(files({ "new.sqlx": rule(`select * from ${A} where v = 1`) }));
    const bad = await w.run(graph, { exclude: "free" });
    expect(bad.finished).toMatchObject({ exitCode: 2 });
    expect(await failing()).toEqual(["A"]);
    const relaxed = await compile(files({ "new.sqlx": rule(`select * from ${A} where v = 2`) }));
    expect((await w.run(relaxed, { exclude: "free" })).finished.exitCode).toBe(0);
    expect(await failing()).toEqual([]);
  });

  describe("a mark over two tables", () => {
    const Q = `\${ref("RAW", "Q")}`;
    const own = (more: Readonly<Record<string, string>> = {}) =>
      compile({
        "p.sqlx": source,
        "q.sqlx": source.replace('"P"', '"Q"'),
        "a.sqlx": table("S", `select id from ${P}`),
        "b.sqlx": table("S", `select id from ${Q}`),
        ...more,
      });
    const both = rule(`select id from ${A} anti join ${B} using (id)`);
    const marked = async () =>
      Object.values((await w.state()).targets)
        .filter((one) => one.failing)
        .map((one) => one.target.name);
    const intoQ = async (row: string) => {
      await w.sql(`insert into EHR.RAW.Q (ID, V) values ${row}`);
      await w.batch({ database: "EHR", schema: "RAW", name: "Q" });
    };

    beforeEach(async () => {
      await w.run(await own());
      await insert("('1', '1')");
      await w.run(await own());
      expect((await w.run(await own({ "r.sqlx": both }))).finished.exitCode).toBe(2);
      expect(await marked()).toEqual(["A", "B"]);
    });

    it("goes from the one that stays too, when the rule passes at the gate of the other", async () => {
      await intoQ("('1', '1')");
      const mended = await w.run(await own({ "r.sqlx": both }));
      expect(mended.statuses).toMatchObject({ "s.a": "unchanged", "s.b": "built" });
      expect(await marked()).toEqual([]);
    });

    it("stays where the other is thrown away, though the rule passed on what was staged", async () => {
      await intoQ("('1', '1'), ('bad', '1')");
      const strict = rule(`select id from ${B} where id = 'bad'`);
      const thrown = await w.run(await own({ "r.sqlx": both, "strict.sqlx": strict }));
      expect(thrown.outcomes).toEqual({ r: "pass", strict: "fail" });
      expect(await marked()).toEqual(["A", "B"]);
    });

    it("stays where the rule could not be evaluated, and goes with the rule itself", async () => {
      const broken = rule(`select id from ${A} anti join ${B} using (id) where cast('x' || id as int) = 1`);
      expect((await w.run(await own({ "r.sqlx": broken }))).outcomes).toEqual({ r: "error" });
      expect(await marked()).toEqual(["A", "B"]);
      await w.run(await own());
      expect(await marked()).toEqual([]);
    });
  });
});

describe("how a run ends early", () => {
  const slow = "select count(*) as n from range(400000000) a, range(400) b where a.range % 7 = b.range % 5";

  it("cancels what runs, discards it, and says so", async () => {
    const graph = await compile({
      "a.sqlx": table("S", "select 1 as n"),
      "slow.sqlx": table("S", `${slow} union all select n from ${A}`),
      "after.sqlx": table("G", `select * from \${ref("S", "SLOW")}`),
      "r.sqlx": rule(`select * from \${ref("S", "SLOW")} where false`),
    });
    const abort = new AbortController();
    const reason = Object.assign(new Error("Terminated"), { exitCode: 143 });
    const started = performance.now();
    const ran = await w.run(graph, {
      signal: abort.signal,
      listener: (event) => {
        if (event.kind === "action-started" && event.target.name === "SLOW") setTimeout(() => abort.abort(reason), 50);
      },
    });
    expect(performance.now() - started).toBeLessThan(5000);
    expect(ran.statuses).toEqual({ "s.a": "built", "s.slow": "cancelled", "g.after": "cancelled" });
    expect(ran.outcomes).toEqual({ r: "skipped" });
    expect(ran.finished).toMatchObject({ outcome: "cancelled", exitCode: 143 });
    expect((await w.state()).lastRun).toMatchObject({ outcome: "cancelled" });
    expect(await w.rows("select table_name from duckdb_tables() where schema_name in ('S', 'G')")).toEqual([["A"]]);
  });

  it("says of what had committed when the cancel came that it is published", async () => {
    const abort = new AbortController();
    await using late = await world(":memory:", (sql) => {
      if (/PUBLICATION as t/.test(sql)) abort.abort(Object.assign(new Error("Interrupted"), { exitCode: 130 }));
    });
    const graph = await compile({
      "a.sqlx": table("S", "select 1 as n"),
      "b.sqlx": table("S", `select * from ${A}`),
    });
    const ran = await late.run(graph, { signal: abort.signal });
    expect(ran.statuses).toEqual({ "s.a": "built", "s.b": "cancelled" });
    expect(ran.finished).toMatchObject({ outcome: "cancelled", exitCode: 130 });
    const state = await late.state();
    expect(Object.keys(state.targets)).toEqual(["EHR.S.A"]);
    expect(state.failed).toEqual({ "EHR.S.B": "cancelled" });
    expect((await late.run(graph)).statuses).toEqual({ "s.a": "unchanged", "s.b": "built" });
  });

  it("starts nothing new after a failure, with fail-fast", async () => {
    const graph = await compile({
      "a.sqlx": table("S", "select 'x'::int as n"),
      "b.sqlx": table("S", "select 1 as n"),
      "c.sqlx": table("S", "select 1 as n"),
    });
    const fast = await w.run(graph, { failFast: true, threads: 1 });
    expect(fast.statuses).toEqual({ "s.a": "failed", "s.b": "skipped", "s.c": "skipped" });
    expect(fast.action("s.c")?.on).toMatchObject({ name: "A" });
    expect((await w.run(graph, { threads: 1 })).statuses).toEqual({ "s.a": "failed", "s.b": "built", "s.c": "built" });
  });
});
