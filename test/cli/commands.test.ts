/** The built command as people and schedulers meet it: exit codes, streams, signals, and no value where none belongs. */
import { type ChildProcess, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunEvent } from "../../src/run/index.js";

const bin = resolve(import.meta.dirname, "../../dist/src/cli/bin.cjs");

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(
  project: string,
  args: readonly string[],
  more: Readonly<Record<string, string>> = {},
): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const { MEDFORM_DUCKDB: _, FORCE_COLOR: __, ...env } = process.env;
  const child = spawn(process.execPath, [bin, ...args], { cwd: project, env: { ...env, ...more } });
  const [out, err]: [string[], string[]] = [[], []];
  child.stdout?.on("data", (chunk: Buffer) => out.push(chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => err.push(chunk.toString()));
  const ended = new Promise<Ended>((done, failed) => {
    child.on("error", failed);
    child.on("close", (code) => done({ code, stdout: out.join(""), stderr: err.join("") }));
  });
  return { child, ended };
}

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A value that stands in the data and must be seen nowhere but in `show`. */
const secret = "Zweistein-Quasimodo";

const files: Readonly<Record<string, string>> = {
  "dataform.json": JSON.stringify({
    warehouse: "snowflake",
    defaultDatabase: "EHR",
    defaultSchema: "GOLD",
    assertionSchema: "ASSERTIONS",
  }),
  "definitions/sources.js":
    'declare({ schema: "RAW", name: "PEOPLE" }).config({ columns: { ID: "", NAME: "", _SOURCE_SYSTEM: "", _BATCH_ID: "", _FILE: "", _ROW: "", _LOADED_AT: "" } });\n',
  "definitions/person.sqlx": `config { type: "incremental", schema: "SILVER", uniqueKey: ["ID"], columns: { ID: "Its id.", NAME: { description: "Its name.", tags: ["phi:name"] } } }
select ID, NAME from \${ref("PEOPLE")}
`,
  "definitions/headcount.sqlx": `config { type: "table" }
select count(*) as N from \${ref("PERSON")}
`,
  "definitions/named.sqlx": `config { type: "assertion", tags: ["rule:NAME_GIVEN"] }
select 'NAME_GIVEN' as RULE, ID from \${ref("PERSON")} where NAME is null or NAME = ''
`,
  "definitions/short.sqlx": `config { type: "assertion", tags: ["severity:warn", "rule:NAME_SHORT"] }
select 'NAME_SHORT' as RULE, ID from \${ref("PERSON")} where length(NAME) < 3
`,
  "people.csv": `ID,NAME\n1,${secret}\n2,Bo\n`,
  "nameless.csv": "ID,NAME\n3,\n",
};

