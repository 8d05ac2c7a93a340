import { describe, expect, it } from "vitest";
import { type Graph, ProblemError } from "../../src/graph/index.js";
import {
  assertion,
  carriedOut,
  decisions,
  graphOf,
  incremental,
  type Known,
  loaded,
  named,
  operation,
  planFor,
  source,
  table,
  units,
  view,
} from "./graphs.js";

const src = source("raw.p");
const chain = [src, view("b.v", ["raw.p"]), incremental("s.i", ["b.v"]), table("g.t", ["s.i"])];
const built = (graph: Graph, known = loaded(graph)) => carriedOut(planFor(graph, known), graph, known);
const withBatch = (known: Known, batch: string): Known => ({ ...known, sourceVersions: { "EHR.RAW.P": batch } });
const problems = (graph: Graph, known = loaded(graph)) => {
  try {
    planFor(graph, known);
  } catch (error) {
    if (error instanceof ProblemError) return error.problems;
    throw error;
  }
  return [];
};

describe("what is built, and why", () => {
  const graph = graphOf(...chain);

  it("is everything at first, and nothing right after", () => {
    expect(decisions(planFor(graph, loaded(graph)))).toEqual({
      "b.v": "create: new",
      "s.i": "create: new",
      "g.t": "create: new",
    });
    const plan = planFor(graph, built(graph));
    expect(new Set(Object.values(decisions(plan)))).toEqual(new Set(["skip: unchanged"]));
    expect(plan.units).toEqual([]);
  });

  it("is what reads a new batch, through views, and what follows from it", () => {
    expect(decisions(planFor(graph, withBatch(built(graph), "b2")))).toEqual({
      "b.v": "skip: unchanged",
      "s.i": "increment: new source batches: raw.p",
      "g.t": "create: upstream changed: s.i",
    });
  });

  it("says what is behind above the selection, and only what is published there", () => {
    const known = withBatch(built(graph), "b2");
    const behind = (select: string, of = known) => planFor(graph, of, { select }).behind;
    expect(behind("g.t")).toEqual([named("s.i")]);
    expect([behind("s.i"), behind("b.v"), behind("+g.t"), behind("s.i g.t")]).toEqual([[], [], [], []]);
    expect([behind("g.t", built(graph)), behind("g.t", loaded(graph))]).toEqual([[], []]);
    const between = graphOf(...chain, table("g.u", ["g.t"]));
    const refreshed = withBatch(built(between), "b2");
    expect(planFor(between, refreshed, { select: "s.i g.u" }).behind).toEqual([named("g.t")]);
  });

  it("is what reads a table that was built by another run", () => {
    const known = withBatch(built(graph), "b2");
    const alone = carriedOut(planFor(graph, known, { select: "s.i" }), graph, known, "r2");
    expect(decisions(planFor(graph, alone))).toEqual({
      "b.v": "skip: unchanged",
      "s.i": "skip: unchanged",
      "g.t": "create: upstream changed: s.i",
    });
  });

  it("is anew what has other SQL, or whose upstream has", () => {
    const changed = graphOf(src, view("b.v", ["raw.p"], { query: "select 2" }), ...chain.slice(2));
    expect(decisions(planFor(changed, built(graph)))).toEqual({
      "b.v": "create: SQL changed",
      "s.i": "create: upstream SQL changed",
      "g.t": "create: upstream SQL changed",
    });
    const commented = graphOf(src, view("b.v", ["raw.p"], { query: "select * from raw.p -- why" }), ...chain.slice(2));
    expect(planFor(commented, built(graph)).units).toEqual([]);
  });

  it("does not take over the SQL of what was not built", () => {
    const changed = graphOf(src, view("b.v", ["raw.p"], { query: "select 2" }), ...chain.slice(2));
    const known = withBatch(built(graph), "b2");
    const plan = planFor(changed, known, { select: "s.i" });
    expect(decisions(plan)).toEqual({ "s.i": "increment: new source batches: raw.p" });
    // s.i was made from the old view, so the new one rebuilds it from nothing.
    expect(decisions(planFor(changed, carriedOut(plan, changed, known, "r2")))).toMatchObject({
      "s.i": "create: upstream SQL changed",
    });
  });

  it("is what is missing, is of another kind or has other columns in the catalog", () => {
    const known = built(graph);
    const without = known.relations.filter(({ target }) => target.name !== "I");
    expect(decisions(planFor(graph, { ...known, relations: without }))).toMatchObject({
      "s.i": "create: relation missing",
      "g.t": "create: upstream changed: s.i",
    });
    const other = known.relations.map((info) =>
      info.target.name === "T" ? { ...info, columns: [{ name: "B", type: "INTEGER" }] } : info,
    );
    expect(decisions(planFor(graph, { ...known, relations: other }))).toMatchObject({
      "g.t": "create: columns changed since it was built",
    });
    const asView = known.relations.map((info) =>
      info.target.name === "T" ? { ...info, kind: "view" as const } : info,
    );
    expect(decisions(planFor(graph, { ...known, relations: asView }))).toMatchObject({
      "g.t": "create: exists as a view",
    });
  });

  it("is everything in a full refresh, but what is protected or disabled", () => {
    const guarded = graphOf(
      src,
      incremental("s.i", ["raw.p"], { protected: true }),
      table("s.off", ["raw.p"], { disabled: true }),
      table("g.t", ["s.i", "s.off"]),
    );
    expect(decisions(planFor(guarded, loaded(guarded)))).toMatchObject({
      "s.i": "create: new",
      "s.off": "block: disabled",
    });
    expect(decisions(planFor(guarded, built(guarded), { fullRefresh: true }))).toEqual({
      "s.i": "block: protected: a full refresh leaves it as it is",
      "s.off": "block: disabled",
      "g.t": "create: full refresh",
    });
    expect(decisions(planFor(guarded, withBatch(built(guarded), "b2"), { fullRefresh: true }))).toMatchObject({
      "s.i": "increment: new source batches: raw.p; protected, so it is not made anew",
    });
    const changed = graphOf(src, incremental("s.i", ["raw.p"], { protected: true, query: "select 2" }));
    expect(decisions(planFor(changed, withBatch(built(guarded), "b2")))).toEqual({
      "s.i": "block: protected, and would be built anew: SQL changed",
    });
  });

  it("goes on from what is there where on_sql_change:increment asks for it, whatever SQL changed", () => {
    const kept = { onSqlChange: "increment", protected: true } as const;
    const before = graphOf(src, view("b.v", ["raw.p"]), incremental("s.i", ["b.v"], kept), table("g.t", ["s.i"]));
    const known = built(before);
    expect(planFor(before, known).units).toEqual([]);
    const own = graphOf(src, view("b.v", ["raw.p"]), incremental("s.i", ["b.v"], { ...kept, query: "select 2" }));
    expect(decisions(planFor(own, known))).toMatchObject({
      "s.i": "increment: SQL changed; kept, as on_sql_change:increment asks",
    });
    const above = graphOf(
      src,
      view("b.v", ["raw.p"], { query: "select 2" }),
      incremental("s.i", ["b.v"], kept),
      table("g.t", ["s.i"]),
    );
    const plan = planFor(above, known);
    expect(decisions(plan)).toMatchObject({
      "s.i": "increment: upstream SQL changed; kept, as on_sql_change:increment asks",
      // What is made from it keeps nothing.
      "g.t": "create: upstream SQL changed",
    });
    expect(planFor(above, carriedOut(plan, above, known, "r2")).units).toEqual([]);
    expect(decisions(planFor(above, known, { fullRefresh: true }))).toMatchObject({
      "s.i": "increment: upstream SQL changed; kept, as on_sql_change:increment asks",
    });
    // Somebody altered the table: its rows are as little to be lost as they are for other SQL.
    const altered = known.relations.map((info) =>
      info.target.name === "I" ? { ...info, columns: [...info.columns, { name: "MINE", type: "INTEGER" }] } : info,
    );
    expect(decisions(planFor(above, { ...known, relations: altered }))).toMatchObject({
      "s.i": "increment: upstream SQL changed; kept, as on_sql_change:increment asks",
    });
    const gone = known.relations.filter(({ target }) => target.name !== "I");
    expect(decisions(planFor(above, { ...known, relations: gone }))).toMatchObject({
      "s.i": "create: relation missing",
    });
  });

  it("never keeps hashes of one key beside those of another", () => {
    const kept = { onSqlChange: "increment" } as const;
    const query = "select sha256(getvariable('MEDFORM_HASH_KEY'))";
    const graph = graphOf(src, table("s.h", ["raw.p"], { query }), incremental("s.i", ["s.h"], kept));
    const known = carriedOut(planFor(graph, loaded(graph), { hashKey: "one" }), graph, loaded(graph));
    expect(planFor(graph, known, { hashKey: "one" }).units).toEqual([]);
    expect(decisions(planFor(graph, known, { hashKey: "two" }))).toEqual({
      "s.h": "create: hash key changed",
      "s.i": "create: hash key changed",
    });
    // Also where what holds the hashes was made anew by another run.
    const half = carriedOut(planFor(graph, known, { hashKey: "two", select: "s.h" }), graph, known, "r2");
    expect(decisions(planFor(graph, half, { hashKey: "two" }))).toMatchObject({ "s.i": "create: hash key changed" });
  });

  it("counts a source that nobody keeps record of as changed, unless it is empty", () => {
    const known = built(graph);
    expect(decisions(planFor(graph, { ...known, sourceVersions: {} }))).toMatchObject({
      "s.i": "increment: source without batch records: raw.p",
    });
    const nothing: Known = { ...loaded(graph), relations: [], sourceVersions: {} };
    const plan = planFor(graph, nothing);
    const existing = [
      ...carriedOut(plan, graph, nothing).relations,
      { target: named("raw.p"), kind: "table" as const, columns: [] },
    ];
    const empty = {
      ...carriedOut(plan, graph, nothing),
      relations: existing,
      sourceVersions: { "EHR.RAW.P": "empty" },
    };
    expect(planFor(graph, empty).units).toEqual([]);
  });

  it("makes the sources that say their columns and do not exist", () => {
    const declared = graphOf(source("raw.p", { columns: [{ path: ["ID"], tags: [] }] }), source("raw.q"));
    const nothing: Known = { ...loaded(declared), relations: [] };
    expect(planFor(declared, nothing).landings).toEqual([{ target: named("raw.p"), columns: ["ID"] }]);
    expect(planFor(declared, loaded(declared)).landings).toEqual([]);
  });

  it("adds what is declared since to a source that was landed, and to no table of somebody else", () => {
    const column = (name: string) => ({ path: [name], tags: [] });
    const declared = graphOf(source("raw.p", { columns: [column("ID"), column("LATER")] }));
    const table = (...names: readonly string[]): Known => ({
      ...loaded(declared),
      relations: [{ target: named("raw.p"), kind: "table", columns: names.map((name) => ({ name, type: "VARCHAR" })) }],
    });
    const landed = ["_SOURCE_SYSTEM", "_BATCH_ID", "_FILE", "_ROW", "_LOADED_AT"];
    const { landings } = planFor(declared, table("ID", ...landed));
    expect(landings).toEqual([{ target: named("raw.p"), columns: ["ID", "LATER"], added: ["LATER"] }]);
    expect(planFor(declared, table("ID", "LATER", ...landed)).landings).toEqual([]);
    expect(planFor(declared, table("ID")).landings).toEqual([]);
  });

  it("is what reads as_of when that changes, and only that", () => {
    const dated = graphOf(
      src,
      table("s.a", ["raw.p"], { query: "select getvariable('MEDFORM_AS_OF')" }),
      table("s.b", ["raw.p"], { query: "select getvariable('MEDFORM_RUN_ID')" }),
      table("g.t", ["s.a"]),
    );
    expect(decisions(planFor(dated, built(dated), { asOf: "2024-01-01T00:00:00Z" }))).toEqual({
      "s.a": "create: as_of changed",
      "s.b": "skip: unchanged",
      "g.t": "create: upstream changed: s.a",
    });
  });

  it("runs operations always, and then what reads their output", () => {
    const ops = graphOf(
      src,
      operation("x.silent", ["raw.p"]),
      operation("x.output", ["raw.p"], { hasOutput: true }),
      table("g.after", ["x.silent"]),
      table("g.reads", ["x.output"]),
    );
    expect(decisions(planFor(ops, built(ops)))).toEqual({
      "x.silent": "build: operations always run",
      "x.output": "build: operations always run",
      "g.after": "skip: unchanged",
      "g.reads": "create: upstream changed: x.output",
    });
  });
});

