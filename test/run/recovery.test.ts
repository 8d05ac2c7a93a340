import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Chain, type Ledger, openLedger } from "../../src/ledger/index.js";
import { makePlan, planAssert } from "../../src/plan/index.js";
import { executeAssert, executeRun, type RunEvent, readSituation } from "../../src/run/index.js";
import { compile, type World, world } from "./support.js";

let w: World;
beforeEach(async () => {
  w = await world();
});
afterEach(() => w[Symbol.asyncDispose]());

/** Writes intents, and dies with the first record of what was published. */
function dying(ledger: Ledger): Ledger {
  const chainOf = (chain: Chain): Chain => ({
    id: chain.id,
    number: chain.number,
    append: async (entries) => {
      if (entries.some(({ kind }) => kind === "publish")) throw new Error("the process died");
      return chain.append(entries);
    },
    seal: (outcome, options) => chain.seal(outcome, options),
  });
  return {
    state: () => ledger.state(),
    open: async (kind, about) => chainOf(await ledger.open(kind, about)),
    loaded: (subjects) => ledger.loaded(subjects),
    unsealed: () => ledger.unsealed(),
    entries: (chainId) => ledger.entries(chainId),
    owners: (chainIds) => ledger.owners(chainIds),
    recover: (entries) => ledger.recover(entries),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

describe("a run that died between commit and record", () => {
  it("is recovered by the next start, and not built again", async () => {
    const graph = await compile({
      "a.sqlx": `config { type: "table", schema: "S", assertions: { nonNull: ["N"] } } select 1 as n`,
      "b.sqlx": `config { type: "table", schema: "S" } select n from \${ref("A")}`,
    });
    const plan = await w.plan(graph);
    const events: RunEvent[] = [];
    const ledger = dying(w.ledger);
    const options = { graph, plan, warehouse: w.warehouse, ledger, environment: "test", about: {}, threads: 1 };
    await expect(executeRun({ ...options, listener: (event) => events.push(event) })).rejects.toThrow("died");
    // What was committed is there, though nobody was told.
    expect(await w.rows("select n from EHR.S.A")).toEqual([[1]]);
    expect((await w.state()).targets).toEqual({});

    // In the dead process the chain was open; a new one finds it unsealed.
    await using fresh = await openLedger(w.warehouse);
    const situation = await readSituation(graph, w.warehouse, fresh);
    expect(situation.recovered.map(({ subject, outcome }) => [subject, outcome])).toEqual([["EHR.S.A", "recovered"]]);
    const selection = { select: [], exclude: [] };
    const again = makePlan({ graph, selection, ...situation, fullRefresh: false, asOf: null });
    const said = again.steps.map(({ target, decision, reason }) => [target.name, decision, reason]);
    expect(said).toContainEqual(["A", "skip", "unchanged"]);
    expect(said).toContainEqual(["B", "build", "new"]);
    // Its rules' results were lost with the record, so they are evaluated again.
    expect(said).toContainEqual(["S_A_ASSERTIONS_ROWCONDITIONS", "assert", "new rule"]);
  });
});

describe("what a dead run had committed", () => {
  /** Statuses of the next run, after one that died with the first record of a publication. */
  async function afterDeath(files: Readonly<Record<string, string>>) {
    const graph = await compile(files);
    await w.sql("create table EHR.MAIN.LOG (n integer)");
    await expect(w.run(graph, { ledger: dying(w.ledger), threads: 1 })).rejects.toThrow("died");
    await using fresh = await openLedger(w.warehouse);
    const { recovered } = await readSituation(graph, w.warehouse, fresh);
    const state = await fresh.state();
    return { recovered: recovered.map(({ subject }) => subject).sort(), state };
  }

  it("is known of an operation, whether others read from it or not", async () => {
    for (const output of ["", ", hasOutput: true"]) {
      const { recovered, state } = await afterDeath({
        "o.sqlx": `config { type: "operations", schema: "S"${output} }
          create table if not exists EHR.S.O (n integer); insert into EHR.MAIN.LOG select 1`,
      });
      expect(recovered).toEqual(["EHR.S.O"]);
      expect(state.targets["EHR.S.O"]).toMatchObject({ kind: "operation", version: state.lastRun?.runId });
      expect(await w.rows("select * from EHR.MAIN.LOG")).toEqual([[1]]);
      await w[Symbol.asyncDispose]();
      w = await world();
    }
  });

  it("is known of every member of a group", async () => {
    const { recovered } = await afterDeath({
      "a.sqlx": `config { type: "table", schema: "S", tags: ["publish:both"] } select 1 as n`,
      "b.sqlx": `config { type: "table", schema: "S", tags: ["publish:both"] } select n from \${ref("A")}`,
      "c.sqlx": `config { type: "table", schema: "S" } select n from \${ref("B")}`,
    });
    expect(recovered).toEqual(["EHR.S.A", "EHR.S.B"]);
    expect(await w.rows("select a.n, b.n from EHR.S.A a, EHR.S.B b")).toEqual([[1, 1]]);
  });
});

describe("executeAssert", () => {
  it("evaluates what reads the selection, on what is published, and marks what fails", async () => {
    const graph = await compile({
      "a.sqlx": `config { type: "table", schema: "S", assertions: { rowConditions: ["N < 5"] } } select 1 as n`,
      "v.sqlx": `config { type: "view", schema: "S" } select n from \${ref("A")}`,
      "r.sqlx": `config { type: "assertion" } select * from \${ref("V")} where n > 3`,
      "b.sqlx": `config { type: "table", schema: "S", assertions: { nonNull: ["N"] } } select 1 as n`,
    });
    await w.run(graph);
    await w.sql("update EHR.S.A set n = 4");
    const events: RunEvent[] = [];
    const plan = planAssert(graph, { select: ["s.a"], exclude: [] });
    const options = { graph, plan, warehouse: w.warehouse, ledger: w.ledger, environment: "test", about: {} };
    const finished = await executeAssert({ ...options, listener: (event) => events.push(event) });
    expect(finished).toMatchObject({ outcome: "failed", exitCode: 2, rules: { pass: 1, fail: 1 } });
    expect(events.filter(({ kind }) => kind === "action-finished")).toEqual([]);
    const state = await w.state();
    expect(state.targets["EHR.S.A"]?.failing).toBe(true);
    expect(state.targets["EHR.S.B"]?.failing).toBe(false);
    expect(state.lastRun).toMatchObject({ kind: "run", outcome: "succeeded" });
  });
});
