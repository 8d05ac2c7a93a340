/** `medform test` as people meet it: this project's own unit tests, and small ones that fail. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { lines, medform, scratch } from "../support/medform.js";

const model = `config { type: "incremental", schema: "s", uniqueKey: ["id"] }
select id, status from \${ref("raw", "p")}`;
const test = (name: string, expected: string) => `config { type: "test", dataset: "k", name: "${name}" }
input "raw", "p" {
  select 1 as id, 'closed' as status
}
input "k" {
  select 1 as id, 'open' as status union all select 2, 'open'
}
${expected}`;

function project(dir: string, files: Readonly<Record<string, string>>): string {
  mkdirSync(join(dir, "definitions"));
  const config = { warehouse: "snowflake", defaultDatabase: "EHR", defaultSchema: "GOLD", assertionSchema: "RULES" };
  writeFileSync(join(dir, "dataform.json"), JSON.stringify(config));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, "definitions", name), text);
  return dir;
}

describe("medform test", () => {
  it("passes on this project, without a warehouse", async () => {
    using at = scratch();
    const { code, stdout, stderr } = await medform(["test", "--json"], join(at.dir, "none", "w.duckdb"));
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const events = lines<{ kind: string; outcome?: string; counts?: Record<string, number> }>(stdout);
    expect(events.at(-1)).toMatchObject({ kind: "unit-tests-finished", counts: { fail: 0, error: 0 } });
    expect(events.filter(({ outcome }) => outcome === "pass").length).toBeGreaterThanOrEqual(3);
  });

  it("shows which rows differ and how, and fails with 2; the project can be planned all the same", async () => {
    using at = scratch();
    const expected = (status: string) => `select 1 as id, '${status}' as status union all select 2, 'open'`;
    const dir = project(at.dir, {
      "p.sqlx": `config { type: "declaration", schema: "raw", name: "p" }`,
      "k.sqlx": model,
      "a.sqlx": test("right", expected("closed")),
      "b.sqlx": test("wrong", `${expected("open")} union all select 3, 'new'`),
    });
    const failed = await medform(["test", "--project", dir], at.warehouse);
    expect(failed.code).toBe(2);
    const shown = failed.stdout.split("\n").map((line) => line.replaceAll(/\d+ ms|\d+\.\d s/g, "…").trimEnd());
    expect(shown).toEqual([
      expect.stringMatching(/^passed +s\.k +right \(increment\)/),
      expect.stringMatching(/^failed +s\.k +wrong \(increment\)/),
      "",
      "failed: wrong (s.k)",
      "  --> definitions/b.sqlx:1:38",
      "  3 rows expected, 2 made: 2 missing, 1 not expected",
      "  the row with id 1",
      "            expected  made",
      "    status  open      closed",
      "  missing",
      "    id  status",
      "     3  new",
      "",
      "1 passed, 1 failed  …",
      "",
    ]);
    expect((await medform(["test", "right", "--quiet", "--project", dir], at.warehouse)).stdout).toBe("");

    const compiled = await medform(["compile", "--project", dir], at.warehouse);
    expect(compiled.code).toBe(0);
    expect(compiled.stderr).toContain("warning: compile-test-incremental");
    expect((await medform(["plan", "--project", dir], at.warehouse)).code).toBe(0);
  });

  it("says that there are none", async () => {
    using at = scratch();
    const dir = project(at.dir, { "a.sqlx": `config { type: "view" } select 1 as n` });
    const { code, stdout, stderr } = await medform(["test", "--project", dir], at.warehouse);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "", stderr: "The project has no unit tests.\n" });
  });
});
