import { describe, expect, it } from "vitest";
import { compile, world } from "./support.js";

const source = `config { type: "declaration", schema: "RAW", name: "P", columns: { ID: "", V: "" } }`;

describe("a run", () => {
  it("builds tables, views and incrementals, with their rules, and then has nothing to do", async () => {
    await using w = await world();
    const graph = await compile({
      "p.sqlx": source,
      "staged.sqlx": `config { type: "view", schema: "BRONZE" } select id, v::int as v from \${ref("RAW", "P")}`,
      "events.sqlx": `config { type: "incremental", schema: "SILVER", uniqueKey: ["ID"], assertions: { uniqueKey: ["ID"], nonNull: ["V"] } }
        select id, v from \${ref("BRONZE", "STAGED")}`,
      "total.sqlx": `config { type: "table", assertions: { rowConditions: ["N >= 0"] } } select count(*) as n, sum(v) as s from \${ref("SILVER", "EVENTS")}`,
    });
    const empty = await w.run(graph);
    expect(empty.finished).toMatchObject({
      outcome: "succeeded",
      exitCode: 0,
      counts: { built: 3 },
      rules: { pass: 3 },
    });
    expect(empty.statuses).toEqual({ "bronze.staged": "built", "silver.events": "built", "gold.total": "built" });
    expect(await w.rows(`select * from EHR.GOLD.TOTAL`)).toEqual([[0, null]]);

    const again = await w.run(graph);
    expect(again.events[0]).toMatchObject({ kind: "run-started", actions: 0, unchanged: 3 });
    expect(again.finished).toMatchObject({ exitCode: 0, counts: { built: 0, unchanged: 3 } });
    expect(again.plan.units).toEqual([]);

    await w.sql(`insert into EHR.RAW.P (ID, V) values ('a', '1'), ('b', '2')`);
    const more = await w.run(graph);
    expect(more.statuses).toEqual({ "bronze.staged": "unchanged", "silver.events": "built", "gold.total": "built" });
    expect(more.action("silver.events")).toMatchObject({ rows: 2, changed: 2 });
    expect(await w.rows(`select * from EHR.GOLD.TOTAL`)).toEqual([[2, 3]]);
  });
});
