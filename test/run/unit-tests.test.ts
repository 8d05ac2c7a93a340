import { describe, expect, it } from "vitest";
import { runUnitTests, selectUnitTests, type UnitTestEvent, type UnitTestResult } from "../../src/run/index.js";
import { openDuckDb } from "../../src/warehouse/index.js";
import { compile } from "./support.js";

interface Tried {
  readonly results: readonly UnitTestResult[];
  readonly outcomes: Readonly<Record<string, UnitTestResult["outcome"]>>;
  readonly exitCode: number;
  of(name: string): UnitTestResult | undefined;
}

async function tried(
  files: Readonly<Record<string, string>>,
  asked: { readonly asOf?: string } = {},
  signal?: AbortSignal,
): Promise<Tried> {
  const graph = await compile(files);
  await using warehouse = await openDuckDb({ path: ":memory:", database: "EHR", holder: { command: "test" } });
  const events: UnitTestEvent[] = [];
  const { exitCode } = await runUnitTests({
    graph,
    tests: graph.tests,
    warehouse,
    asOf: asked.asOf ?? null,
    sourceOf: (file) => files[file.replace("definitions/", "")],
    signal,
    listener: (event) => void events.push(event),
  });
  const results = events.filter((event): event is UnitTestResult => event.kind === "unit-test");
  // Whatever a test did, nothing of it is left.
  const left = (await warehouse.catalog.relations()).filter(({ target }) => target.schema !== "MEDFORM");
  expect(left).toEqual([]);
  const outcomes = Object.fromEntries(results.map(({ name, outcome }) => [name, outcome]));
  return { results, outcomes, exitCode, of: (name) => results.find((each) => each.name === name) };
}

const source = `config { type: "declaration", schema: "raw", name: "p" }`;
const test = (dataset: string, name: string, body: string) =>
  `config { type: "test", dataset: "${dataset}", name: "${name}" }\n${body}`;

