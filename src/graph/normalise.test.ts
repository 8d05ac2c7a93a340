import { describe, expect, test } from "vitest";
import type { CompiledGraph } from "./compiled.js";
import { normalise } from "./normalise.js";

const target = (name: string) => ({ database: "D", schema: "S", name });

describe("normalise", () => {
  test("gives every kind of action one shape, in topological order", () => {
    const compiled: CompiledGraph = {
      projectConfig: { warehouse: "duckdb", defaultDatabase: "D" },
      tables: [
        { target: target("VIEW"), enumType: "VIEW", type: "view", query: "q", fileName: "definitions\\v.sqlx" },
        {
          target: target("A_TABLE"),
          enumType: "TABLE",
          query: "q",
          preOps: ["x"],
          dependencyTargets: [target("VIEW"), target("SOURCE")],
          snowflake: { clusterBy: ["c"], transient: true },
          actionDescriptor: { description: "D.", columns: [{ path: ["a", "b"], description: "B.", tags: ["phi"] }] },
        },
        { target: target("INLINE"), enumType: "INLINE", query: "q" },
      ],
      operations: [{ target: target("OP"), queries: ["one", "  ", "two"], hasOutput: true }],
      declarations: [{ target: target("SOURCE") }],
      tests: [{ name: "t", fileName: "definitions/t.sqlx", testQuery: "a", expectedOutputQuery: "b" }],
    };
    const graph = normalise(compiled);
    expect(graph.engine).toBe("duckdb");
    expect(graph.defaultDatabase).toBe("D");
    expect(graph.tests).toHaveLength(1);
    expect(graph.actions.map((action) => `${action.kind} ${action.target.name}`)).toEqual([
      "operation OP",
      "declaration SOURCE",
      "view VIEW",
      "table A_TABLE",
    ]);
    expect(graph.actions[0]).toMatchObject({ queries: ["one", "two"], hasOutput: true, dependencies: [], tags: [] });
    expect(graph.actions[2]).toMatchObject({ fileName: "definitions/v.sqlx", preOps: [], clusterBy: [] });
    expect(graph.actions[3]).toMatchObject({
      description: "D.",
      columns: [{ path: ["a", "b"], description: "B.", tags: ["phi"] }],
      clusterBy: ["c"],
      transient: true,
      preOps: ["x"],
    });
    expect(graph.actions[3]).not.toHaveProperty("incrementalQuery");
  });

  test("an incremental table keeps both queries, and the deprecated where filters the increment", () => {
    const incremental = (extra: object) =>
      normalise({
        tables: [{ target: target("T"), enumType: "INCREMENTAL", query: "full", incrementalQuery: "more", ...extra }],
      }).actions[0];
    expect(incremental({})).toMatchObject({ query: "full", incrementalQuery: "more" });
    expect(incremental({ where: "n > 1" })).toMatchObject({
      incrementalQuery: "\n  select * from (more) as subquery\n    where n > 1",
    });
    expect(incremental({ incrementalPreOps: [" ", "a"] })).toMatchObject({ incrementalPreOps: ["a"] });
    expect(incremental({ uniqueKey: ["ID", '"First ""Name"""'] })).toMatchObject({ uniqueKey: ["ID", 'First "Name"'] });
  });

  test("an assertion's rules and severity come from its tags; without tags it is one rule", () => {
    const assertion = (tags: readonly string[], extra: object = {}) =>
      normalise({ assertions: [{ target: target("CHECK"), query: "q", tags, ...extra }] }).actions[0];
    expect(assertion([])).toMatchObject({ rules: ["CHECK"], countsByRule: false, severity: "error" });
    expect(assertion(["rule:a", "x", "rule:b", "severity:warn", "rule:a"])).toMatchObject({
      rules: ["a", "b"],
      countsByRule: true,
      severity: "warn",
      tags: ["rule:a", "x", "rule:b", "severity:warn"],
    });
    expect(assertion([], { parentAction: target("P") })).toMatchObject({ parent: target("P") });
  });
});
