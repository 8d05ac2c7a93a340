/** The report's data and its page: right counts, everything escaped, nothing from outside. */
import { describe, expect, it } from "vitest";
import type { Graph } from "../../src/graph/index.js";
import type { State } from "../../src/ledger/index.js";
import { type ReportInput, renderReport, reportModel } from "../../src/report/index.js";
import { target } from "./events.js";
import * as hospital from "./warehouse.js";

const input = (rest: Partial<ReportInput> = {}): ReportInput => ({
  graph: hospital.graph,
  state: hospital.healthy,
  dispositions: hospital.dispositions,
  generatedAt: "2026-03-02T09:12:00.000Z",
  environment: "local",
  engine: "duckdb",
  project: "Hospital warehouse",
  ...rest,
});

const model = (rest: Partial<ReportInput> = {}) => reportModel(input(rest));

describe("the report's model", () => {
  it("tells a success and what there is to look at", () => {
    expect(model().verdict).toEqual({
      tone: "good",
      headline: "The last run succeeded, with 2 warnings.",
      sentences: [
        "All 8 tables and views are published.",
        "7 of 9 rules passed, 2 found something to look at.",
        "16,722 source rows are admitted, 3 are in quarantine, 4 are superseded or duplicate.",
      ],
    });
  });

  it("tells a failure, and that a disabled table is missing on purpose", () => {
    const { verdict } = model({ state: hospital.broken });
    expect(verdict.tone).toBe("bad");
    expect(verdict.headline).toBe("The last run failed: 1 rule did not hold.");
    expect(verdict.sentences[0]).toBe("7 of 8 tables and views are published; 1 never was.");
  });

  it("names the commit that the last run began with, and whether it was changed", () => {
    const fact = (state: State) => model({ state }).facts.find(({ label }) => label === "Commit that ran")?.value;
    expect(fact(hospital.healthy)).toBe("3f9a07c");
    const lastRun = hospital.healthy.lastRun && { ...hospital.healthy.lastRun, commit: { id: "3f9a07c", dirty: true } };
    expect(fact({ ...hospital.healthy, lastRun })).toBe("3f9a07c, with uncommitted changes");
    expect(fact(hospital.fresh)).toBeUndefined();
  });

  it("says that nothing has run where nothing has", () => {
    const { verdict, rows } = model({ state: hospital.fresh, dispositions: [] });
    expect(verdict).toMatchObject({ tone: "none", headline: "Nothing has run in this warehouse yet." });
    expect(rows).toBeNull();
  });

  it.each([
    ["cancelled", "warn"],
    ["interrupted", "bad"],
    ["error", "bad"],
  ] as const)("has a headline for a run that was %s", (outcome, tone) => {
    const state: State = {
      ...hospital.healthy,
      lastRun: hospital.healthy.lastRun && { ...hospital.healthy.lastRun, outcome },
    };
    expect(model({ state }).verdict.tone).toBe(tone);
    expect(model({ state }).verdict.headline).toContain(outcome === "error" ? "ended in an error" : outcome);
  });

  it("does not call a success what fails on the published tables", () => {
    const state: State = { ...hospital.broken, lastRun: hospital.healthy.lastRun };
    expect(model({ state }).verdict).toMatchObject({
      tone: "bad",
      headline: "1 rule did not hold when last evaluated.",
    });
  });

  it("groups rules by their table, in the order of building but failures first", () => {
    const { rules } = model({ state: hospital.broken });
    expect(rules.map(({ table }) => table)).toEqual([
      "silver.encounter",
      "silver.patient",
      "silver.condition",
      "gold.patient_360",
    ]);
    expect(rules[0]?.rules.map(({ rule, outcome, failing }) => [rule, outcome, failing])).toEqual([
      ["no_orphan_patient", "fail", 3],
      ["encounter_after_death", "warn", 7],
      ["encounter_key", "pass", 0],
      ["type_known", "pass", 0],
    ]);
  });

  it("gives each rule its own line of the assertion's description", () => {
    const described = new Map(model().rules.flatMap(({ rules }) => rules.map((each) => [each.rule, each.description])));
    expect(described.get("patient_key")).toBe("there is one, and no two patients share it");
    expect(described.get("patient_360_balanced")).toBe("As many rows as there are persons.");
    expect(described.get("encounter_key")).toBeUndefined();
  });

  it("shows a rule that was never evaluated as such, not as passed", () => {
    const rules = model({ state: hospital.fresh }).rules.flatMap((group) => group.rules);
    expect(rules).toHaveLength(9);
    expect(new Set(rules.map(({ outcome }) => outcome))).toEqual(new Set(["unevaluated"]));
  });

  it("adds dispositions up by route", () => {
    const { rows } = model();
    expect(rows?.dispositions).toEqual(["current", "superseded", "duplicate", "quarantined"]);
    expect(rows?.routes.find(({ route }) => route.includes("encounter"))?.counts).toEqual([10_712, 0, 4, 3]);
    expect(rows?.totals).toEqual([16_722, 0, 4, 3]);
    expect(rows?.quarantined.map(({ rule, count }) => [rule, count])).toEqual([
      ["patient_unresolved", 2],
      ["start_missing", 1],
    ]);
  });

  it("keeps layers in the order of building and lists sources that were never loaded", () => {
    const { layers, sources } = model();
    expect(layers.map(({ schema }) => schema)).toEqual(["bronze", "silver", "gold"]);
    expect(sources.map(({ name, rows }) => [name, rows])).toEqual([
      ["raw.synthea_claims", null],
      ["raw.synthea_encounters", 10_715],
      ["raw.synthea_patients", 109],
    ]);
  });

  it("is the same for the same input", () => {
    expect(renderReport(model())).toBe(renderReport(model()));
  });
});