describe("unit tests of tables and views", () => {
  const model = (type: string) => `config { type: "${type}", schema: "s" }
select id, sum(v) as total
from \${ref("raw", "p")}
where v is not null
group by id`;
  const rows = `input "raw", "p" { select 'a' as id, 1 as v union all select 'a', 2 union all select 'b', null }`;

  it("compare rows without their order and columns by name, NULL equal to NULL", async () => {
    const { outcomes, exitCode } = await tried({
      "p.sqlx": source,
      "t.sqlx": model("table"),
      "v.sqlx": model("view"),
      "a.sqlx": test("t", "right", `${rows}\nselect 3 as total, 'a' as id`),
      "b.sqlx": test(
        "v",
        "of a view",
        `input "raw", "p" { select null as id, 1 as v union all select 'c', 2 }\nselect 'c' as id, 2 as total union all select null, 1`,
      ),
      "c.sqlx": test(
        "t",
        "of nothing",
        `input "raw", "p" { select 'a' as id, 1 as v where false }\nselect 1 as whatever where false`,
      ),
      "d.js": `test("in js").dataset("t").input(["raw", "p"], "select 'x' as id, 5 as v").expect("select 'x' as id, 5 as total");`,
    });
    expect(outcomes).toEqual({ right: "pass", "of a view": "pass", "of nothing": "pass", "in js": "pass" });
    expect(exitCode).toBe(0);
  });

  it("fail with the rows that are missing, and those that nobody expected", async () => {
    const { of, exitCode } = await tried({
      "p.sqlx": source,
      "t.sqlx": model("table"),
      "a.sqlx": test(
        "t",
        "wrong",
        `${rows}\nselect 'a' as id, 4 as total union all select 'b', 0 union all select 'b', 0`,
      ),
      "b.sqlx": test("t", "columns", `${rows}\nselect 'a' as id, 3 as sum`),
    });
    expect(of("wrong")).toMatchObject({
      outcome: "fail",
      at: { file: "definitions/a.sqlx", line: 1 },
      difference: {
        expectedRows: 3,
        actualRows: 1,
        missingRows: 3,
        missing: [
          { id: "a", total: 4 },
          { id: "b", total: 0 },
          { id: "b", total: 0 },
        ],
        unexpectedRows: 1,
        unexpected: [{ id: "a", total: 3 }],
      },
    });
    expect(of("columns")?.difference).toMatchObject({
      missingColumns: ["sum"],
      unexpectedColumns: ["total"],
      missing: [],
    });
    expect(exitCode).toBe(2);
  });

  it("say where the SQL is wrong: in the model, in an input, in what is expected", async () => {
    const { of, exitCode } = await tried({
      "p.sqlx": source,
      "t.sqlx": model("table"),
      "a.sqlx": test("t", "input", `input "raw", "p" {\n  select 'a' as id,\n    nothing as v\n}\nselect 1 as id`),
      "b.sqlx": test("t", "expected", `${rows}\nselect\n  missing_column as id`),
      "c.sqlx": test("t", "model", `input "raw", "p" { select 'a' as ident, 1 as v }\nselect 1 as id`),
      "d.sqlx": test("t", "good", `${rows}\nselect 'a' as id, 3 as total`),
    });
    expect(of("input")).toMatchObject({ outcome: "error", problem: { at: { file: "definitions/a.sqlx", line: 4 } } });
    expect(of("expected")?.problem).toMatchObject({ at: { file: "definitions/b.sqlx", line: 4 } });
    expect(of("expected")?.problem?.message).toMatch(/^the expected rows: /);
    expect(of("model")?.problem).toMatchObject({ at: { file: "definitions/t.sqlx", line: 5 } });
    expect(of("good")?.outcome).toBe("pass");
    expect(exitCode).toBe(1);
  });

  it("give models the variables of a run, the same each time", async () => {
    const variables = ["RUN_ID", "RUN_NUMBER", "STARTED_AT", "HASH_KEY", "AS_OF"].map(
      (name) => `getvariable('MEDFORM_${name}') as ${name.toLowerCase()}`,
    );
    const { outcomes } = await tried(
      {
        "t.sqlx": `config { type: "table" } select ${variables.join(", ")}`,
        "a.sqlx": test(
          "t",
          "fixed",
          `select 'unit-test' as run_id, 1 as run_number, '2000-01-01T00:00:00.000Z' as started_at, 'unit-test' as hash_key,
            '2024-02-02T00:00:00.000Z' as as_of`,
        ),
      },
      { asOf: "2024-02-02T00:00:00.000Z" },
    );
    expect(outcomes).toEqual({ fixed: "pass" });
  });
});

