import { describe, expect, test } from "vitest";
import { computeFor, concurrencyOf, threadsFor } from "./compute.js";
import type { OpenedProject } from "./open.js";

type Given = Pick<OpenedProject, "environment" | "project" | "graph">;

const opened = (more: {
  readonly connection?: OpenedProject["environment"]["connection"];
  readonly own?: number;
  readonly project?: number;
  readonly engine?: string;
}): Given => ({
  environment: {
    name: "production",
    overrides: more.own === undefined ? {} : { concurrentQueryLimit: more.own },
    connection: more.connection ?? {},
    schedules: [],
  },
  project: {
    dir: "/p",
    config: { warehouse: "snowflake", defaultSchema: "S", concurrentQueryLimit: more.project },
  },
  graph: { actions: [], tests: [], engine: more.engine ?? "snowflake" },
});

describe("compute by purpose", () => {
  const connection = {
    warehouse: "REFRESH",
    warehouses: { "command:audit": "AUDIT", "tag:heavy": "XL", "command:run": "RUN", "tag:Late": "S" },
  };

  test.each([
    ["run", "RUN"],
    ["schedule run production.nightly", "RUN"],
    ["audit verify", "AUDIT"],
    ["load", "REFRESH"],
  ])("%s runs on %s", (command, warehouse) => {
    expect(computeFor(opened({ connection }), command)).toEqual({ warehouse, byTag: { heavy: "XL", Late: "S" } });
  });

  test("is the user's own where nothing is said", () => {
    expect(computeFor(opened({}), "run")).toEqual({ warehouse: undefined, byTag: {} });
  });
});

describe("how many actions run at a time", () => {
  test("is what --threads, the environment or dataform.json says, in this order", () => {
    expect(threadsFor(opened({ own: 20, project: 5 }), 3)).toBe(3);
    expect(threadsFor(opened({ own: 20, project: 5 }), undefined)).toBe(20);
    expect(concurrencyOf(opened({ project: 5 }))).toBe(5);
    expect(concurrencyOf(opened({}))).toBe(8);
    expect(concurrencyOf(opened({ project: 0 }))).toBe(8);
  });

  test("is the embedded engine's own affair", () => {
    expect(threadsFor(opened({ project: 5, engine: "duckdb" }), undefined)).toBeUndefined();
    expect(threadsFor(opened({ project: 5, engine: "duckdb" }), 2)).toBe(2);
  });
});