describe("gates and units", () => {
  it("lets a rule stop the last of the tables that it reads, after the others ended", () => {
    const graph = graphOf(src, table("s.a", ["raw.p"]), table("s.b", ["raw.p"]), assertion("r.ab", ["s.a", "s.b"]));
    const again = withBatch(built(graph), "b2");
    expect(units(planFor(graph, again))).toEqual(["s.a", "s.b [r.ab] after:s.a"]);
    // At first s.a may end without being there, and a rule cannot be evaluated without it.
    expect(units(planFor(graph, loaded(graph)))).toEqual(["s.a", "s.b [r.ab] needs:s.a"]);
  });

  it("evaluates gating rules whatever was selected, against what is published", () => {
    const graph = graphOf(src, table("s.a", ["raw.p"]), table("s.b", ["raw.p"]), assertion("r.ab", ["s.a", "s.b"]));
    const plan = planFor(graph, withBatch(built(graph), "b2"), { select: "s.a" });
    expect(units(plan)).toEqual(["s.a [r.ab]"]);
  });

  it("leaves a rule for later that reads what does not exist and is not built now", () => {
    const graph = graphOf(src, table("s.a", ["raw.p"]), table("s.b", ["raw.p"]), assertion("r.ab", ["s.a", "s.b"]));
    const known = loaded(graph);
    const first = planFor(graph, known, { select: "s.a" });
    expect(decisions(first)).toEqual({ "s.a": "create: new", "r.ab": "skip: s.b does not exist yet" });
    expect(units(first)).toEqual(["s.a"]);
    expect(units(planFor(graph, carriedOut(first, graph, known)))).toEqual(["s.b [r.ab]"]);
  });

  it("never lets a warning wait for a table to succeed", () => {
    const warn = { severity: "warn" } as const;
    const graph = graphOf(
      src,
      table("s.a", ["raw.p"]),
      table("s.b", ["raw.p"]),
      assertion("r.ab", ["s.a", "s.b"], warn),
    );
    expect(units(planFor(graph, loaded(graph)))).toEqual(["s.a", "s.b [r.ab] after:s.a"]);
  });

  it("builds a changed view between a table and its rule in the table's transaction", () => {
    const graph = graphOf(
      src,
      table("s.a", ["raw.p"]),
      table("s.other", ["raw.p"]),
      view("s.v", ["s.a", "s.other"]),
      view("s.w", ["s.v"]),
      view("s.free", ["s.a"]),
      assertion("r.w", ["s.w"]),
      table("g.t", ["s.w"]),
    );
    const plan = planFor(graph, loaded(graph));
    expect(units(plan)).toEqual(["s.a", "s.free needs:s.a", "s.other,s.v,s.w [r.w] needs:s.a", "g.t needs:s.other"]);
    // Unchanged views are seen through, and stay as they are.
    expect(units(planFor(graph, withBatch(built(graph), "b2")))).toEqual([
      "s.a",
      "s.other [r.w] after:s.a",
      "g.t needs:s.a,s.other",
    ]);
  });

  it("lets the last view be the gate where no table is built", () => {
    const graph = (text: string) =>
      graphOf(src, table("s.a", ["raw.p"]), view("s.v", ["s.a"], { query: text }), assertion("r.v", ["s.v"]));
    expect(units(planFor(graph("select 2"), built(graph("select 1"))))).toEqual(["s.v [r.v]"]);
  });

  it("lets a rule that follows an operation, or reads sources only, stop what comes after it", () => {
    const graph = graphOf(
      src,
      assertion("r.src", ["raw.p"]),
      assertion("r.warn", ["raw.p"], { severity: "warn" }),
      table("s.a", ["raw.p"]),
      operation("x.o", ["s.a"], { hasOutput: true }),
      assertion("r.o", ["x.o", "s.a"]),
      table("g.t", ["x.o"]),
    );
    expect(units(planFor(graph, loaded(graph)))).toEqual([
      "[r.src]",
      "[r.warn]",
      "s.a needs:r.src",
      "x.o needs:s.a",
      "[r.o] needs:s.a,x.o",
      "g.t needs:r.o,x.o",
    ]);
  });

  it("evaluates a rule on unchanged tables only when it is new or its last result is not known to be good", () => {
    const tables = [src, table("s.a", ["raw.p"]), table("g.t", ["s.a"])];
    const before = built(graphOf(...tables));
    const graph = graphOf(...tables, assertion("r.a", ["s.a"]));
    expect(units(planFor(graph, before))).toEqual(["[r.a]"]);
    const passed = carriedOut(planFor(graph, before), graph, before);
    expect(units(planFor(graph, passed))).toEqual([]);
    const [key = "", rule] = Object.entries(passed.state.rules)[0] ?? [];
    for (const outcome of ["fail", "error", "skipped"] as const) {
      const state = { ...passed.state, rules: rule ? { [key]: { ...rule, outcome } } : {} };
      expect(units(planFor(graph, { ...passed, state }))).toEqual(["[r.a]"]);
    }
    const other = graphOf(...tables, assertion("r.a", ["s.a"], { query: "select 2" }));
    expect(decisions(planFor(other, passed))).toMatchObject({ "r.a": "assert: SQL changed" });
    expect(units(planFor(graph, before, { select: "g.t" }))).toEqual([]);
  });

  it("says which table a share or new rows are of: the only one, else the last", () => {
    const share = { threshold: { share: 0.1 } };
    const graph = graphOf(
      src,
      table("s.a", ["raw.p"]),
      table("s.b", ["raw.p"]),
      view("s.v", ["s.b"]),
      assertion("r.one", ["s.a"], share),
      assertion("r.two", ["s.b", "s.a"], { onlyNew: true }),
      assertion("r.view", ["s.v"], share),
      assertion("r.inline", ["s.a", "s.b"], { ...share, parent: named("s.a") }),
      assertion("r.rows", ["s.a"], { threshold: { rows: 1 } }),
    );
    const subjects = planFor(graph, loaded(graph)).steps.filter(({ type }) => type === "assertion");
    expect(Object.fromEntries(subjects.map(({ target, subject }) => [target.name, subject?.name]))).toEqual({
      ONE: "A",
      TWO: "B",
      VIEW: "V",
      INLINE: "A",
      ROWS: undefined,
    });
  });

  it("leaves a rule on new rows alone where nothing that it reads is built", () => {
    const tables = [src, incremental("s.a", ["raw.p"]), table("g.t", ["raw.p"])];
    const before = built(graphOf(...tables));
    const graph = graphOf(...tables, assertion("r.a", ["s.a"], { onlyNew: true }));
    expect(units(planFor(graph, before))).toEqual([]);
    expect(decisions(planFor(graph, before, { select: "r.a" }))).toEqual({ "r.a": "skip: no new rows" });
    expect(units(planFor(graph, withBatch(before, "b2"), { select: "s.a" }))).toEqual(["s.a [r.a]"]);
  });

  it("makes a table wait for the assertion that it depends on", () => {
    const graph = graphOf(src, table("s.a", ["raw.p"]), assertion("r.a", ["s.a"]), table("g.t", ["raw.p", "r.a"]));
    expect(units(planFor(graph, loaded(graph)))).toEqual(["s.a [r.a]", "g.t needs:s.a"]);
  });

  it("publishes a group together, and gates it as one", () => {
    const tags = ["publish:star"];
    const graph = graphOf(
      src,
      table("g.a", ["raw.p"], { tags }),
      table("g.m", ["raw.p"]),
      table("g.z", ["raw.p"], { tags }),
      assertion("r.am", ["g.a", "g.m"]),
      assertion("r.mz", ["g.m", "g.z"]),
    );
    expect(units(planFor(graph, withBatch(built(graph), "b2")))).toEqual(["g.m", "g.a,g.z [r.am,r.mz] after:g.m"]);
    const between = graphOf(table("g.a", [], { tags }), table("g.m", ["g.a"]), table("g.z", ["g.m"], { tags }));
    expect(problems(between)).toMatchObject([{ code: "plan-publish-group" }]);
  });
});