describe("the report's page", () => {
  it("refers to nothing outside itself and runs no script", () => {
    const html = renderReport(model({ state: hospital.broken }));
    expect(html).not.toMatch(/<script|<iframe|<object|<embed|<form|\bon\w+="|@import|url\(/i);
    const links = [...html.matchAll(/\b(?:src|href)="([^"]*)"/g)].map((match) => match[1]);
    expect(links.length).toBeGreaterThan(4);
    expect(links.filter((link) => !link?.startsWith("#") && link !== "data:,")).toEqual([]);
  });

  it("escapes hostile names, descriptions, rules and routes wherever they stand", () => {
    const evil = `"><script>alert(1)</script><img src=x onerror='alert(2)'>&`;
    const hostile: Graph = {
      ...hospital.graph,
      actions: [
        { ...hospital.declaration("raw.evil", evil), target: target(`raw.${evil}`) },
        hospital.relation("gold.evil", {
          target: { database: evil, schema: evil, name: evil },
          description: evil,
          fileName: evil,
          columns: [{ path: [evil], description: evil, tags: [evil] }],
        }),
        hospital.assertion("gold.evil", [evil], { description: evil }),
      ],
    };
    const html = renderReport(
      model({
        graph: hostile,
        dispositions: [
          { route: evil, disposition: evil, rule: evil, count: 1 },
          { route: evil, disposition: "quarantined", rule: evil, count: 2 },
        ],
        environment: evil,
        engine: evil,
        project: evil,
        state: {
          ...hospital.fresh,
          lastRun: hospital.healthy.lastRun && {
            ...hospital.healthy.lastRun,
            runId: evil,
            startedAt: evil,
            commit: { id: evil, dirty: true },
          },
        },
      }),
    );
    expect(html).not.toMatch(/<script|<img/i);
    expect(html.match(/&lt;script/gi)?.length).toBeGreaterThan(12);
    // No attribute was left early: every quote of the hostile text is escaped wherever it stands in one.
    expect(html).not.toMatch(/="[^"]*"&gt;<|=""&gt;/);
  });
});
