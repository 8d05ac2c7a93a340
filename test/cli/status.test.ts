/** `status`, `plan` and `show` as text. */
import { stripVTControlCharacters } from "node:util";
import colours from "picocolors";
import { describe, expect, it } from "vitest";
import { renderPlan } from "../../src/cli/render/plan.js";
import { renderRows } from "../../src/cli/render/rows.js";
import { renderStatus } from "../../src/cli/render/status.js";
import { findShowable, showQuery } from "../../src/cli/show-query.js";
import { ProblemError, type Target } from "../../src/graph/index.js";
import type { State } from "../../src/ledger/index.js";
import type { Plan, Step } from "../../src/plan/index.js";
import { reportModel } from "../../src/report/index.js";
import type { RelationInfo } from "../../src/warehouse/index.js";
import { target } from "./events.js";
import * as hospital from "./warehouse.js";

const paint = colours.createColors(false);

describe("the status", () => {
  const text = (state: State, warehouseExists = true, width = 100) =>
    renderStatus(
      reportModel({
        graph: hospital.graph,
        state,
        dispositions: warehouseExists ? hospital.dispositions : [],
        generatedAt: "2026-03-02T09:12:00.000Z",
        environment: "local",
        engine: "duckdb",
        project: "hospital",
      }),
      {
        width,
        paint,
        warehouse: ".medform/warehouse.duckdb",
        warehouseExists,
        environment: "local",
        engine: "duckdb",
        typed: (command) => command,
      },
    ).join("\n");

  it("lists what is built, how fresh it is and what fails", async () => {
    await expect(`${text(hospital.broken)}\n`).toMatchFileSnapshot("golden/status-failing.txt");
  });

  it("sends nobody to rows that are gone with a discarded build", () => {
    const [key, encounter] = Object.entries(hospital.broken.targets).find(([, { failing }]) => failing) ?? [];
    if (key === undefined || encounter === undefined) throw new Error("nothing fails");
    const targets = { ...hospital.broken.targets, [key]: { ...encounter, failing: false } };
    const said = text({ ...hospital.broken, targets });
    expect(said).toContain("medform run silver.encounter+");
    expect(said).not.toContain("rows of no_orphan_patient");
    expect(text(hospital.broken)).toContain("rows of no_orphan_patient");
  });

  it("keeps names whole on a narrow terminal", () => {
    const lines = text(hospital.broken, true, 60).split("\n");
    for (const name of ["silver.encounter_quarantine", "gold.fct_encounter", "raw.synthea_encounters"]) {
      expect(lines.some((line) => line.includes(`  ${name} `))).toBe(true);
    }
    const next = lines.indexOf("Next");
    for (const line of lines.slice(0, next).filter((each) => !each.includes("·")))
      expect(line.length).toBeLessThanOrEqual(62);
  });

  it("says what to do where there is no warehouse yet", async () => {
    await expect(`${text(hospital.fresh, false)}\n`).toMatchFileSnapshot("golden/status-fresh.txt");
  });
});

describe("the plan", () => {
  const step = (label: string, rest: Partial<Step>): Step => ({
    target: target(label),
    type: "table",
    decision: "build",
    reason: "new",
    fingerprint: "f",
    inputs: {},
    builds: [],
    ...rest,
  });
  const plan = (steps: readonly Step[]): Plan => ({
    asOf: null,
    fullRefresh: false,
    steps,
    units: [],
    landings: [],
    described: [],
    behind: [],
  });

  it("says what would be built, asserted and refused, and why", () => {
    const lines = renderPlan(
      plan([
        step("silver.patient", { mode: "create" }),
        step("silver.encounter", { type: "incremental", mode: "increment", reason: "raw.encounters has a new batch" }),
        step("silver.condition", { decision: "skip", reason: "unchanged" }),
        step("gold.archive", { decision: "block", reason: "protected" }),
        step("gold.draft", { decision: "block", reason: "disabled" }),
        step("assertions.patient", { type: "assertion", decision: "assert", gate: target("silver.patient") }),
        step("assertions.condition", {
          type: "assertion",
          decision: "assert",
          gate: target("silver.condition"),
          reason: "new rule",
        }),
        step("gold.visit", { missing: [target("gold.draft")] }),
        step("assertions.visit", {
          type: "assertion",
          decision: "skip",
          gate: target("gold.visit"),
          reason: "gold.draft does not exist yet",
        }),
      ]),
      { width: 100, paint },
    );
    expect(lines).toEqual([
      "build   silver.patient        table      new                             gated by 1 assertion",
      "build   silver.encounter      increment  raw.encounters has a new batch",
      "build   gold.visit            table      new; gold.draft does not exist",
      "assert  assertions.condition             new rule",
      "skip    assertions.visit                 gold.draft does not exist yet",
      "block   gold.archive          table      protected",
      "block   gold.draft            table      disabled",
      "",
      "Plan: 3 to build, 2 assertions to evaluate, 2 blocked, 1 action up to date.",
    ]);
  });

  it("is one line where nothing is to do", () => {
    expect(renderPlan(plan([step("silver.patient", { decision: "skip" })]), { width: 100, paint })).toEqual([
      "Nothing to do: 1 action up to date.",
    ]);
    const draft = step("gold.draft", { decision: "block", reason: "disabled" });
    expect(renderPlan(plan([draft]), { width: 100, paint })).toEqual([
      "block  gold.draft  table  disabled",
      "",
      "Nothing to do: 0 actions up to date.",
    ]);
  });
});