describe("what is selected by state", () => {
  const graph = graphOf(...chain, assertion("r.i", ["s.i"]), table("s.other", ["raw.p"]));
  const pick = (g: Graph, known: Known, select: string) =>
    planFor(g, known, { select, fullRefresh: true }).steps.map(({ target }) => `${target.schema}.${target.name}`);

  it("is what differs from what is published, or never was", () => {
    const known = built(graph);
    expect(pick(graph, loaded(graph), "state:modified")).toHaveLength(5);
    expect(pick(graph, known, "state:modified")).toEqual([]);
    expect(pick(graph, withBatch(known, "b2"), "state:modified")).toEqual([]);
    const changed = graphOf(
      src,
      view("b.v", ["raw.p"], { query: "select 2" }),
      ...chain.slice(2),
      assertion("r.i", ["s.i"], { query: "select 2" }),
      table("s.other", ["raw.p"]),
    );
    expect(pick(changed, known, "state:modified").sort()).toEqual(["B.V", "G.T", "R.I", "S.I"]);
    expect(pick(changed, known, "state:modified,s.*")).toEqual(["S.I", "R.I"]);
  });

  it("is what was not published last time, and what a rule failed on", () => {
    const known = built(graph);
    expect(pick(graph, known, "state:failed")).toEqual([]);
    const failed = { "EHR.G.T": "skipped", "EHR.S.OTHER": "cancelled" } as const;
    expect(pick(graph, { ...known, state: { ...known.state, failed } }, "state:failed")).toEqual(["G.T", "S.OTHER"]);
    const [key = "", rule] = Object.entries(known.state.rules)[0] ?? [];
    const rules = rule ? { [key]: { ...rule, outcome: "fail" as const } } : {};
    expect(pick(graph, { ...known, state: { ...known.state, rules } }, "state:failed")).toEqual(["S.I", "R.I"]);
    const { "EHR.S.OTHER": other, ...rest } = known.state.targets;
    const targets = { ...rest, ...(other && { "EHR.S.OTHER": { ...other, failing: true } }) };
    expect(pick(graph, { ...known, state: { ...known.state, targets } }, "state:failed")).toEqual(["S.OTHER"]);
  });
});

