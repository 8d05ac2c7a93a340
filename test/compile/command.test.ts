/** `medform compile` as a command: what it prints where, and its exit code. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CompileCommandOptions, compileCommand } from "../../src/cli/commands/compile.js";
import type { Io } from "../../src/cli/io.js";
import { compileProject } from "../../src/compile/index.js";
import type { CompiledGraph } from "../../src/graph/index.js";
import { type Fixture, makeFixture, snowflake } from "./harness.js";

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
