/** The views that readers open are switched from one warehouse to another all at once, or not at all. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { main } from "../../src/cli/program.js";
import { compileProject } from "../../src/compile/index.js";
import { onFile } from "./project.js";

const projectDir = resolve(import.meta.dirname, "../..");
const dir = mkdtempSync(join(tmpdir(), "medform-readers-"));
const warehouse = join(dir, "w.duckdb");
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const views = ["CHART_SUMMARY", "CHART_HISTORY", "CHART_MEDICATIONS", "CHART_LABS"];

/** Tables of those names in a schema, each with the schema's name in it. */
const legacy = (schema: string, names: readonly string[]) => [
  `create schema ${schema}`,
  ...names.map((name) => `create table ${schema}.${name} as select '${schema}' as IT_IS`),
];

async function point(schema: string): Promise<number> {
  const quiet = { write: () => undefined };
  const io = { stdout: quiet, stderr: quiet, isTTY: false, signal: new AbortController().signal };
  const args = ["run", "readers.*", "--vars", `readers_schema=${schema}`, "--project", projectDir];
  return main(args, { ...io, cwd: dir, env: { ...process.env, MEDFORM_DUCKDB: warehouse } }, () => "test");
}

const seen = async () => {
  const [row = []] = await onFile(
    warehouse,
    `select ${views.map((view) => `(select IT_IS from READERS.${view})`).join(", ")}`,
  );
  return row;
};

beforeAll(() => onFile(warehouse, ...legacy("ONE", views), ...legacy("TWO", views), ...legacy("HALF", views.slice(1))));

describe("the views of readers", () => {
  it("look at gold unless told otherwise, are published together, and are read by no model", async () => {
    const { graph } = await compileProject({ projectDir, overrides: { warehouse: "duckdb" } });
    const found = graph.actions.filter(({ target }) => target.schema === "READERS");
    expect(found.map(({ target }) => target.name).toSorted()).toEqual(views.toSorted());
    for (const action of found) {
      const [source, ...more] = "dependencies" in action ? action.dependencies : [];
      expect([source?.schema, more]).toEqual(["GOLD", []]);
      expect(action.tags).toContain("publish:readers");
    }
  });

  it("are switched, all four of them", async () => {
    expect(await point("one")).toBe(0);
    expect(await seen()).toEqual(["ONE", "ONE", "ONE", "ONE"]);
    expect(await point("two")).toBe(0);
    expect(await seen()).toEqual(["TWO", "TWO", "TWO", "TWO"]);
  });

  it("stay as they are where one of them would have nothing to look at, or what is named is no schema", async () => {
    for (const schema of ["half", "no schema; drop"]) {
      expect(await point(schema)).toBe(1);
      expect(await seen()).toEqual(["TWO", "TWO", "TWO", "TWO"]);
    }
  });
});
