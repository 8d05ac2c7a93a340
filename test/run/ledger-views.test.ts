/** MEDFORM.RUN, EVALUATION and ACTION, read with plain SQL after runs, failures and a death. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sqlHash } from "../../src/graph/index.js";
import type { Chain, Ledger } from "../../src/ledger/index.js";
import { compile, type World, world } from "./support.js";

let w: World;
beforeEach(async () => {
  w = await world();
});
afterEach(() => w[Symbol.asyncDispose]());

const files = (value: string) => ({
  "a.sqlx": `config { type: "table", schema: "S", assertions: { nonNull: ["N"] } } select * from (values (1), (2)) as t(n)`,
  "b.sqlx": `config { type: "table", schema: "S", assertions: { nonNull: ["N"] } } select ${value} as n, n as m from \${ref("A")}`,
  "c.sqlx": `config { type: "view", schema: "S" } select n from \${ref("B")}`,
  "d.sqlx": `config { type: "table", schema: "S" } select cast('x' as integer) as n`,
});

/** Publishes, and dies with the record of it. */
const dying = (ledger: Ledger): Ledger => ({
  state: () => ledger.state(),
  loaded: (subjects) => ledger.loaded(subjects),
  unsealed: () => ledger.unsealed(),
  entries: (chainId) => ledger.entries(chainId),
  owners: (chainIds) => ledger.owners(chainIds),
  recover: (entries) => ledger.recover(entries),
  open: async (kind, about): Promise<Chain> => {
    const chain = await ledger.open(kind, about);
    return {
      id: chain.id,
      number: chain.number,
      append: async (entries) => {
        if (entries.some((entry) => entry.kind === "publish")) throw new Error("the process died");
        return chain.append(entries);
      },
      seal: (outcome, options) => chain.seal(outcome, options),
    };
  },
  [Symbol.asyncDispose]: async () => undefined,
});

