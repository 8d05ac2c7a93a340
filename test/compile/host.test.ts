/** What the host adds to core: limits, no need of an installed core, the engine `duckdb`, the rules of `assertions/`. */
import { afterEach, describe, expect, test } from "vitest";
import { compileProject } from "../../src/compile/index.js";
import { type Problem, ProblemError } from "../../src/graph/index.js";
import { type Files, type Fixture, makeFixture, snowflake } from "./harness.js";

const made: Fixture[] = [];
const fixture = (files: Files, options?: { core?: boolean }): Fixture => {
  const one = makeFixture(files, options);
  made.push(one);
  return one;
};

afterEach(() => {
  for (const one of made.splice(0)) one.remove();
});

async function failure(files: Files, timeoutMs = 60_000): Promise<Problem> {
  try {
    await compileProject({ projectDir: fixture(files).dir, timeoutMs });
  } catch (error) {
    const [problem] = error instanceof ProblemError ? error.problems : [];
    if (problem) return problem;
    throw error;
  }
  throw new Error("It compiled.");
}

describe("an evaluation that does not end is stopped, and its file named", () => {
  const loops: Readonly<Record<string, Files>> = {
    "a loop in a definition": { "definitions/loop.js": "for (;;) {}" },
    "a loop in an include that a definition calls": {
      "includes/spin.js": "module.exports = () => { while (true) {} };",
      "definitions/loop.js": "spin();",
    },
    "a loop in a query": { "definitions/loop.sqlx": "config { type: 'view' }\njs { for (;;) {} }\nselect 1" },
    "a regular expression that backtracks for ever": {
      "definitions/loop.js": `/^(a+)+$/.test("${"a".repeat(60)}b");`,
    },
    "promises that follow each other": {
      "definitions/loop.js": "const again = () => Promise.resolve().then(again); again();",
    },
    "a loop that catches everything": {
      "definitions/loop.js": "function spin() { try { for (;;) {} } catch { spin(); } finally { spin(); } } spin();",
    },
  };
  test.each(Object.entries(loops))("%s", async (name, files) => {
    const problem = await failure(files, 1000);
    expect(problem.code).toBe("compile-timeout");
    expect(problem.message).toContain("1 s");
    if (!name.startsWith("promises")) expect(problem.at?.file).toMatch(/^definitions\/loop\.|^includes\/spin\.js$/);
  });
});

test("what a project prints goes to the printer it was given", async () => {
  const printed: string[] = [];
  const { dir } = fixture({
    "definitions/a.js": `console.log("one", { two: 2 }); console.error("three"); console.table([1]);`,
  });
  await compileProject({ projectDir: dir, print: (text) => printed.push(text) });
  expect(printed.join("")).toContain("one { two: 2 }\n");
  expect(printed.join("")).toContain("three\n");
});

test("project code reaches neither files nor processes nor the host's globals", async () => {
  const { dir } = fixture({
    "definitions/a.js": `publish("seen", "select " + JSON.stringify([typeof process.exit, typeof process.binding, typeof fetch, Object.keys(process.env).length]));`,
    "definitions/b.js": `Array.prototype.pollution = 1; globalThis.leak = 1;`,
  });
  const { compiled } = await compileProject({ projectDir: dir });
  expect(compiled.tables?.[0]?.query).toBe('select ["undefined","undefined","undefined",0]');
  expect("pollution" in Array.prototype || "leak" in globalThis).toBe(false);
});

describe("variables that name policies", () => {
  const told = async (vars: Readonly<Record<string, string>>, warehouse?: "duckdb") => {
    const columns =
      '{ id: { description: "Its id.", tags: ["phi:other"] }, owner: "Whose it is.", tenant: "Likewise." }';
    const { dir } = fixture({ "definitions/a.sqlx": `config { type: "table", columns: ${columns} }\nselect 1` });
    const overrides = { vars, ...(warehouse && { warehouse }) };
    const { problems, graph } = await compileProject({ projectDir: dir, overrides, print: () => {} });
    const [action] = graph.actions;
    return {
      codes: problems.map(({ code }) => code),
      guards: action && "guards" in action ? action.guards : undefined,
    };
  };

  test("are what guards a relation", async () => {
    expect(await told({ "masking_policy:phi": "SAFE.PHI_{TYPE}", "row_access_policy:owner": "SAFE.ROWS" })).toEqual({
      codes: [],
      guards: { masking: { id: "SAFE.PHI_{TYPE}" }, rowAccess: { column: "owner", policy: "SAFE.ROWS" } },
    });
    expect(await told({})).toEqual({ codes: [], guards: undefined });
  });

  test.each([
    [{ "masking_policy:phi": "HIDE" }, "policy-name"],
    [{ "row_access_policy:owner": "SAFE.ROWS_{TYPE}" }, "policy-name"],
    [{ "row_access_policy:owner": "S.ONE", "row_access_policy:tenant": "S.TWO" }, "policy-conflict"],
    [{ "masking_policy:phi": "S.HIDE", "row_access_policy:id": "S.ROWS" }, "policy-conflict"],
  ])("say what can be kept: %o", async (vars, code) => {
    expect((await told(vars)).codes).toEqual([code]);
  });

  test("are for a warehouse that has policies", async () => {
    expect((await told({ "masking_policy:phi": "S.HIDE" }, "duckdb")).codes).toEqual(["policy-unsupported"]);
  });
});

