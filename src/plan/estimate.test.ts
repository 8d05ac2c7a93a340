import { expect, test } from "vitest";
import type { Action, Assertion, Graph, Relation, Target } from "../graph/index.js";
import { type RelationInfo, warehouseFor } from "../warehouse/index.js";
import { estimateOf } from "./estimate.js";
import type { Plan, Step, Unit } from "./types.js";

const target = (name: string): Target => ({ database: "EHR", schema: "GOLD", name });
const base = { fileName: "x.sqlx", disabled: false, dependencies: [], columns: [] };

const relation = (name: string, kind: Relation["kind"], tags: readonly string[] = []): Relation => ({
  ...base,
  target: target(name),
  kind,
  tags,
  query: "select 1",
  preOps: [],
  postOps: [],
  incrementalPreOps: [],
  incrementalPostOps: [],
  uniqueKey: [],
  increment: { kind: "merge" } as Relation["increment"],
  onSchemaChange: "follow" as Relation["onSchemaChange"],
  onSqlChange: "rebuild" as Relation["onSqlChange"],
  protected: false,
  clusterBy: [],
  transient: false,
  secure: false,
  materialized: false,
});

const assertion = (name: string, tags: readonly string[] = []): Assertion => ({
  ...base,
  target: target(name),
  kind: "assertion",
  tags,
  query: "select 1",
  rules: [name],
  countsByRule: false,
  severity: "error",
  onlyNew: false,
});

const actions: readonly Action[] = [
  relation("NEW", "table"),
  relation("OLD", "table", ["Heavy"]),
  relation("WAS_VIEW", "table"),
  relation("EVENTS", "incremental", ["heavy"]),
  relation("SHOWN", "view"),
  assertion("GATE", ["audit"]),
  assertion("ALONE", ["audit"]),
];

const there = (name: string, kind: "table" | "view", size = {}): RelationInfo => ({
  target: target(name),
  kind,
  columns: [],
  ...size,
});

const relations = [
  there("OLD", "table", { rows: 1000, bytes: 50_000 }),
  there("WAS_VIEW", "view"),
  there("EVENTS", "table", { rows: 9, bytes: 700 }),
  there("SHOWN", "view"),
];

const unit = (members: readonly string[], rules: readonly string[]): Unit => ({
  id: members.join(),
  kind: members.length > 0 ? "publish" : "assert",
  members: members.map(target),
  rules: rules.map(target),
  needs: [],
  after: [],
});

const plan: Plan = {
  asOf: null,
  fullRefresh: false,
  steps: ["NEW", "OLD", "WAS_VIEW", "EVENTS", "SHOWN"].map(
    (name): Step => ({
      target: target(name),
      type: "table",
      decision: "build",
      mode: name === "EVENTS" ? "increment" : "create",
      reason: "",
      fingerprint: "",
      inputs: {},
      builds: [],
    }),
  ),
  units: [
    unit(["NEW"], []),
    unit(["OLD", "EVENTS"], ["GATE"]),
    unit(["WAS_VIEW"], []),
    unit(["SHOWN"], []),
    unit([], ["ALONE"]),
  ],
  landings: [],
  described: [],
  behind: [],
};

test("what is made how, where, and how large it is", () => {
  const compute = { warehouse: "REFRESH", byTag: { audit: "AUDIT", heavy: "XL" } };
  const graph: Graph = { actions, tests: [], engine: "snowflake", defaultDatabase: "EHR" };
  const { relations: built, warehouses } = estimateOf(plan, {
    graph,
    relations,
    warehouseFor: (tags) => warehouseFor(compute, tags),
  });
  expect(built.map(({ target: { name }, ...rest }) => [name, ...Object.values({ ...rest })])).toEqual([
    ["NEW", "whole", "yes", "REFRESH", null, null],
    ["OLD", "whole", "columns", "XL", 1000, 50_000],
    ["EVENTS", "increment", "columns", "XL", 9, 700],
    ["WAS_VIEW", "whole", "yes", "REFRESH", null, null],
    ["SHOWN", "view", "no", "REFRESH", null, null],
  ]);
  expect(warehouses).toEqual([
    { warehouse: "REFRESH", builds: 3, assertions: 0, bytes: 0 },
    { warehouse: "XL", builds: 2, assertions: 1, bytes: 50_700 },
    { warehouse: "AUDIT", builds: 0, assertions: 1, bytes: 0 },
  ]);
});
