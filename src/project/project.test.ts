import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { type Problem, ProblemError } from "../graph/index.js";
import { noEnvironment, readEnvironments, readProject, resolveEnvironment, warehousePath } from "./index.js";
import { parseJson } from "./json.js";

const dir = mkdtempSync(join(tmpdir(), "medform-project-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const valid = '{ "warehouse": "snowflake", "defaultSchema": "gold" }';

/** Writes both files; a `^` marks the place that the problem must name and is not written. */
function problemsOf(files: { project?: string; environments?: string }) {
  const marks: object[] = [];
  const write = (file: string, text: string) => {
    const index = text.indexOf("^");
    if (index >= 0) {
      const before = text.slice(0, index);
      marks.push({ file, line: before.split("\n").length, column: index - before.lastIndexOf("\n") });
    }
    writeFileSync(join(dir, file), text.replace("^", ""));
  };
  write("dataform.json", files.project ?? valid);
  write("environments.json", files.environments ?? "{}");
  let problems: readonly Problem[] = [];
  try {
    readProject(dir);
    readEnvironments(dir);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    problems = error.problems;
  }
  return { problems, marks };
}

describe("dataform.json", () => {
  test.each([
    ["json-syntax", '{ "warehouse": "snowflake",\n  ^}'],
    ["json-syntax", '{ "warehouse": "snowflake"\n  ^"defaultSchema": "x" }'],
    ["json-syntax", '{ "warehouse": ^snowflake }'],
    ["json-syntax", '{ "warehouse": "snowflake" }\n^x'],
    ["json-syntax", '{ "warehouse": "snowflake"^'],
    ["project-value", '^{ "defaultSchema": "x" }'],
    ["project-value", '^{ "warehouse": "snowflake" }'],
    ["project-value", '{ "defaultSchema": "x", "warehouse": ^"oracle" }'],
    ["project-value", '{ "warehouse": "snowflake",\n\t"defaultSchema": ^"a b" }'],
    ["project-value", '{ "warehouse": "snowflake", "defaultSchema": "a", "schemaSuffix": ^"x.y" }'],
    ["project-value", '{ "warehouse": "snowflake", "defaultSchema": "a", "vars": { "ok": "1", "n": ^3 } }'],
    ["project-value", "^[]"],
  ])("%s %j", (code, project) => {
    const { problems, marks } = problemsOf({ project });
    expect(problems.map((problem) => problem.at)).toEqual(marks);
    expect(problems.map((problem) => problem.code)).toEqual([code]);
  });

  test("keeps what Dataform ignores", () => {
    writeFileSync(join(dir, "dataform.json"), '{ "warehouse": "snowflake", "defaultSchema": "gold", "other": [1] }');
    expect(readProject(dir).config).toMatchObject({ warehouse: "snowflake", defaultSchema: "gold" });
  });
});

describe("environments.json", () => {
  test.each([
    ["environments-key", '{ "environments": [ { "name": "a", ^"gitref": "main" } ] }'],
    ["environments-key", '{ "environments": [ { "name": "a", "connection": { ^"file": "x" } } ] }'],
    ["environments-key", '{ ^"environment": [] }'],
    ["environments-value", '{ "environments": [ ^{ } ] }'],
    ["environments-value", '{ "environments": [ { "name": ^"" } ] }'],
    ["environments-value", '{ "environments": [ { "name": "a", "configOverride": { "schemaSuffix": ^"x y" } } ] }'],
    ["environments-value", '{ "environments": [ { "name": "a", "schedules": [ ^{ "name": "n" } ] } ] }'],
    ["environments-twice", '{ "environments": [ { "name": "a" },\n { "name": ^"a" } ] }'],
  ])("%s %j", (code, environments) => {
    const { problems, marks } = problemsOf({ environments });
    expect(problems.map((problem) => problem.at)).toEqual(marks);
    expect(problems.map((problem) => problem.code)).toEqual([code]);
  });

  const environments = {
    environments: [
      { name: "production", gitRef: "main", configOverride: { defaultDatabase: "P", vars: { a: "1", b: "2" } } },
      { name: "embedded", configOverride: { warehouse: "duckdb" as const }, connection: { path: "data/x.duckdb" } },
    ],
  };
  writeFileSync(join(dir, "dataform.json"), valid);
  const project = readProject(dir);

  test("an environment overrides, and variables of the command line win", () => {
    expect(resolveEnvironment("production", project, environments, { b: "3" })).toEqual({
      name: "production",
      overrides: { defaultDatabase: "P", vars: { a: "1", b: "3" } },
      gitRef: "main",
      schedules: [],
    });
  });

  test("local is built in, and a project may say otherwise", () => {
    expect(resolveEnvironment("local", project, {}).overrides).toEqual({ warehouse: "duckdb" });
    const own = { environments: [{ name: "local", configOverride: { warehouse: "snowflake" as const } }] };
    expect(resolveEnvironment("local", project, own).overrides).toEqual({ warehouse: "snowflake" });
    expect(noEnvironment()).toEqual({ name: undefined, overrides: {}, schedules: [] });
  });

  test("an unknown name is an error that lists the others", () => {
    expect(() => resolveEnvironment("prod", project, environments)).toThrow(
      expect.objectContaining({
        problems: [
          expect.objectContaining({ code: "environment-unknown", hint: expect.stringContaining("production") }),
        ],
      }),
    );
  });

  test("the embedded warehouse: connection, then MEDFORM_DUCKDB, then .medform", () => {
    const embedded = resolveEnvironment("embedded", project, environments);
    expect(warehousePath("/p", embedded, { MEDFORM_DUCKDB: "/other.duckdb" })).toBe("/p/data/x.duckdb");
    expect(warehousePath("/p", {}, { MEDFORM_DUCKDB: "/other.duckdb" })).toBe("/other.duckdb");
    expect(warehousePath("/p", {}, {})).toBe("/p/.medform/warehouse.duckdb");
  });
});

describe("JSON with places", () => {
  test("reads what the built-in parser reads", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, 2, "\t"), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(parseJson(text, "x.json").value).toEqual(JSON.parse(text));
      }),
    );
  });

  test("refuses what the built-in parser refuses", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(), fc.constantFrom("", ",", "}", "]", '"', "x", "\\"), (value, at, insert) => {
        const good = JSON.stringify(value, null, 1);
        const text = good.slice(0, at % (good.length + 1)) + insert + good.slice((at % (good.length + 1)) + 1);
        const attempt = (parse: () => unknown) => {
          try {
            return { value: parse() };
          } catch {
            return "refused";
          }
        };
        expect(attempt(() => parseJson(text, "x.json").value)).toEqual(attempt(() => JSON.parse(text)));
      }),
    );
  });
});