test("a project needs nothing installed", async () => {
  const { dir } = fixture({ "definitions/a.sqlx": "select 1" }, { core: false });
  const { graph, problems, compiled } = await compileProject({ projectDir: dir });
  expect(problems).toEqual([]);
  expect(graph.actions.map((action) => action.target)).toEqual([{ database: "EHR", schema: "GOLD", name: "A" }]);
  expect(compiled.dataformCoreVersion).toBe("2.9.0");
});

test("another major version of core is refused", async () => {
  const manifest = { "node_modules/@dataform/core/package.json": '{"version": "3.0.0", "main": "bundle.js"}' };
  const { dir } = fixture(manifest, { core: false });
  await expect(compileProject({ projectDir: dir })).rejects.toMatchObject({ problems: [{ code: "core-version" }] });
});

describe("the engine duckdb", () => {
  const files: Files = {
    "definitions/incremental.sqlx": `config { type: "incremental", uniqueKey: ["id"], snowflake: { clusterBy: ["id"] } }
select 1 as id \${when(incremental(), \`where 1 > (select max(id) from \${self()})\`)}`,
    "definitions/materialized.sqlx": `config { type: "view", materialized: true, snowflake: { secure: true } }
select * from \${ref("incremental")}`,
    "definitions/table.sqlx": `config { type: "table", snowflake: { transient: true }, assertions: { rowConditions: ["status = 'a\\\\b'"] } }
select '\${dataform.projectConfig.warehouse}' as status`,
  };

  test("compiles to the same graph as snowflake, but for what the project asks about it and for quotes", async () => {
    const { dir } = fixture(files);
    const onSnowflake = await compileProject({ projectDir: dir });
    const onDuckdb = await compileProject({ projectDir: dir, overrides: { warehouse: "duckdb" } });
    expect(onDuckdb.problems).toEqual([]);
    expect(onDuckdb.graph.engine).toBe("duckdb");
    const text = JSON.stringify(onDuckdb.compiled);
    expect(text).toContain("select 'duckdb' as status");
    expect(text).toContain("'status = ''a\\\\b''' AS failing_row_condition");
    expect(
      text.replaceAll("duckdb", "snowflake").replace("'status = ''a\\\\b'''", "'status = \\\\'a\\\\\\\\b\\\\''"),
    ).toBe(JSON.stringify(onSnowflake.compiled));
  });

  test("refuses what snowflake refuses", async () => {
    const { dir, marks } = fixture({
      "definitions/a.sqlx": `config { type: "table", «compile-config»materialized: true }\nselect 1`,
    });
    const { problems } = await compileProject({ projectDir: dir, overrides: { warehouse: "duckdb" } });
    expect(problems.map(({ code, at }) => ({ code, at }))).toEqual(marks);
  });
});

test("overrides replace what dataform.json says, and merge variables", async () => {
  const { dir } = fixture({
    "dataform.json": JSON.stringify({ ...snowflake, vars: { a: "1", b: "2" } }),
    "definitions/a.js": `publish("vars", JSON.stringify(dataform.projectConfig.vars));`,
  });
  const overrides = { defaultDatabase: "prod", schemaSuffix: "x", vars: { b: "3", c: "4" } };
  const { compiled, graph } = await compileProject({ projectDir: dir, overrides });
  expect(compiled.tables?.[0]?.query).toBe('{"a":"1","b":"3","c":"4"}');
  expect(graph.actions[0]?.target).toEqual({ database: "PROD", schema: "GOLD_X", name: "VARS" });
});

