import { beforeEach, describe, expect, it } from "vitest";
import { type Ledger, openLedger } from "../../src/ledger/index.js";
import { compile, type World, world } from "./support.js";

let w: World;
beforeEach(async () => {
  w = await world();
  return async () => w[Symbol.asyncDispose]();
});

const table = (sql: string, more = "") => `config { type: "table", schema: "S"${more} }\n${sql}`;
const gateOpen = async (open: boolean) => w.sql(`create or replace table EHR.MAIN.GATE as select ${open} as is_open`);
/** Fails while the gate is shut. */
const hinge = "case when (select is_open from EHR.MAIN.GATE) then 1 else error('shut') end";
const files = (more: Readonly<Record<string, string>> = {}) => ({
  "p.sqlx": `config { type: "declaration", schema: "RAW", name: "P", columns: { ID: "" } }`,
  "a.sqlx": table(`select id, getvariable('MEDFORM_RUN_ID')::varchar as run from \${ref("P")}`),
  "b.sqlx": table(`select run, ${hinge} as n from \${ref("A")} union all select 'none', ${hinge}`),
  "c.sqlx": table(`select * from \${ref("B")}`),
  "log.sqlx": `config { type: "operations", schema: "S" }\ninsert into EHR.MAIN.LOG select 1`,
  ...more,
});
const version = async (label: string) => (await w.state()).targets[`EHR.${label}`]?.version;
const last = async () => (await w.state()).lastRun?.runId;
const logged = async () => (await w.rows("select count(*) from EHR.MAIN.LOG"))[0]?.[0];
const refusal = async (asked: Promise<unknown>) => {
  const error = await asked.then(
    () => undefined,
    (thrown) => thrown,
  );
  return { exitCode: error?.exitCode, ...error?.problems?.[0] };
};

beforeEach(async () => {
  await w.sql("create table EHR.MAIN.LOG (n integer)");
  await gateOpen(false);
});

describe("a run that goes on from another", () => {
  it("leaves what that had published, and does the rest", async () => {
    const graph = await compile(files());
    await gateOpen(true);
    await w.run(graph);
    await gateOpen(false);
    const failed = await w.run(graph, { fullRefresh: true });
    expect(failed.statuses).toEqual({ "s.a": "built", "s.b": "failed", "s.c": "skipped", "s.log": "built" });
    const first = await last();
    expect(await version("S.A")).toBe(first);

    const left = await w.plan(graph, { select: "state:failed" });
    expect(left.steps.map(({ target }) => target.name)).toEqual(["B", "C"]);
    await gateOpen(true);
    const resumed = await w.run(graph, { resume: true });
    expect(resumed.statuses).toEqual({ "s.a": "unchanged", "s.b": "built", "s.c": "built", "s.log": "unchanged" });
    expect(resumed.action("s.a")?.reason).toBe(`published by ${first}`);
    expect(resumed.action("s.b")?.reason).toBe("full refresh");
    expect(resumed.events[0]).toMatchObject({ kind: "run-started", resumes: first });
    expect(resumed.finished).toMatchObject({ outcome: "succeeded", exitCode: 0 });
    expect(await logged()).toBe(2);
    expect((await w.ledger.entries((await last()) ?? ""))[0]).toMatchObject({
      kind: "plan",
      body: { resumes: [first], fullRefresh: true },
    });
  });

  it("goes on from one that went on itself, whatever that has published", async () => {
    const again = { "d.sqlx": table(`select n, ${hinge.replace("GATE", "SECOND")} as m from \${ref("C")}`) };
    const graph = await compile(files(again));
    await w.sql("create table EHR.MAIN.SECOND as select false as is_open");
    await w.run(graph, { fullRefresh: true });
    const first = await last();
    await gateOpen(true);
    const second = await w.run(graph, { resume: true });
    expect(second.statuses).toMatchObject({ "s.a": "unchanged", "s.c": "built", "s.d": "failed" });
    await w.sql("create or replace table EHR.MAIN.SECOND as select true as is_open");
    const third = await w.run(graph, { resume: true });
    expect(third.statuses).toEqual({
      "s.a": "unchanged",
      "s.b": "unchanged",
      "s.c": "unchanged",
      "s.d": "built",
      "s.log": "unchanged",
    });
    expect(third.action("s.a")?.reason).toBe(`published by ${first}`);
    expect(await logged()).toBe(1);
  });

  it("is about what that was about, and nothing else", async () => {
    const graph = await compile(files());
    await w.run(graph, { select: "s.b+", asOf: "2024-02-02T00:00:00.000Z" });
    await gateOpen(true);
    await w.run(graph, { select: "s.a" });
    await gateOpen(false);
    await w.run(graph, { select: "s.b+", asOf: "2024-02-02T00:00:00.000Z" });
    await gateOpen(true);
    const resumed = await w.run(graph, { resume: true });
    expect(resumed.plan.asOf).toBe("2024-02-02T00:00:00.000Z");
    expect(resumed.statuses).toEqual({ "s.b": "built", "s.c": "built" });
  });

  it("keeps to what a state was when that began", async () => {
    const graph = await compile(files());
    await w.run(graph, { select: "state:modified" });
    await gateOpen(true);
    const resumed = await w.run(graph, { resume: true });
    expect(resumed.statuses).toEqual({ "s.a": "unchanged", "s.b": "built", "s.c": "built", "s.log": "unchanged" });
  });

  it("goes on after a kill, also where the record of a publication is missing", async () => {
    const graph = await compile(files());
    const ledger = await openLedger(w.warehouse);
    await gateOpen(true);
    await expect(w.run(graph, { ledger: dying(ledger), threads: 1, fullRefresh: true })).rejects.toThrow("died");
    await ledger[Symbol.asyncDispose]();
    // In the dead process the chain was open; a new one finds it unsealed, and what it committed in the markers.
    await using fresh = await openLedger(w.warehouse);
    const resumed = await w.run(graph, { resume: true, ledger: fresh, threads: 1 });
    const kept = Object.values(resumed.statuses).filter((status) => status === "unchanged");
    expect(kept).toHaveLength(1);
    expect(resumed.finished).toMatchObject({ outcome: "succeeded", exitCode: 0 });
    expect(await logged()).toBe(1);
  });

  it("evaluates the rules of an operation that had run, and they had not", async () => {
    const graph = await compile({
      ...files(),
      "log.sqlx": `config { type: "operations", schema: "S", hasOutput: true }
        create table if not exists \${self()} (n integer);
        insert into \${self()} select 1`,
      "r.sqlx": `config { type: "assertion", schema: "R" } select * from \${ref("LOG")} group by n having count(*) > 1`,
    });
    await gateOpen(true);
    expect((await w.run(graph)).outcomes).toEqual({ r: "pass" });
    const ledger = await openLedger(w.warehouse);
    const died = w.run(graph, { ledger: dying(ledger, "evaluation"), threads: 1, select: "s.log r.r" });
    await expect(died).rejects.toThrow("died");
    await ledger[Symbol.asyncDispose]();
    await using fresh = await openLedger(w.warehouse);
    const resumed = await w.run(graph, { resume: true, ledger: fresh });
    expect(resumed.statuses).toEqual({ "s.log": "unchanged" });
    expect(resumed.outcomes).toEqual({ r: "fail" });
  });
});

