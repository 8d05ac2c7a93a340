/** `run --resume` as it is typed: with the variables and the environment of the run that it goes on from. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeEach, expect, it } from "vitest";
import { main } from "../../src/cli/program.js";
import type { RunEvent } from "../../src/run/index.js";

const config = { warehouse: "snowflake", defaultDatabase: "EHR", defaultSchema: "S", assertionSchema: "R" };
const files: Readonly<Record<string, string>> = {
  "dataform.json": JSON.stringify({ ...config, vars: { n: "1" } }),
  "environments.json": JSON.stringify({
    environments: ["local", "other"].map((name) => ({ name, configOverride: { warehouse: "duckdb" } })),
  }),
  "definitions/a.sqlx": `config { type: "table" } select \${dataform.projectConfig.vars.n} as n`,
  "definitions/b.sqlx": `config { type: "table" }
    select n, case when getvariable('MEDFORM_RUN_NUMBER') % 2 = 0 then error('odd runs only') else 1 end as m from \${ref("A")}`,
};

let dir = "";
const folders: string[] = [];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "medform-resume-"));
  folders.push(dir);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
});
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

async function medform(...argv: readonly string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const env = { MEDFORM_DUCKDB: join(dir, "w.duckdb"), NO_COLOR: "1" };
  const signal = new AbortController().signal;
  const [stdout, stderr] = [out, err].map((to) => ({ write: (text: string) => to.push(text) }));
  if (!stdout || !stderr) throw new Error("no streams");
  const code = await main(argv, { stdout, stderr, env, cwd: dir, isTTY: false, signal }, () => "");
  const events = argv.includes("--json")
    ? out
        .join("")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as RunEvent)
    : [];
  return { code, out: out.join(""), err: err.join(""), events };
}

const statuses = (events: readonly RunEvent[]) =>
  Object.fromEntries(
    events.flatMap((event) => (event.kind === "action-finished" ? [[event.target.name, event.status]] : [])),
  );

it("goes on with what the last run was about", async () => {
  const nothing = await medform("run", "--resume");
  expect([nothing.code, nothing.err]).toEqual([3, expect.stringContaining("resume-nothing")]);

  expect((await medform("run", "--quiet")).code).toBe(0);
  expect((await medform("run", "--resume")).code).toBe(3);
  const broken = await medform("run", "--full-refresh", "--vars", "n=7", "--json");
  expect([broken.code, statuses(broken.events)]).toEqual([1, { A: "built", B: "failed" }]);

  const mixed = await medform("run", "a", "--resume", "--full-refresh", "--as-of", "2024-01-01", "--vars", "n=8");
  expect(mixed.code).toBe(1);
  expect(mixed.err).toContain("cli-resume");
  expect(mixed.err).toContain("takes no selection, no --full-refresh, no --as-of, no --vars");

  const elsewhere = await medform("run", "--resume", "--environment", "other");
  expect([elsewhere.code, elsewhere.err]).toEqual([3, expect.stringContaining('was in the environment "local"')]);

  writeFileSync(join(dir, "definitions/c.sqlx"), `config { type: "table" } select 1 as n`);
  const changed = await medform("run", "--resume");
  expect([changed.code, changed.err]).toEqual([3, expect.stringContaining("- s.c is new")]);
  rmSync(join(dir, "definitions/c.sqlx"));

  // With n=7, or the SQL would be another.
  const resumed = await medform("run", "--resume", "--json", "--threads", "1");
  expect([resumed.err, resumed.code]).toEqual(["", 0]);
  expect(statuses(resumed.events)).toEqual({ A: "unchanged", B: "built" });
  const shown = await medform("show", "s.b", "--json");
  expect(JSON.parse(shown.out)).toMatchObject({ n: 7 });
});

it("tells what was left of protected tables, and what rules bear", async () => {
  writeFileSync(
    join(dir, "definitions/kept.sqlx"),
    `config { type: "incremental", protected: true } select 1 as n union all select 2`,
  );
  writeFileSync(
    join(dir, "definitions/low.sqlx"),
    `config { type: "assertion", tags: ["threshold:50%"] } select n from \${ref("KEPT")} where n < 2`,
  );
  const first = await medform("run", "kept");
  expect(first.code).toBe(0);
  expect(first.out).toMatch(/warned +1 of 2 \(≤ 50%\) low/);
  expect((await medform("status")).out).toMatch(/warn +low +error +1 of 2 \(≤ 50%\)/);
  expect((await medform("run", "kept", "--full-refresh")).out).toContain(
    "blocked, protected: a full refresh leaves it as it is: s.kept",
  );
  writeFileSync(join(dir, "definitions/kept.sqlx"), `config { type: "incremental", protected: true } select 3 as n`);
  const again = await medform("run", "kept");
  expect(again.code).toBe(0);
  expect(again.out).toContain("Succeeded in part: 1 table blocked, and left as it was");
  expect(again.out).toContain("blocked, protected, and would be built anew: SQL changed: s.kept");
});
