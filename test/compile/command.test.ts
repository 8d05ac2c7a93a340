/** `medform compile` as a command: what it prints where, and its exit code. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CompileCommandOptions, compileCommand } from "../../src/cli/commands/compile.js";
import type { Io } from "../../src/cli/io.js";
import { compileProject } from "../../src/compile/index.js";
import type { CompiledGraph } from "../../src/graph/index.js";
import { type Fixture, makeFixture, runNode, snowflake } from "./harness.js";

let good: Fixture;
let bad: Fixture;

beforeAll(() => {
  good = makeFixture({
    "dataform.json": JSON.stringify({ ...snowflake, vars: { kept: "1" } }),
    "environments.json": JSON.stringify({
      environments: [{ name: "production", configOverride: { defaultDatabase: "prod", vars: { k: "environment" } } }],
    }),
    "definitions/a.sqlx": `config { type: "table" }\nselect '\${dataform.projectConfig.vars.k}' as k`,
    "definitions/b.js": `console.log("a message"); publish("b").query("select 1");`,
  });
  bad = makeFixture({ "definitions/a.sqlx": `config { type: "table" }\nselect \${«compile-throw»nothing}` });
});

afterAll(() => {
  good.remove();
  bad.remove();
});

async function run(options: Partial<CompileCommandOptions> & { project: string }) {
  const out: string[] = [];
  const err: string[] = [];
  const io: Io = {
    stdout: { write: (text) => out.push(text) },
    stderr: { write: (text) => err.push(text) },
    env: {},
    cwd: options.project,
    isTTY: false,
    signal: new AbortController().signal,
  };
  const code = await compileCommand({ vars: {}, json: false, quiet: false, color: false, ...options }, io);
  return { code, stdout: out.join(""), stderr: err.join("") };
}

describe("medform compile", () => {
  test("--json prints the compiled graph and nothing else on stdout", async () => {
    const { code, stdout, stderr } = await run({ project: good.dir, json: true });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual((await compileProject({ projectDir: good.dir, print: () => {} })).compiled);
    expect(stderr).toBe("a message\n");
  });

  test("otherwise it says how many of what", async () => {
    const { code, stdout } = await run({ project: good.dir });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Compiled for snowflake in \d+\.\d\d s\n +1 tables\n +1 views\n$/);
  });

  test("applies no environment unless one is named, and variables in the order file, environment, command line", async () => {
    const config = async (options: Partial<CompileCommandOptions>) =>
      (JSON.parse((await run({ project: good.dir, json: true, ...options })).stdout) as CompiledGraph).projectConfig;
    expect(await config({})).toMatchObject({ warehouse: "snowflake", defaultDatabase: "ehr", vars: { kept: "1" } });
    expect(await config({ environment: "local" })).toMatchObject({ warehouse: "duckdb", defaultDatabase: "ehr" });
    expect(await config({ environment: "production" })).toMatchObject({
      defaultDatabase: "prod",
      vars: { kept: "1", k: "environment" },
    });
    expect(await config({ environment: "production", vars: { k: "cli" } })).toMatchObject({ vars: { k: "cli" } });
  });

  test("errors: exit code 1, the graph all the same, each error with its place on stderr", async () => {
    const { code, stdout, stderr } = await run({ project: bad.dir, json: true });
    expect(code).toBe(1);
    expect(JSON.parse(stdout).graphErrors.compilationErrors).toHaveLength(1);
    const [mark] = bad.marks;
    expect(stderr).toContain("compile-throw: nothing is not defined");
    expect(stderr).toContain(`--> definitions/a.sqlx:${mark?.at.line}:${mark?.at.column}`);
  });

  test("a project that is none is refused", async () => {
    await expect(run({ project: `${good.dir}/definitions` })).rejects.toMatchObject({
      problems: [{ code: "project-missing" }],
    });
  });
});

/** The built command; `npm test` builds first. */
describe("the process", () => {
  const bin = resolve(import.meta.dirname, "../../dist/src/cli/bin.cjs");

  test("prints the graph, and keeps what project code prints off stdout", async () => {
    const ran = await runNode([bin, "compile", "--json", "--project", good.dir]);
    expect(ran).toMatchObject({ code: 0, stderr: "a message\n" });
    expect((JSON.parse(ran.stdout) as CompiledGraph).tables).toHaveLength(2);
  });

  test("stops after --timeout, exits with 1 and names the file", async () => {
    const loop = makeFixture({ "definitions/loop.sqlx": "js { for (;;) {} }\nselect 1" });
    const ran = await runNode([bin, "compile", "--timeout", "1", "--project", loop.dir]);
    loop.remove();
    expect(ran).toMatchObject({ code: 1, stdout: "" });
    expect(ran.stderr).toContain("definitions/loop.sqlx was still being evaluated after 1 s");
  });

  // A shell reports these as 130 and 143.
  test.each(["SIGINT", "SIGTERM"] as const)("ends at once on %s, in the middle of project code", async (stop) => {
    const loop = makeFixture({ "definitions/loop.js": `console.log("begun"); for (;;) {}` });
    const child = spawn(process.execPath, [bin, "compile", "--project", loop.dir], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.stderr.once("data", () => child.kill(stop));
    const [code, signal] = (await once(child, "close")) as [number | null, string | null];
    loop.remove();
    expect([code, signal]).toEqual([null, stop]);
  });
});