describe("what is refused", () => {
  it.each<[string, string]>([
    ["begin transaction", "begin"],
    ["select 1; COMMIT", "commit"],
    ["/* no */ rollback", "rollback"],
    ["start transaction", "start transaction"],
  ])("transaction control: %s", (sql, word) => {
    const at = { file: "definitions/s/a.sqlx" };
    expect(problems(graphOf(table("s.a", [], { postOps: [sql] })))).toMatchObject([
      { code: "plan-transaction", message: expect.stringContaining(`"${word}"`), at },
    ]);
    expect(problems(graphOf(operation("s.a", [], { queries: [sql] })))).toMatchObject([
      { code: "plan-transaction", at },
    ]);
  });

  it("not words that only look like it", () => {
    const harmless = [
      "select case when true then 1 end",
      "select 'begin; commit'",
      "-- commit\nselect 1",
      "select 1 as commit",
    ];
    expect(problems(graphOf(table("s.a", [], { preOps: harmless })))).toEqual([]);
  });

  it.each([
    "insert into other.s.t select 1",
    'delete from "OTHER"."S"."T"',
    "with x as (select 1) insert into other.s.t select * from x",
    "update other.s.t set a = 1",
    "create or replace table if not exists other.s.t as select 1",
    "drop view if exists other.s.t",
    "merge into other.s.t using x on true when matched then delete",
  ])("a second database: %s", (sql) => {
    expect(problems(graphOf(table("s.a", [], { postOps: [sql] })))).toMatchObject([{ code: "plan-two-databases" }]);
  });

  it("not a read from it, a temporary table or a write to the same one", () => {
    const fine = [
      "insert into ehr.s.log select * from other.s.t",
      "create temp table other.s.t as select 1",
      "update s.t set a = 1",
    ];
    expect(problems(graphOf(table("s.a", [], { postOps: fine })))).toEqual([]);
  });

  it("a view that reads a variable of the run", () => {
    const reads = view("s.a", [], { query: "select getvariable('MEDFORM_AS_OF')" });
    expect(problems(graphOf(reads))).toMatchObject([{ code: "plan-view-variable" }]);
  });
});
