import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Node, topologicalOrder } from "./order.js";
import { ProblemError } from "./problem.js";
import { sameTarget, targetKey, targetLabel } from "./targets.js";

const target = (name: string) => ({ database: "D", schema: "S", name });
const node = (name: string, ...dependencies: string[]): Node => ({
  target: target(name),
  dependencies: dependencies.map(target),
  fileName: `definitions/${name}.sqlx`,
});
const names = (nodes: readonly Node[]) => nodes.map((each) => each.target.name);

describe("targetKey", () => {
  it("reads as people write it", () => {
    expect(targetKey({ database: "EHR", schema: "SILVER", name: "PATIENT" })).toBe("EHR.SILVER.PATIENT");
    expect(targetLabel({ database: "EHR", schema: "SILVER", name: "PATIENT" })).toBe("silver.patient");
  });

  it("is the same for the same target only", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", ".", '"', " "), maxLength: 4 });
    const any = fc.record({ database: fc.option(text, { nil: undefined }), schema: text, name: text });
    fc.assert(
      fc.property(any, any, (a, b) => (targetKey(a) === targetKey(b)) === sameTarget(a, b)),
      { numRuns: 2000 },
    );
  });
});

describe("topologicalOrder", () => {
  it("puts dependencies first and lets names break ties", () => {
    const nodes = [node("d", "b"), node("c"), node("b", "a"), node("a", "outside")];
    expect(names(topologicalOrder(nodes))).toEqual(["a", "b", "c", "d"]);
    expect(names(topologicalOrder([node("a", "z"), node("z"), node("m")]))).toEqual(["m", "z", "a"]);
  });

  it("does not depend on the order of its input, and respects every dependency", () => {
    const graphs = fc.array(fc.array(fc.nat(), { maxLength: 3 }), { maxLength: 12 }).chain((edges) => {
      const nodes = edges.map((list, i) => node(`n${i}`, ...(i === 0 ? [] : list.map((other) => `n${other % i}`))));
      return fc.tuple(fc.constant(nodes), fc.shuffledSubarray(nodes, { minLength: nodes.length }));
    });
    fc.assert(
      fc.property(graphs, ([nodes, shuffled]) => {
        const ordered = names(topologicalOrder(nodes));
        expect(names(topologicalOrder(shuffled))).toEqual(ordered);
        expect([...ordered].sort()).toEqual(names(nodes).sort());
        for (const each of nodes)
          for (const other of each.dependencies)
            expect(ordered.indexOf(other.name)).toBeLessThan(ordered.indexOf(each.target.name));
      }),
    );
  });

  it("names the cycle, in the direction of the data", () => {
    const cyclic = [node("a", "c"), node("b", "a"), node("c", "b"), node("d", "a"), node("e")];
    expect(() => topologicalOrder(cyclic)).toThrow("s.b -> s.c -> s.a -> s.b");
    try {
      topologicalOrder([node("a", "a")]);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(ProblemError);
      expect((error as ProblemError).problems[0]).toMatchObject({
        code: "graph-cycle",
        message: "These actions depend on each other: s.a -> s.a.",
        at: { file: "definitions/a.sqlx" },
      });
    }
  });
});