describe("assertions/", () => {
  test("actions name the file that declares them, the innermost one", async () => {
    const { dir } = fixture({
      "includes/rules.js": "module.exports = { key: (name) => assert(name, `select 1`) };",
      "definitions/assertions.js": `require("../assertions/a.js");\nassert("own", "select 1");`,
      "assertions/a.js": `rules.key("before");\nrequire("./b.js");\nrules.key("after");`,
      "assertions/b.js": `assert("inner", "select 1").config({ typo: 1 });`,
    });
    const { graph, compiled } = await compileProject({ projectDir: dir });
    expect(Object.fromEntries(graph.actions.map((action) => [action.target.name, action.fileName]))).toEqual({
      BEFORE: "assertions/a.js",
      AFTER: "assertions/a.js",
      INNER: "assertions/b.js",
      OWN: "definitions/assertions.js",
    });
    expect(compiled.graphErrors?.compilationErrors?.map((error) => error.fileName)).toEqual(["assertions/b.js"]);
  });

  test("a file that nothing requires is an error that says which line to add", async () => {
    const { dir } = fixture({
      "definitions/assertions.js": `require("../assertions/a.js");`,
      "assertions/a.js": `assert("a", "select 1");`,
      "assertions/deep/b.sqlx": `config { type: "assertion" } select 1`,
      "assertions/notes.md": "no code",
    });
    const { problems } = await compileProject({ projectDir: dir });
    expect(problems).toEqual([
      expect.objectContaining({
        code: "assertion-not-required",
        at: { file: "assertions/deep/b.sqlx" },
        hint: 'Add the line: require("../assertions/deep/b.sqlx");',
      }),
    ]);
  });

  test("an error in one points at it", async () => {
    const { dir, marks } = fixture({
      "definitions/assertions.js": `require("../assertions/a.js");`,
      "assertions/a.js": `const x = 1;\nx.«compile-throw»nothing();`,
    });
    const { problems } = await compileProject({ projectDir: dir });
    expect(problems.map(({ code, at }) => ({ code, at }))).toEqual(marks);
  });
});

test("tags that say how a thing is built or judged are refused where nobody knows them, or two cannot both hold", async () => {
  const { dir, marks } = fixture({
    "definitions/a.sqlx": `config { type: "assertion", tags: [«policy-tag»"severity:warning"] }\nselect 1`,
    "definitions/b.sqlx": `config { type: "assertion",\n  tags: ["threshold:5", «policy-tag»"threshold:6", "threshold:5"] }\nselect 1`,
    "definitions/c.sqlx": `config { type: "incremental", uniqueKey: ["id"],\n  tags: ["increment:insert", «policy-tag»"increment:merge"] }\nselect 1 as id`,
    "definitions/x.sqlx": `config { type: "table" }\nselect 1 as id`,
    "definitions/y.sqlx": `config { type: "table" }\nselect 1 as id`,
    "definitions/e.sqlx": `config { type: "assertion", tags: [«policy-tag»"rows:new"] }\nselect id from \${ref("x")} join \${ref("y")} using (id)`,
    "definitions/f.sqlx": `config { type: "assertion", tags: [«policy-tag»"rows:new:z"] }\nselect id from \${ref("x")}`,
    "definitions/g.sqlx": `config { type: "assertion", tags: ["rows:new:Y"] }\nselect id from \${ref("x")} join \${ref("y")} using (id)`,
    "definitions/d.sqlx": `config { type: "assertion", tags: ["severity:error", "rows:all", "threshold:0.5%"] }\nselect 1`,
  });
  const { problems } = await compileProject({ projectDir: dir });
  const found = problems.map(({ code, at }) => ({ code, at }));
  expect(found).toHaveLength(5);
  expect(found).toEqual(expect.arrayContaining([...marks]));
});

test("a severity on a table is refused where it stands", async () => {
  const { dir, marks } = fixture({
    "definitions/a.sqlx": `config { type: "table",\n  tags: ["x", «severity-on-table»"severity:warn"] }\nselect 1`,
    "definitions/b.sqlx": `config { type: "assertion", tags: ["severity:warn"] }\nselect 1`,
  });
  const { problems } = await compileProject({ projectDir: dir });
  expect(problems.map(({ code, at }) => ({ code, at }))).toEqual(marks);
});

test("an error inside an include says who called it", async () => {
  const { dir } = fixture({
    "includes/helper.js": `module.exports = { needs: () => { throw new Error("needs a value"); } };`,
    "definitions/a.sqlx": `config { type: "view" }\nselect 1,\n  \${helper.needs()}`,
  });
  const { problems } = await compileProject({ projectDir: dir });
  expect(problems).toEqual([
    {
      code: "compile-throw",
      message: "needs a value",
      at: { file: "includes/helper.js", line: 1, column: 41 },
      hint: "Called from definitions/a.sqlx:3:12.",
    },
  ]);
});

describe("what makes core itself give up is an error, not a graph", () => {
  test("a type that does not exist", async () => {
    const { dir } = fixture({ "definitions/a.js": `publish("a").type("tabel").query("select 1");` });
    const { problems } = await compileProject({ projectDir: dir });
    expect(problems.map((problem) => problem.code)).toEqual(["compile-config"]);
  });

  test("a value that the graph cannot hold", async () => {
    const problem = await failure({ "dataform.json": JSON.stringify({ ...snowflake, vars: { a: 1 } }) });
    expect(problem).toMatchObject({ code: "compile-failed", message: expect.stringContaining("only be strings") });
  });
});