describe("unit tests of incremental tables", () => {
  const files = {
    "p.sqlx": source,
    "k.sqlx": `config { type: "incremental", schema: "s", uniqueKey: ["id"] }
select id, cast(sum(v) as bigint) as total
from \${ref("raw", "p")}
\${when(incremental(), \`where v > (select max(total) from \${self()})\`)}
group by id
pre_operations { \${when(incremental(), \`delete from \${self()} where id = 'gone'\`)} }`,
  };
  const already = (rows: string) => `input "k" { ${rows} }`;

  it("are of the first run without rows of the table itself, and of an increment with them", async () => {
    const { results, exitCode } = await tried({
      ...files,
      "first.sqlx": test(
        "k",
        "first",
        `input "raw", "p" { select 'a' as id, 1 as v union all select 'a', 2 }\nselect 'a' as id, 3 as total`,
      ),
      "more.sqlx": test(
        "k",
        "more",
        `input "raw", "p" { select 'a' as id, 10 as v union all select 'b', 1 union all select null, 20 }
${already("select 'a' as id, 3 as total union all select 'c', 2 union all select 'gone', 9 union all select null, 1")}
select 'a' as id, 10 as total union all select 'c', 2 union all select null, 20`,
      ),
    });
    expect(results.map(({ name, form, outcome }) => [name, form, outcome])).toEqual([
      ["first", "first-run", "pass"],
      ["more", "increment", "pass"],
    ]);
    expect(exitCode).toBe(0);
  });

  it("go in by the model's own policy", async () => {
    const model = (more: string) =>
      `config { type: "incremental", schema: "s"${more} }\nselect id, day, v from \${ref("raw", "p")}`;
    const row = (id: string, day: string, v: number) => `select '${id}' as id, date '${day}' as day, ${v} as v`;
    const rows = (...list: readonly string[]) => list.join(" union all ");
    const given = `input "raw", "p" { ${rows(row("a", "2024-01-31", 1), row("n", "2024-02-02", 2))} }
input "K" { ${rows(row("a", "2024-01-01", 9), row("b", "2024-02-03", 8), row("c", "2024-03-01", 7))} }`;
    const brought = [row("a", "2024-01-31", 1), row("n", "2024-02-02", 2)];
    const [a, b, c] = [row("a", "2024-01-01", 9), row("b", "2024-02-03", 8), row("c", "2024-03-01", 7)];
    const policies: Readonly<Record<string, readonly [string, readonly string[]]>> = {
      append: ["", [...brought, a, b, c]],
      merge: [`, uniqueKey: ["id"]`, [...brought, b, c]],
      insert: [`, uniqueKey: ["id"], tags: ["increment:insert"]`, [row("n", "2024-02-02", 2), a, b, c]],
      interval: [`, tags: ["increment:interval:day:month"]`, [...brought, c]],
    };
    const files = Object.entries(policies).flatMap(([name, [more, expected]]) => [
      [`${name}.sqlx`, model(more)],
      [`${name}_test.sqlx`, test(name, name, given.replace('"K"', `"${name}"`) + rows(...expected))],
    ]);
    const { outcomes } = await tried({ "p.sqlx": source, ...Object.fromEntries(files) });
    expect(outcomes).toEqual({ append: "pass", merge: "pass", insert: "pass", interval: "pass" });
  });

  it("follow a changed schema as the model's policy says: the columns that were there are those of the input", async () => {
    const { outcomes, of } = await tried({
      "p.sqlx": source,
      "k.sqlx": `config { type: "incremental", schema: "s" }\nselect id, fresh from \${ref("raw", "p")}`,
      "strict.sqlx": `config { type: "incremental", schema: "s", tags: ["on_schema_change:fail"] }\nselect id, fresh from \${ref("raw", "p")}`,
      "a.sqlx": test(
        "k",
        "extended",
        `input "raw", "p" { select 2 as id, 'x' as fresh }
input "k" { select 1 as id, 'o' as old }
select 1 as id, 'o' as old, null as fresh union all select 2, null, 'x'`,
      ),
      "b.sqlx": test(
        "strict",
        "refused",
        `input "raw", "p" { select 2 as id, 'x' as fresh }
input "strict" { select 1 as id }
select 1 as id`,
      ),
    });
    expect(outcomes).toEqual({ extended: "pass", refused: "error" });
    expect(of("refused")?.problem?.code).toBe("schema-changed");
  });

  it("compare a NULL without a type with anything", async () => {
    const { outcomes } = await tried({
      "p.sqlx": source,
      "k.sqlx": `config { type: "incremental", schema: "s", uniqueKey: ["id"] }
select id, ended_on, ended_on > date '2024-01-01' as is_late from \${ref("raw", "p")}`,
      "a.sqlx": test(
        "k",
        "t",
        `input "raw", "p" { select 'a' as id, null as ended_on }
input "k" { select 'b' as id, null as ended_on, null as is_late }
select 'a' as id, null as ended_on, null as is_late union all select 'b', null, null`,
      ),
    });
    expect(outcomes).toEqual({ t: "pass" });
  });

  it("are errors where an input is missing, unknown or cannot be evaluated", async () => {
    const { of, results, exitCode } = await tried({
      ...files,
      "i.sqlx": `config { type: "inline" } select 1 as id, 2 as v`,
      "u.sqlx": `config { type: "incremental", schema: "s" } select id, v from \${ref("i")}`,
      "a.sqlx": test("k", "missing", "select 1 as id"),
      "b.sqlx": test("k", "unknown", `input "raw", "pp" { select 1 }\nselect 1 as id`),
      "c.sqlx": test("u", "inline", `input "i" { select 1 }\nselect 1 as id`),
      "d.sqlx": test("k", "thrown", `input "raw", "p" { \${nothing} }\nselect 1 as id`),
      "e.sqlx": test("k", "sql", `input "raw", "p" {\n  select no_such as id\n}\nselect 1 as id`),
    });
    expect(results.map(({ outcome }) => outcome)).toEqual(["error", "error", "error", "error", "error"]);
    expect(of("missing")?.problem).toMatchObject({
      code: "test-input",
      message: expect.stringContaining("s.k reads raw.p"),
      at: { file: "definitions/a.sqlx", line: 1, column: 38 },
      hint: expect.stringContaining('input "raw", "p"'),
    });
    expect(of("unknown")?.problem?.message).toContain('"raw.pp" is no action');
    expect(of("inline")?.problem?.message).toContain("inlined");
    expect(of("thrown")?.problem?.message).toContain("nothing is not defined");
    expect(of("sql")?.problem).toMatchObject({ at: { file: "definitions/e.sqlx", line: 3 } });
    expect(exitCode).toBe(1);
  });

  it("may read from several databases", async () => {
    const { outcomes } = await tried({
      "p.sqlx": `config { type: "declaration", database: "lake", schema: "raw", name: "p" }`,
      "k.sqlx": `config { type: "incremental", schema: "s" } select id from \${ref("lake", "raw", "p")}`,
      "a.sqlx": test("k", "t", `input "lake", "raw", "p" { select 1 as id }\nselect 1 as id`),
      "b.sqlx": test("k", "u", `input "lake", "raw", "p" { select 2 as id }\nselect 2 as id`),
    });
    expect(outcomes).toEqual({ t: "pass", u: "pass" });
  });
});

