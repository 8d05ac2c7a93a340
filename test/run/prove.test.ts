import { beforeEach, describe, expect, it } from "vitest";
import type { Proof } from "../../src/run/index.js";
import { type Asked, compile, type Ran, type World, world } from "./support.js";

const source = `config { type: "declaration", schema: "RAW", name: "P", columns: { ID: "", V: "" } }`;
const incremental = (sql: string, more = "") =>
  `config { type: "incremental", schema: "S", uniqueKey: ["ID"]${more} }\n${sql}`;
const P = `\${ref("RAW", "P")}`;
/** Right as long as every new row has a higher V than all before it. */
const newer = `\${when(incremental(), \`where v::int > (select coalesce(max(v), 0) from \${self()})\`)}`;
const rising = incremental(`select id, v::int as v from ${P} ${newer}`);

let w: World;
beforeEach(async () => {
  w = await world();
  return async () => w[Symbol.asyncDispose]();
});
const insert = async (...rows: readonly string[]) => {
  await w.sql(`insert into EHR.RAW.P (ID, V) values ${rows.join(", ")}`);
  await w.batch({ database: "EHR", schema: "RAW", name: "P" });
};
const proofs = ({ events }: Ran) => events.filter((event): event is Proof => event.kind === "proof");
const outcomes = (ran: Ran) =>
  Object.fromEntries(proofs(ran).map(({ target, outcome }) => [target.name.toLowerCase(), outcome]));

/** A first batch in a full build, `second` as an increment; the last run proves. */
async function proved(
  files: Readonly<Record<string, string>>,
  second: readonly string[],
  asked: Asked = {},
): Promise<Ran> {
  const graph = await compile({ "p.sqlx": source, ...files });
  await w.run(graph, { exclude: asked.exclude });
  await insert("('a', '1')", "('b', '2')", "(null, '3')");
  await w.run(graph, { fullRefresh: true });
  if (second.length > 0) await insert(...second);
  return w.run(graph, { prove: true, ...asked });
}