function project(extra: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "medform-cli-"));
  folders.push(folder);
  for (const [name, text] of Object.entries({ ...files, ...extra })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

const medform = (folder: string, ...args: readonly string[]) => start(folder, args).ended;

describe("the command line", () => {
  let folder: string;
  beforeAll(() => {
    folder = project();
  });

  it("offers in --help only what works, and says the options of each", async () => {
    const help = await medform(folder, "--help");
    expect(help).toMatchObject({ code: 0, stderr: "" });
    const listed = [...help.stdout.matchAll(/^ {2}([a-z]+)(?: |$)/gm)].map((match) => match[1] ?? "");
    expect(listed).toContain("run");
    for (const name of listed.filter((each) => each !== "help")) {
      const own = await medform(folder, name, "--help");
      expect(own, name).toMatchObject({ code: 0, stderr: "" });
      expect(own.stdout, name).toContain(`medform ${name}`);
    }
  });

  it.each([
    [["rnu"], "cli-unknown-command", "Did you mean run?"],
    [["run", "--fail-fats"], "cli-unknown-option", "Did you mean --fail-fast?"],
    [["show"], "cli-missing-argument", "medform show --help"],
    [["show", "person", "--limit", "many"], "cli-invalid-argument", "medform show --help"],
    [["run", "--as-of", "yesterday"], "cli-invalid-argument", "medform run --help"],
    [["run", "silver.persn"], "selection-unknown", "silver.person"],
    [["run", "--project", "nowhere"], "project-missing", "--project"],
    [["run", "--environment", "production"], "environment-unknown", "local"],
  ])("refuses %j with a code and a way on, exit 1", async (args, code, hint) => {
    const ended = await medform(folder, ...args);
    expect(ended.code).toBe(1);
    expect(ended.stdout).toBe("");
    expect(ended.stderr).toContain(`error: ${code}: `);
    expect(ended.stderr).toContain(hint);
  });

  it("refuses an amount of memory that is none", async () => {
    const ended = await start(folder, ["plan"], { MEDFORM_MEMORY_LIMIT: "plenty" }).ended;
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain("error: memory-limit: ");
  });

  it("points at the place of a compile error in the source", async () => {
    const ended = await medform(project({ "definitions/bad.sqlx": `select 1 from \${reff('x')}\n` }), "run");
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain("--> definitions/bad.sqlx:1");
    expect(ended.stderr).toContain(`1 | select 1 from \${reff('x')}`);
  });

  it("prints its version", async () => {
    const { version } = JSON.parse(readFileSync(resolve(import.meta.dirname, "../../package.json"), "utf8")) as {
      version: string;
    };
    expect(await medform(folder, "--version")).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
  });
});

describe("a project from first load to a failing rule", () => {
  let folder: string;
  const seen: string[] = [];
  const run = async (...args: readonly string[]) => {
    const ended = await medform(folder, ...args);
    seen.push(ended.stdout, ended.stderr);
    return ended;
  };
  beforeAll(() => {
    folder = project();
  });

  it("works before there is a warehouse, and does not make one by looking", async () => {
    expect(await run("status")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("There is no warehouse yet."),
    });
    expect(await run("plan")).toMatchObject({ code: 0, stdout: expect.stringContaining("2 to build") });
    expect(await run("show", "person")).toMatchObject({ code: 1, stderr: expect.stringContaining("show-unbuilt") });
    expect(existsSync(join(folder, ".medform"))).toBe(false);
  });

  it("loads, runs and tells the verdict", async () => {
    expect(await run("load", "csv", "people.csv", "--table", "PEOPLE")).toMatchObject({ code: 0 });
    const ended = await run("run");
    expect(ended).toMatchObject({ code: 0, stderr: "" });
    expect(ended.stdout).toMatch(/built {6}silver\.person +2 rows/);
    expect(ended.stdout).toMatch(/^Rules {2}1 passed, 1 warned\n {2}warned {2}1 name_short$/m);
    expect(ended.stdout).toMatch(/^Succeeded {2}/m);
    expect(ended.stdout).toContain("medform show assertions.short --limit 20");
  });

  it("says in one line that nothing is to do, and nothing at all with --quiet", async () => {
    expect(await run("run")).toEqual({ code: 0, stdout: "Nothing to do: 2 actions up to date.\n", stderr: "" });
    expect(await run("run", "--quiet")).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  it("shows rows, and nothing that a condition smuggles", async () => {
    const all = await medform(folder, "show", "silver.person", "--json");
    expect(
      all.stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toEqual([
      { ID: "1", NAME: secret },
      { ID: "2", NAME: "Bo" },
    ]);
    const some = await medform(folder, "show", "person", "--where", "ID = '2' -- one", "--limit", "5");
    expect(some).toEqual({ code: 0, stdout: "id  name\n2   Bo\n", stderr: "1 row.\n" });
    const rule = await medform(folder, "show", "short", "--json");
    expect(JSON.parse(rule.stdout)).toEqual({ RULE: "NAME_SHORT", ID: "2" });
    for (const where of ["1 = 1; delete from silver.person", "1 = 1) union select 1, 2 where (1 = 1"]) {
      expect(await medform(folder, "show", "person", "--where", where)).toMatchObject({ code: 1, stdout: "" });
    }
    expect((await medform(folder, "show", "person", "--json")).stdout).toBe(all.stdout);
  });

  it("exports rows into files for their owner alone, whole or not at all, and says no value", async () => {
    const out = join(folder, "out");
    const text = (name: string) => readFileSync(join(out, name), "utf8");
    const all = await run("export", "silver.person", "headcount", "--out", "out");
    expect(all).toEqual({ code: 0, stdout: "2 files in out: 3 rows\n", stderr: "" });
    expect(text("person.ndjson")).toBe(`{"ID":"1","NAME":"${secret}"}\n{"ID":"2","NAME":"Bo"}\n`);
    expect(statSync(join(out, "person.ndjson")).mode & 0o777).toBe(0o600);
    expect(readdirSync(out)).toEqual(["headcount.ndjson", "person.ndjson"]);

    const column = await run("export", "person", "--column", "name", "--out", "out", "--json");
    expect(JSON.parse(column.stdout)).toEqual({
      export: out,
      files: [{ file: "person.ndjson", relation: "silver.person", rows: 2 }],
    });
    expect(text("person.ndjson")).toBe(`${secret}\nBo\n`);

    for (const [args, code] of [
      [["person", "headcount", "--column", "NAME"], "export-column"],
      [["short"], "export-nothing"],
      [[], "export-nothing"],
      [["person", "--out", "people.csv/out"], "export-not-written"],
    ] as const) {
      const refused = await run("export", "--out", "out", ...args);
      expect([args, refused.code, refused.stdout]).toEqual([args, 1, ""]);
      expect(refused.stderr).toContain(`error: ${code}: `);
    }
    expect(text("person.ndjson")).toBe(`${secret}\nBo\n`);
    expect(readdirSync(out)).toEqual(["headcount.ndjson", "person.ndjson"]);
  });

  it("ends with 2 where a rule of severity error fails, and leaves the published table as it was", async () => {
    await run("load", "csv", "nameless.csv", "--table", "PEOPLE");
    const ended = await run("run");
    expect(ended.code).toBe(2);
    expect(ended.stdout).toMatch(/failed {2}name_given +error +1 {2}silver\.person/);
    expect(ended.stdout).toContain("skipped on silver.person: gold.headcount");
    expect(ended.stdout).toContain("Failed: 1 rule of severity error failed");
    expect((await medform(folder, "show", "gold.headcount", "--json")).stdout).toBe('{"N":2}\n');
    const quiet = await run("run", "--quiet");
    expect(quiet.code).toBe(2);
    expect(quiet.stdout).toContain("name_given");
    expect(quiet.stdout).not.toContain("Next");
  });

  it("prints with --json the events and nothing else", async () => {
    const ended = await run("run", "--json");
    expect(ended).toMatchObject({ code: 2, stderr: "" });
    const events = ended.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as RunEvent);
    expect(events[0]?.kind).toBe("run-started");
    expect(events.at(-1)).toMatchObject({ kind: "run-finished", outcome: "failed", exitCode: 2 });
    const status = JSON.parse((await run("status", "--json")).stdout) as Record<string, unknown>;
    expect(status).toMatchObject({ exists: true, verdict: { tone: "bad" } });
    expect(JSON.parse((await run("plan", "--json")).stdout)).toHaveProperty("steps");
  });

  it("writes the report where it says", async () => {
    const ended = await run("audit", "report");
    expect(ended).toEqual({ code: 0, stdout: "Report written to .medform/report/index.html\n", stderr: "" });
    const html = readFileSync(join(folder, ".medform/report/index.html"), "utf8");
    expect(html).toContain("The last run failed: 1 rule did not hold.");
    seen.push(html);
    const elsewhere = await run("audit", "report", "--out", "elsewhere", "--json");
    expect(JSON.parse(elsewhere.stdout)).toEqual({ report: join(folder, "elsewhere/index.html") });
  });

  it("evaluates rules on what is published, and finds what somebody wrote past it", async () => {
    const held = await run("assert");
    expect(held).toMatchObject({ code: 0, stderr: "" });
    expect(held.stdout).toContain("1 passed, 1 warned");
    expect(held.stdout).not.toContain("built");

    const write = async (sql: string) => {
      const instance = await DuckDBInstance.create(":memory:");
      const connection = await instance.connect();
      await connection.run(`attach '${join(folder, ".medform/warehouse.duckdb")}' as "EHR"`);
      await connection.run(sql);
      connection.closeSync();
      instance.closeSync();
    };
    await write(`insert into "EHR"."SILVER"."PERSON" values ('9', null)`);
    const found = await run("assert", "silver.person");
    expect(found.code).toBe(2);
    expect(found.stdout).toMatch(/failed {2}name_given +error +1\b/);
    await write(`delete from "EHR"."SILVER"."PERSON" where ID = '9'`);
    expect((await run("assert")).code).toBe(0);
  });

  it("tells an engine's error without the value that it quotes", async () => {
    writeFileSync(
      join(folder, "definitions/cast.sqlx"),
      `config { type: "table" }\nselect cast(NAME as integer) as N from \${ref("PERSON")}\n`,
    );
    const ended = await run("run", "cast");
    expect(ended.code).toBe(1);
    expect(ended.stdout).toContain("--> definitions/cast.sqlx");
  });

  it("has shown no value of a row anywhere but in show", () => {
    expect(seen.length).toBeGreaterThan(20);
    expect(seen.filter((text) => text.includes(secret) || text.includes("Quasimodo"))).toEqual([]);
  });
});

describe("a run that does not end by itself", () => {
  const endless = {
    "definitions/endless.sqlx":
      'config { type: "table" }\nselect count(*) as N from range(1000000) a, range(1000000) b where a.range + b.range = -1\n',
  };
  const begun = (child: ChildProcess) =>
    new Promise<void>((done) => {
      child.stdout?.on("data", (chunk: Buffer) => {
        if (chunk.toString().includes('"action-started"') && chunk.toString().includes("ENDLESS")) done();
      });
    });

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("is cancelled by %s with exit code %i, and shuts others out until then", async (signal, code) => {
    const folder = project(endless);
    const { child, ended } = start(folder, ["run", "endless", "--json"]);
    await begun(child);
    const other = await medform(folder, "run");
    expect(other.code).toBe(3);
    expect(other.stderr).toContain("error: locked: ");
    child.kill(signal);
    const end = await ended;
    expect(end.code).toBe(code);
    const last = end.stdout.trimEnd().split("\n").at(-1) ?? "";
    expect(JSON.parse(last)).toMatchObject({ kind: "run-finished", outcome: "cancelled", exitCode: code });
    expect((await medform(folder, "status")).stdout).toContain("cancelled");
  });

  it("goes on to its end where nobody reads its output any more", async () => {
    const folder = project();
    const { child, ended } = start(folder, ["run", "--json"]);
    child.stdout?.destroy();
    expect(await ended).toMatchObject({ code: 0, stderr: "" });
    expect((await medform(folder, "status")).stdout).toContain("The last run succeeded");
  });
});
