import { describe, expect, it } from "vitest";
import { ProblemError } from "../../src/graph/index.js";
import { compile, type Ran, type World, world } from "./support.js";

const retry = { attempts: 3, delay: 1 };
const conflict = () => new ProblemError({ code: "conflict", message: "another transaction changed the same rows" });

/** A world in which statements that match fail as often as `times` says. */
async function failing(pattern: RegExp, times: number, error: () => Error = conflict) {
  const seen = { failed: 0 };
  const w = await world(":memory:", (sql) => {
    if (!pattern.test(sql) || seen.failed >= times) return;
    seen.failed += 1;
    throw error();
  });
  return { w, seen };
}

const files = {
  "a.sqlx": `config { type: "table", schema: "S", assertions: { nonNull: ["N"] } } select 1 as n`,
  "b.sqlx": `config { type: "table", schema: "S" } select n from \${ref("A")}`,
};
const retries = ({ events }: Ran) => events.flatMap((event) => (event.kind === "retry" ? [event] : []));
const kinds = async (w: World) =>
  (await w.rows(`select kind, count(*) from EHR.MEDFORM.LEDGER where kind = 'retry' group by 1`)).map(([, n]) => n);

describe("what another transaction hindered", () => {
  it.each([
    ["a build", /create or replace table "EHR"\."S"\."A"/],
    ["a rule", /as failing from/],
    ["the fence", /merge into .*PUBLICATION/],
    ["the commit", /^commit$/],
  ])("is done again, all of it: %s", async (_what, pattern) => {
    const graph = await compile(files);
    // The ledger commits too: what fails here is what a publishing scope sends.
    let publishing = false;
    let failed = 0;
    await using w = await world(":memory:", (sql) => {
      if (/PUBLICATION as t/.test(sql)) publishing = true;
      const hit = pattern.test(sql) && (sql !== "commit" || publishing) && failed < 2;
      if (!hit) return;
      failed += 1;
      throw conflict();
    });
    const ran = await w.run(graph, { retry, threads: 1 });
    expect(failed).toBe(2);
    expect(ran.finished).toMatchObject({ outcome: "succeeded", exitCode: 0, rules: { pass: 1 } });
    expect(ran.statuses).toEqual({ "s.a": "built", "s.b": "built" });
    expect(retries(ran)).toMatchObject([
      { attempt: 1, attempts: 3, milliseconds: 1, problem: { code: "conflict" } },
      { attempt: 2, attempts: 3, milliseconds: 4, problem: { code: "conflict" } },
    ]);
    expect(ran.events.filter(({ kind }) => kind === "action-started")).toHaveLength(2);
    expect(await w.rows("select a.n from EHR.S.A a, EHR.S.B b")).toEqual([[1]]);
    expect(await kinds(w)).toEqual([2]);
  });

  it("is given up after the last attempt", async () => {
    const { w, seen } = await failing(/create or replace table "EHR"\."S"\."A"/, 99);
    await using _ = w;
    const ran = await w.run(await compile(files), { retry, threads: 1 });
    expect(seen.failed).toBe(3);
    expect(retries(ran)).toHaveLength(2);
    expect(ran.statuses).toEqual({ "s.a": "failed", "s.b": "skipped" });
    expect(ran.finished).toMatchObject({ outcome: "error", exitCode: 1 });
  });

  it("is anything else never done again", async () => {
    const other = () => new ProblemError({ code: "engine-io", message: "a file cannot be read or written" });
    const { w, seen } = await failing(/create or replace table "EHR"\."S"\."A"/, 1, other);
    await using _ = w;
    const ran = await w.run(await compile(files), { retry });
    expect([seen.failed, retries(ran).length]).toEqual([1, 0]);
    expect(ran.statuses).toEqual({ "s.a": "failed", "s.b": "skipped" });
  });

  it("is an operation once more only where the transaction undoes all that it did", async () => {
    const operations = (sql: string) => ({ "o.sqlx": `config { type: "operations", schema: "S" }\n${sql}` });
    const count = "insert into EHR.MAIN.LOG select 1";
    for (const [sql, times] of [
      [count, 2],
      [`${count}\n---\ncopy (select 1) to '/dev/null'`, 1],
    ] as const) {
      const { w, seen } = await failing(/select 1\s*$/, 1);
      await using _ = w;
      await w.sql("create table EHR.MAIN.LOG (n integer)");
      const ran = await w.run(await compile(operations(sql)), { retry });
      expect(seen.failed).toBe(1);
      expect(retries(ran)).toHaveLength(times - 1);
      expect(await w.rows("select count(*) from EHR.MAIN.LOG")).toEqual([[times - 1]]);
    }
  });

  it("is not done again while the run is cancelled", async () => {
    const { w, seen } = await failing(/create or replace table "EHR"\."S"\."A"/, 99);
    await using _ = w;
    const abort = new AbortController();
    const listener = ({ kind }: Ran["events"][number]) => {
      if (kind === "retry") abort.abort(Object.assign(new Error("Interrupted"), { exitCode: 130 }));
    };
    const slow = { attempts: 3, delay: 60_000 };
    const ran = await w.run(await compile(files), { retry: slow, listener, signal: abort.signal });
    expect(seen.failed).toBe(1);
    expect(ran.statuses).toEqual({ "s.a": "cancelled", "s.b": "cancelled" });
    expect(ran.finished.exitCode).toBe(130);
  });
});