describe("a proof of incremental tables", () => {
  it("passes where increments made what a full refresh makes, columns tagged provenance aside", async () => {
    const model = incremental(
      `select id, v::int as v, getvariable('MEDFORM_RUN_ID') as run_id from ${P} ${newer}`,
      `, columns: { RUN_ID: { description: "The run.", tags: ["provenance"] } }`,
    );
    const ran = await proved({ "a.sqlx": model }, ["('c', '4')", "('d', '5')"]);
    const rows = { published: 5, rebuilt: 5, onlyPublished: 0, onlyRebuilt: 0 };
    expect(proofs(ran)).toMatchObject([{ target: { schema: "S", name: "A" }, outcome: "pass", rows, columns: [] }]);
    expect(ran.finished).toMatchObject({
      outcome: "succeeded",
      exitCode: 0,
      proofs: { pass: 1, fail: 0, error: 0, skipped: 0 },
    });
    // The rows of the first run keep its id: nothing that was published was touched.
    expect(await w.rows("select count(distinct run_id) from EHR.S.A")).toEqual([[2]]);
    expect((await w.state()).rules["EHR.S.A/INCREMENTAL_EQUALS_FULL"]).toMatchObject({ outcome: "pass", failing: 0 });
  });

  it("fails for a late row that increments missed; nothing published changes", async () => {
    const ran = await proved({ "a.sqlx": rising }, ["('c', '4')", "('late', '1')"]);
    const rows = { published: 4, rebuilt: 5, onlyPublished: 0, onlyRebuilt: 1 };
    expect(proofs(ran)).toMatchObject([{ outcome: "fail", rows, columns: [] }]);
    expect(ran.finished).toMatchObject({ outcome: "failed", exitCode: 2, rules: { fail: 0 } });
    expect(await w.rows("select count(*) from EHR.S.A")).toEqual([[4]]);
    expect((await w.state()).rules["EHR.S.A/INCREMENTAL_EQUALS_FULL"]).toMatchObject({ outcome: "fail", failing: 1 });
  });

  it("names the columns in which rows of one key differ, and counts them", async () => {
    const model = incremental(`select id, v::int as v, (select count(*) from ${P}) as n from ${P} ${newer}`);
    const ran = await proved({ "a.sqlx": model }, ["('c', '4')"]);
    const rows = { published: 4, rebuilt: 4, onlyPublished: 3, onlyRebuilt: 3 };
    // The key that is NULL is a key like any other.
    expect(proofs(ran)).toMatchObject([{ outcome: "fail", rows, columns: [{ name: "n", rows: 3 }] }]);
  });

  it("counts equal rows, so that one that stands twice is found", async () => {
    const model = `config { type: "incremental", schema: "S" }\nselect id, v::int as v from ${P} ${newer}`;
    const graph = await compile({ "p.sqlx": source, "a.sqlx": model });
    await w.run(graph);
    await insert("('a', '1')", "(null, null)", "(null, null)");
    await w.run(graph, { fullRefresh: true });
    await w.sql("insert into EHR.S.A select * from EHR.S.A where id is null limit 1");
    const ran = await w.run(graph, { prove: true });
    expect(ran.statuses).toEqual({ "s.a": "unchanged" });
    const rows = { published: 4, rebuilt: 3, onlyPublished: 1, onlyRebuilt: 0 };
    expect(proofs(ran)).toMatchObject([{ outcome: "fail", rows }]);
  });

  it("stands on what was rebuilt above it, through tables and views between", async () => {
    const files = {
      "a.sqlx": rising,
      "seen.sqlx": `config { type: "view", schema: "S" }\nselect id, v from \${ref("A")}`,
      "t.sqlx": `config { type: "table", schema: "S" }\nselect id, v from \${ref("SEEN")}`,
      "b.sqlx": incremental(`select id, v from \${ref("T")} ${newer.replaceAll("::int", "")}`),
      "other.sqlx": `config { type: "table", schema: "S" }\nselect error('is not rebuilt') as e from \${ref("A")} where v = 99`,
    };
    const ran = await proved(files, ["('late', '1')"]);
    expect(proofs(ran)).toMatchObject([
      { target: { name: "A" }, outcome: "fail", rows: { onlyRebuilt: 1 } },
      { target: { name: "B" }, outcome: "fail", rows: { rebuilt: 4, onlyRebuilt: 1 } },
    ]);
    const alone = await w.run(await compile({ "p.sqlx": source, ...files }), { prove: true, select: "s.b" });
    expect(outcomes(alone)).toEqual({ b: "pass" });
  });

  it("warns of a difference in what keeps history of its own, and of one that cannot be made anew says so", async () => {
    const tags = `, tags: ["on_sql_change:increment"]`;
    const broken = `select id, cast(v as int) as v from ${P} \${when(incremental(), "where false")}`;
    const ran = await proved(
      {
        "equal.sqlx": incremental(`select id, cast(2 as int) as v from ${P}`, ", protected: true"),
        "kept.sqlx": incremental(
          `select id, try_cast(v as int) as v from ${P} ${newer.replace("v::int", "try_cast(v as int)")}`,
          ", protected: true",
        ),
        "broken.sqlx": incremental(broken, tags),
      },
      ["('c', 'secret')"],
    );
    expect(outcomes(ran)).toEqual({ equal: "pass", kept: "warn", broken: "skipped" });
    expect(proofs(ran).find(({ target }) => target.name === "BROKEN")?.reason).toContain("cannot be made anew");
    expect(ran.finished).toMatchObject({ outcome: "succeeded", exitCode: 0, proofs: { pass: 1, warn: 1, skipped: 1 } });
    expect(JSON.stringify(ran.events)).not.toContain("secret");
  });

  it("is not made where the run did not bring a table up to date", async () => {
    const rule = `config { type: "assertion", schema: "R" } select * from \${ref("HELD")} where v > 3`;
    const ran = await proved({ "held.sqlx": rising, "rule.sqlx": rule }, ["('c', '4')"]);
    expect(ran.statuses).toMatchObject({ "s.held": "discarded" });
    expect(proofs(ran)).toMatchObject([{ outcome: "skipped", reason: expect.stringContaining("did not publish") }]);
  });

  it("is an error where the rebuild fails, without any value, and goes no further", async () => {
    const cast = `select id, cast(v as int) as v from ${P} \${when(incremental(), "where false")}`;
    const files = { "a.sqlx": incremental(cast), "b.sqlx": incremental(`select id, v from \${ref("A")}`) };
    const ran = await proved(files, ["('c', 'secret')"]);
    expect(outcomes(ran)).toEqual({ a: "error", b: "skipped" });
    expect(proofs(ran)[0]?.problem).toMatchObject({ at: { file: "definitions/a.sqlx" } });
    expect(JSON.stringify(ran.events)).not.toContain("secret");
    expect(ran.finished).toMatchObject({ outcome: "error", exitCode: 1 });
  });

  it("is cancelled with its run", async () => {
    const endless = `with k as (select unnest(range(case when (select count(*) from ${P}) > 1 then 1000000 else 1 end)) as i)
      select id, v::int as v, (select count(*) from k as x, k as y where x.i + y.i <> 3) as n from ${P}`;
    const model = incremental(`\${when(incremental(), \`select id, 0 as v, 0 as n from ${P}\`, \`${endless}\`)}`);
    const graph = await compile({ "p.sqlx": source, "a.sqlx": model });
    await w.run(await compile({ "p.sqlx": source }));
    await insert("('a', '1')");
    await w.run(graph);
    await insert("('b', '1')");
    const abort = new AbortController();
    const ran = await w.run(graph, {
      prove: true,
      signal: abort.signal,
      listener: ({ kind }) => {
        if (kind === "action-finished") setTimeout(() => abort.abort(), 50);
      },
    });
    expect(ran.statuses).toEqual({ "s.a": "built" });
    expect(proofs(ran)).toMatchObject([{ outcome: "skipped", reason: "cancelled" }]);
    expect(ran.finished).toMatchObject({ outcome: "cancelled", exitCode: 130 });
  });

  it("takes what a changed schema left by the model's policy: a column that is no more is kept", async () => {
    const files = (tags: string) => ({
      "p.sqlx": source,
      "a.sqlx": `config { type: "incremental", schema: "S", uniqueKey: ["ID"]${tags} }\nselect * from ${P}`,
    });
    for (const [tags, outcome] of [
      ["", "pass"],
      [`, tags: ["on_schema_change:ignore"]`, "pass"],
    ] as const) {
      await w.sql("create schema if not exists EHR.RAW");
      await w.sql("create or replace table EHR.RAW.P as select 'a' as id, 1 as v, 2 as gone");
      const graph = await compile(files(tags));
      await w.run(graph, { fullRefresh: true });
      await w.sql("alter table EHR.RAW.P drop column gone");
      await w.sql("alter table EHR.RAW.P add column came integer");
      await insert("('b', 2)");
      const ran = await w.run(graph, { prove: true });
      expect(ran.statuses).toEqual({ "s.a": "built" });
      expect(outcomes(ran)).toEqual({ a: outcome });
      const came = tags === "" ? [] : ["came"];
      expect(proofs(ran)[0]?.columnsOnly).toEqual({ onlyPublished: ["gone"], onlyRebuilt: came });
    }
  });
});
