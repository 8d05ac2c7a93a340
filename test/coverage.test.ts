/** What docs/coverage.md says to stand is there: every model, rule and test that it names; docs/warehouse.md is what the graph says. */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { selectActions, targetLabel } from "../src/graph/index.js";
import { renderReference } from "../src/report/index.js";
import { graph } from "./models/hospital.js";

const root = resolve(import.meta.dirname, "..");
const header = ["what", "state", "models", "rules", "tests", "missing"];

const rows = readFileSync(join(root, "docs/coverage.md"), "utf8")
  .split("\n")
  .filter((line) => line.startsWith("|") && !line.startsWith("|--"))
  .map((line) =>
    line
      .slice(1, -1)
      .split("|")
      .map((cell) => cell.trim()),
  );
const said = rows.filter(([what]) => what !== "what");
const named = (cell = "") => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);

const { actions } = await graph();
const models = new Set(
  actions.filter(({ kind }) => kind !== "assertion").map(({ target }) => targetLabel(target).toLowerCase()),
);
const rules = new Set(
  actions.flatMap((action) => (action.kind === "assertion" ? action.rules.map((rule) => rule.toLowerCase()) : [])),
);

describe("docs/coverage.md", () => {
  it("is tables of the same six columns", () => {
    expect(rows.every((row) => row.length === header.length)).toBe(true);
    expect(rows.filter(([what]) => what === "what").every((row) => row.join() === header.join())).toBe(true);
    expect(said.length).toBeGreaterThan(50);
  });

  it.each(said)("names for %s what exists", (_what, state, model, rule, test, missing) => {
    expect(["stands", "partly", "open"]).toContain(state);
    expect(named(model).filter((name) => !models.has(name))).toEqual([]);
    expect(named(rule).filter((name) => !rules.has(name))).toEqual([]);
    expect(named(test).filter((name) => !existsSync(join(root, name)))).toEqual([]);
    if (state !== "open") expect(named(test).length).toBeGreaterThan(0);
    if (state === "partly") expect(missing).not.toBe("");
  });
});

describe("docs/warehouse.md", () => {
  it("is what the project says of its tables: npm run docs writes it", async () => {
    const selection = {
      select: ["gold.*", "silver.*", "safe_harbor.*", "shifted_dates.*", "crosswalk.*"],
      exclude: ["silver.*_verdict", "silver.*_quarantine"],
    };
    const options = { title: "The hospital warehouse", only: selectActions(await graph(), selection) };
    const written = readFileSync(join(root, "docs/warehouse.md"), "utf8");
    expect(renderReference(await graph(), options) === written, "run: npm run docs").toBe(true);
  });
});