describe("a commit of which nobody knows how it went", () => {
  it("is looked up in the markers: what was committed is published, and not built again", async () => {
    const graph = await compile({ ...files, "o.sqlx": `config { type: "operations", schema: "S" }\nselect 1` });
    await using w = await world();
    let lost = 0;
    const { publisher } = w.warehouse;
    const losing = {
      ...w.warehouse,
      catalog: w.warehouse.catalog,
      lease: w.warehouse.lease,
      session: () => w.warehouse.session(),
      publisher: {
        markers: () => publisher.markers(),
        withdraw: publisher.withdraw,
        open: async (variables: Parameters<typeof publisher.open>[0]) => {
          const scope = await publisher.open(variables);
          return {
            ...scope,
            publish: async (markers: Parameters<typeof scope.publish>[0]) => {
              await scope.publish(markers);
              lost += 1;
              throw conflict();
            },
          };
        },
      },
    };
    const ran = await w.run(graph, { retry, threads: 1, warehouse: losing });
    expect(lost).toBe(3);
    expect(ran.statuses).toEqual({ "s.a": "built", "s.b": "built", "s.o": "built" });
    expect(retries(ran)).toEqual([]);
    expect((await w.run(graph)).statuses).toEqual({ "s.a": "unchanged", "s.b": "unchanged", "s.o": "built" });
  });

  it("ends the run where nobody can say; the next start finds out", async () => {
    const graph = await compile(files);
    await using w = await world();
    const { publisher } = w.warehouse;
    const gone = () => new ProblemError({ code: "engine-fatal", message: "the engine stopped" });
    const losing = {
      ...w.warehouse,
      catalog: w.warehouse.catalog,
      lease: w.warehouse.lease,
      session: () => w.warehouse.session(),
      publisher: {
        markers: async () => {
          throw gone();
        },
        withdraw: publisher.withdraw,
        open: async (variables: Parameters<typeof publisher.open>[0]) => {
          const scope = await publisher.open(variables);
          const publish: typeof scope.publish = async (markers) => {
            await scope.publish(markers);
            throw conflict();
          };
          return { ...scope, publish };
        },
      },
    };
    await expect(w.run(graph, { retry, threads: 1, warehouse: losing })).rejects.toMatchObject({
      problems: [{ code: "conflict" }],
    });
  });
});

describe("a run that a newer one has overtaken", () => {
  it("is refused where it would publish, with exit code 3", async () => {
    await using w = await world();
    const graph = await compile(files);
    await w.run(graph);
    await w.sql("update EHR.MEDFORM.PUBLICATION set token = 99, run_id = 'run-000099-newer'");
    const late = await w.run(graph, { fullRefresh: true });
    expect(late.statuses).toEqual({ "s.a": "failed", "s.b": "skipped" });
    expect(late.action("s.a")?.problem?.code).toBe("fenced");
    expect(late.finished).toMatchObject({ outcome: "error", exitCode: 3 });
  });
});