describe("selection of unit tests", () => {
  const files = {
    "a.sqlx": `config { type: "table", schema: "s", tags: ["x"] } select 1 as n`,
    "b.sqlx": `config { type: "view", schema: "s" } select 2 as n`,
    "ta.sqlx": test("a", "first of a", "select 1 as n"),
    "tb.sqlx": test("b", "second", "select 2 as n"),
  };
  const graph = compile(files);
  it.each([
    [[], [], ["first of a", "second"]],
    [["s.a"], [], ["first of a"]],
    [["tag:x"], [], ["first of a"]],
    [["Second"], [], ["second"]],
    [["first of a", "b"], [], ["first of a", "second"]],
    [[], ["first of a"], ["second"]],
    [["s.*"], ["s.b"], ["first of a"]],
  ] as const)("%j without %j is %j", async (select, exclude, expected) => {
    expect(selectUnitTests(await graph, { select, exclude }).map(({ name }) => name)).toEqual(expected);
  });

  it("stops at Ctrl-C, in the middle of a statement", async () => {
    const abort = new AbortController();
    const endless = `with k as (select unnest(range(1000000)) as i) select count(*) as n from k as x, k as y where x.i + y.i <> 3`;
    setTimeout(() => abort.abort({ exitCode: 143 }), 300);
    const slow = { "a.sqlx": `config { type: "table", schema: "s" } ${endless}`, "ta.sqlx": files["ta.sqlx"] };
    const { outcomes, exitCode } = await tried(slow, {}, abort.signal);
    expect(outcomes).toEqual({ "first of a": "cancelled" });
    expect(exitCode).toBe(143);
  });

  it("runs nothing after Ctrl-C", async () => {
    const abort = new AbortController();
    abort.abort();
    const { outcomes, exitCode } = await tried(files, {}, abort.signal);
    expect(outcomes).toEqual({ "first of a": "cancelled", second: "cancelled" });
    expect(exitCode).toBe(130);
  });
});