describe("what show reads", () => {
  const relations: readonly RelationInfo[] = [
    "silver.patient",
    "silver.encounter",
    "raw.patient",
    "medform.ledger",
  ].map((label) => ({ target: target(label), kind: "table", columns: [] }));
  const find = (name: string) => findShowable(name, hospital.graph, relations);
  const codes = (action: () => unknown) => {
    try {
      action();
    } catch (error) {
      if (error instanceof ProblemError) return error.problems.map(({ code, hint }) => [code, hint]);
      throw error;
    }
    return "nothing was thrown";
  };
  const relation = (of: Target) => ({ kind: "relation", target: of });

  it("finds a name in any case, with or without schema and database, in the project or the warehouse only", () => {
    expect(find("encounter")).toEqual(relation(target("silver.encounter")));
    expect(find("Silver.Patient")).toEqual(relation(target("silver.patient")));
    expect(find("ehr.silver.patient")).toEqual(relation(target("silver.patient")));
    expect(find("medform.ledger")).toEqual(relation(target("medform.ledger")));
    expect(find("assertions.silver_patient_error")).toMatchObject({ kind: "assertion" });
  });

  it("says what a name may have meant, that it means several, or that it is not built", () => {
    expect(codes(() => find("silver.encountre"))).toEqual([["show-unknown", "Did you mean silver.encounter?"]]);
    expect(codes(() => find("patient"))).toEqual([["show-ambiguous", "Name its schema too."]]);
    expect(codes(() => find("gold.patient_360"))).toEqual([
      ["show-unbuilt", "medform run +gold.patient_360 builds it."],
    ]);
  });

  const patient = find("silver.patient");
  const query = (where?: string) => showQuery(patient, { where, limit: 21, engine: "duckdb" });

  it("is one select over the relation", () => {
    expect(query()).toBe('select *\nfrom "EHR"."SILVER"."PATIENT"\nlimit 21');
    expect(query("sex = 'F' and (status in ('active', 'a;b)'))")).toBe(
      `select *\nfrom "EHR"."SILVER"."PATIENT"\nwhere (sex = 'F' and ( status in ( 'active' , 'a;b)' ) ))\nlimit 21`,
    );
  });

  it("leaves comments of the condition out, so that they cannot swallow the limit", () => {
    expect(query("1 = 1 -- all")).toContain("where (1 = 1)\nlimit 21");
    expect(query("1 = 1 /* ) */")).toContain("where (1 = 1)\nlimit 21");
  });

  it.each([
    "1 = 1; drop table silver.patient",
    "1 = 1) or (1 = 1",
    "1 = 1) union all select * from raw.patient where (1 = 1",
    "(1 = 1",
    "",
    "-- nothing",
  ])("refuses a condition that is more or less than one: %s", (where) => {
    expect(codes(() => query(where))).toMatchObject([["show-where", expect.stringContaining("one condition")]]);
  });
});

describe("rows of a table", () => {
  const rows = [
    { ID: 1, NAME: "Anna", BORN: "1950-01-01" },
    { ID: 23, NAME: null, BORN: "1987-12-31" },
  ];

  it("stand in a grid where they fit, numbers to the right", () => {
    expect(renderRows(rows, { width: 80, paint })).toEqual([
      "id  name  born",
      " 1  Anna  1950-01-01",
      "23  NULL  1987-12-31",
    ]);
  });

  it("stand one under the other where they do not", () => {
    expect(renderRows(rows, { width: 18, paint })).toEqual([
      "── 1 ─────────────",
      "id    1",
      "name  Anna",
      "born  1950-01-01",
      "── 2 ─────────────",
      "id    23",
      "name  NULL",
      "born  1987-12-31",
    ]);
  });

  it("cannot steer the terminal", () => {
    const text = renderRows([{ NOTE: "a\u001b[2Jb\nc\u202ed" }], { width: 80, paint }).join("\n");
    expect(text).toBe("note\na\\u001b[2Jb\\nc\\u202ed");
    expect(stripVTControlCharacters(text)).toBe(text);
  });
});