describe("the views over the ledger", () => {
  it("say what runs did, in rows with types", async () => {
    const graph = await compile(files("null"));
    await w.run(graph);
    const runs = await w.rows(
      "select RUN_NUMBER, KIND, OUTCOME, ENVIRONMENT, ENGINE, PUBLISHED_COUNT, DISCARDED_COUNT, FAILED_COUNT, SKIPPED_COUNT, RULE_PASS_COUNT, RULE_FAIL_COUNT, FINISHED_AT >= STARTED_AT from MEDFORM.RUN",
    );
    expect(runs.map((row) => row.map((value) => (typeof value === "bigint" ? Number(value) : value)))).toEqual([
      [1, "run", "error", "test", "duckdb", 1, 1, 1, 1, 1, 1, true],
    ]);
    const actions = await w.rows(
      "select TARGET, TYPE, OUTCOME, ROW_COUNT, CHANGED_COUNT, REASON, MILLISECONDS >= 0, SQL_HASH, json_array_length(QUERY_IDS) > 0 from MEDFORM.ACTION order by TARGET",
    );
    const hash = (name: string) => sqlHash(graph.actions.find(({ target }) => target.name === name) as never);
    expect(actions.map((row) => row.map((value) => (typeof value === "bigint" ? Number(value) : value)))).toEqual([
      ["EHR.S.A", "table", "published", 2, 2, "new", true, hash("A"), true],
      ["EHR.S.B", null, "discarded", null, null, expect.stringContaining("failed"), true, hash("B"), true],
      ["EHR.S.C", null, "skipped", null, null, expect.stringContaining("s.b"), null, null, null],
      ["EHR.S.D", null, "failed", null, null, expect.stringMatching(/^failed: /), true, hash("D"), null],
    ]);
    const evaluations = await w.rows(
      "select ASSERTION, SEVERITY, OUTCOME, FAILING_COUNT, GATE, typeof(EVALUATED_AT), MILLISECONDS >= 0, SQL_HASH, json_array_length(QUERY_IDS), PROBLEM_CODE from MEDFORM.EVALUATION order by GATE",
    );
    const assertion = (name: string) =>
      graph.actions.find(({ kind, target }) => kind === "assertion" && target.name.includes(name));
    const found = (name: string, outcome: string, failing: bigint | number) => [
      `EHR.ASSERTIONS.${assertion(name)?.target.name}`,
      "error",
      outcome,
      failing,
      `EHR.S.${name}`,
      "TIMESTAMP",
      true,
      sqlHash(assertion(name) as never),
      1,
      null,
    ];
    expect(evaluations.map((row) => row.map((value) => (typeof value === "bigint" ? Number(value) : value)))).toEqual([
      found("_A_", "pass", 0).with(4, "EHR.S.A"),
      found("_B_", "fail", 2).with(4, "EHR.S.B"),
    ]);
  });

  it("tell a run that died, and what it had published, from those that ended", async () => {
    const { "d.sqlx": _, ...sound } = files("n");
    const graph = await compile(sound);
    await expect(w.run(graph, { ledger: dying(w.ledger) })).rejects.toThrow("died");
    await w.run(graph);
    expect(
      await w.rows(
        "select RUN_NUMBER = 1, OUTCOME, FINISHED_AT is null, RECOVERED_COUNT = 1 from MEDFORM.RUN order by RUN_NUMBER",
      ),
    ).toEqual([
      [true, "interrupted", true, true],
      [false, "succeeded", false, false],
    ]);
    expect(
      await w.rows(
        "select RUN_NUMBER = 1, TARGET, ACTION.OUTCOME from MEDFORM.ACTION join MEDFORM.RUN using (RUN_ID) order by RUN_NUMBER, TARGET",
      ),
    ).toEqual([
      [true, "EHR.S.A", "recovered"],
      [false, "EHR.S.B", "published"],
      [false, "EHR.S.C", "published"],
    ]);
  });

  it("are described, made anew when they are gone, and never in the place of a table", async () => {
    const { "d.sqlx": _, ...sound } = files("n");
    const graph = await compile(sound);
    await w.run(graph);
    const undescribed = `select table_name, column_name from duckdb_columns() where schema_name = 'MEDFORM' and table_name in ('RUN', 'ACTION', 'EVALUATION') and comment is null`;
    expect(await w.rows(undescribed)).toEqual([]);
    const described = `select view_name from duckdb_views() where schema_name = 'MEDFORM' and comment is not null order by all`;
    expect(await w.rows(described)).toEqual([["ACTION"], ["EVALUATION"], ["RUN"]]);
    await w.sql(`drop view "EHR".MEDFORM.ACTION`);
    await w.run(graph);
    expect(await w.rows(described)).toEqual([["ACTION"], ["EVALUATION"], ["RUN"]]);
    expect(await w.rows("select count(*) = 1 from MEDFORM.LEDGER where KIND = 'views'")).toEqual([[true]]);
    await w.sql(`drop view "EHR".MEDFORM.ACTION`);
    await w.sql(`create table "EHR".MEDFORM.ACTION as select 1 as n`);
    await expect(w.run(graph)).rejects.toThrow("MEDFORM.ACTION is a table");
    expect(await w.rows(`select n from "EHR".MEDFORM.ACTION`)).toEqual([[1]]);
  });

  it("are made anew when their text changed", async () => {
    const graph = await compile({ "a.sqlx": `config { type: "table", schema: "S" } select 1 as n` });
    await w.run(graph);
    const older = await w.ledger.state();
    const chain = await w.ledger.open("assert", {});
    await w.sql(`create or replace view "EHR".MEDFORM.RUN as select 1 as n`);
    await chain.seal("succeeded", { state: { ...older, views: "of another version" } });
    await w.run(graph);
    expect(await w.rows("select count(RUN_ID) = 3 from MEDFORM.RUN")).toEqual([[true]]);
    expect((await w.ledger.state()).views).toBe(older.views);
  });
});