describe("what is refused, with exit code 3", () => {
  it("is to go on where there is nothing left to do", async () => {
    const graph = await compile(files());
    expect(await refusal(w.run(graph, { resume: true }))).toMatchObject({ code: "resume-nothing", exitCode: 3 });
    await gateOpen(true);
    await w.run(graph);
    expect(await refusal(w.run(graph, { resume: true }))).toMatchObject({
      code: "resume-nothing",
      exitCode: 3,
      message: `There is nothing to resume: the last run, ${await last()}, succeeded.`,
      hint: expect.stringContaining("medform run"),
    });
  });

  it.each([
    ["other SQL", { "c.sqlx": table(`select n from \${ref("B")}`) }, "the SQL of s.c, or of what it reads, is another"],
    ["a new table", { "d.sqlx": table("select 1 as n") }, "s.d is new"],
    ["a new rule", { "r.sqlx": `config { type: "assertion" } select * from \${ref("C")}` }, "assertions.r is new"],
  ])("is %s", async (_what, more, difference) => {
    await w.run(await compile(files()));
    const before = await last();
    const refused = await refusal(w.run(await compile(files(more)), { resume: true }));
    expect(refused).toMatchObject({ code: "resume-changed", exitCode: 3 });
    expect(refused.message).toContain(`- ${difference}`);
    // Nothing was begun, so the last run is what it was.
    expect(await last()).toBe(before);
  });

  it("is a table that is gone, or a source that has new batches", async () => {
    await w.sql("create schema EHR.RAW; create table EHR.RAW.P (ID varchar)");
    await w.batch({ database: "EHR", schema: "RAW", name: "P" });
    await w.run(await compile(files()));
    const { "c.sqlx": _, ...less } = files();
    await w.batch({ database: "EHR", schema: "RAW", name: "P" });
    const { message } = await refusal(w.run(await compile(less), { resume: true }));
    expect(message).toContain("- ehr.s.c is gone");
    expect(message).toContain("- raw.p has other batches");
  });

  it("is another hash key", async () => {
    const graph = await compile(files());
    await w.run(graph, { hashKey: "one" });
    expect((await refusal(w.run(graph, { resume: true, hashKey: "two" }))).message).toContain(
      "- the hash key is another",
    );
  });
});

/** A ledger that dies with the first record of this kind. */
function dying(ledger: Ledger, kind = "publish"): Ledger {
  return {
    state: () => ledger.state(),
    open: async (what, about) => {
      const chain = await ledger.open(what, about);
      return {
        id: chain.id,
        number: chain.number,
        append: async (entries) => {
          if (entries.some((entry) => entry.kind === kind)) throw new Error("the process died");
          return chain.append(entries);
        },
        seal: (outcome, about) => chain.seal(outcome, about),
      };
    },
    loaded: (subjects) => ledger.loaded(subjects),
    owners: (chainIds) => ledger.owners(chainIds),
    unsealed: () => ledger.unsealed(),
    entries: (chainId) => ledger.entries(chainId),
    recover: (entries) => ledger.recover(entries),
    [Symbol.asyncDispose]: async () => undefined,
  };
}
