import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { type Problem, ProblemError } from "../graph/index.js";
import { readProject } from "./index.js";
import { parseJson } from "./json.js";

const dir = mkdtempSync(join(tmpdir(), "medform-project-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Writes the file; a `^` marks the place that the problem must name and is not written. */
function problemsOf(files: { project: string }) {
  const marks: object[] = [];
  const write = (file: string, text: string) => {
    const index = text.indexOf("^");
    if (index >= 0) {
      const before = text.slice(0, index);
      marks.push({ file, line: before.split("\n").length, column: index - before.lastIndexOf("\n") });
    }
    writeFileSync(join(dir, file), text.replace("^", ""));
  };
  write("dataform.json", files.project);
  let problems: readonly Problem[] = [];
  try {
    readProject(dir);
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
