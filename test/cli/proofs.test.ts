/** What people are told of a proof: at the end of the run, and by `status` afterwards. */

import pc from "picocolors";
import { expect, it } from "vitest";
import { digestOf } from "../../src/cli/render/digest.js";
import { renderQuietSummary, renderSummary } from "../../src/cli/render/summary.js";
import { reportModel } from "../../src/report/index.js";
import { compile, world } from "../run/support.js";

it("a proof is told with counts and columns, and status keeps it", async () => {
  await using w = await world();
  const model = (more = "") =>
    `config { type: "incremental", schema: "S", uniqueKey: ["ID"]${more} } select 1 as id, 'secret' as v, 'x' as "odd name"`;
  const graph = await compile({
    "a.sqlx": model(),
    "b.sqlx": model(),
    "c.sqlx": model(", protected: true"),
  });
  await w.run(graph);
  await w.sql("update EHR.S.A set v = 'other secret'");
  await w.sql("update EHR.S.C set v = 'other secret'");
  const { events, finished } = await w.run(graph, { prove: true });
  expect(finished.exitCode).toBe(2);
  const paint = pc.createColors(false);
  const context = { width: 100, paint, project: "/", graph, typed: (command: string) => command };
  const lines = renderSummary(digestOf(events), context).map((line) => line.replace(/\d+(\.\d)? m?s$/, "…"));
  expect(lines).toEqual([
    "",
    "Proofs  1 equal to a full refresh, 1 not, 1 not, and may",
    "           table  published  rebuilt  only published  only rebuilt",
    "  differs  s.a            1        1               1             1",
    "  differs  s.c            1        1               1             1",
    "  s.a: under the same key other values in v (1 row)",
    "  s.c: under the same key other values in v (1 row)",
    "  may differ: s.c (it keeps history, which need not be what is there to make it from now)",
    "",
    "Failed: 1 incremental table is not what a full refresh makes  …",
    "  0 built, 3 unchanged, 0 skipped, 0 failed, 0 discarded",
    "",
    "Next",
    "  medform run s.a+ --full-refresh  makes it anew, and what is made from it",
    "  medform audit report             the verdict, rules and tables as a page",
  ]);
  expect(renderQuietSummary(digestOf(events), context)).toContain(lines[3]);
  expect(JSON.stringify(events)).not.toContain("secret");

  const about = { environment: "local", engine: "duckdb", project: "p", generatedAt: "2026-01-01T00:00:00.000Z" };
  const report = reportModel({ ...about, graph, state: await w.state(), dispositions: [] });
  const rules = report.rules.flatMap(({ table, rules }) => rules.map(({ rule, outcome }) => [table, rule, outcome]));
  expect(rules).toEqual([
    ["s.a", "incremental_equals_full", "fail"],
    ["s.b", "incremental_equals_full", "pass"],
    ["s.c", "incremental_equals_full", "warn"],
  ]);
});
