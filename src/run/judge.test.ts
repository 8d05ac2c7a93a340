import { describe, expect, it } from "vitest";
import type { Assertion } from "../graph/index.js";
import { judge } from "./judge.js";

const assertion = (change: Partial<Assertion>): Assertion => ({
  kind: "assertion",
  target: { schema: "R", name: "X" },
  fileName: "assertions/x.js",
  tags: [],
  disabled: false,
  dependencies: [],
  columns: [],
  query: "",
  rules: ["one", "two"],
  countsByRule: true,
  severity: "error",
  onlyNew: false,
  ...change,
});

describe("judge", () => {
  const outcomes = (change: Partial<Assertion>, one: number, total?: number) =>
    judge(assertion(change), [{ rule: "ONE", failing: one }], total).map(({ outcome }) => outcome);

  it("judges each rule by severity; one that returned nothing passed", () => {
    expect(outcomes({}, 1)).toEqual(["fail", "pass"]);
    expect(outcomes({ severity: "warn" }, 1)).toEqual(["warn", "pass"]);
    expect(outcomes({}, 0)).toEqual(["pass", "pass"]);
  });

  it("bears so many rows, and not one more, each rule for itself", () => {
    const threshold = { rows: 3 };
    expect(outcomes({ threshold }, 3)).toEqual(["warn", "pass"]);
    expect(outcomes({ threshold }, 4)).toEqual(["fail", "pass"]);
    expect(outcomes({ threshold, severity: "warn" }, 4)).toEqual(["warn", "pass"]);
    expect(outcomes({ threshold: { rows: 0 } }, 1)).toEqual(["fail", "pass"]);
    const both = [
      { rule: "one", failing: 3 },
      { rule: "two", failing: 3 },
    ];
    expect(judge(assertion({ threshold }), both)).toEqual([
      { rule: "one", outcome: "warn", failing: 3, threshold },
      { rule: "two", outcome: "warn", failing: 3, threshold },
    ]);
  });

  it("bears a share of its table's rows; of none, nothing", () => {
    for (let percent = 0; percent <= 100; percent++) {
      const threshold = { share: percent / 100 };
      if (percent > 0) expect(outcomes({ threshold }, percent, 100), `${percent} %`).toEqual(["warn", "pass"]);
      expect(outcomes({ threshold }, percent + 1, 100), `${percent} %`).toEqual(["fail", "pass"]);
    }
    expect(outcomes({ threshold: { share: 1 } }, 1, 0)).toEqual(["fail", "pass"]);
    expect(judge(assertion({ threshold: { share: 0.005 } }), [{ rule: "one", failing: 5 }], 1000)[0]).toEqual({
      rule: "one",
      outcome: "warn",
      failing: 5,
      threshold: { share: 0.005 },
      of: 1000,
    });
  });

  it("takes a name in any case for one rule", () => {
    const counts = ["one", "ONE", "One"].map((rule) => ({ rule, failing: 2 }));
    expect(judge(assertion({ threshold: { rows: 5 } }), counts)[0]).toMatchObject({ outcome: "fail", failing: 6 });
  });

  it("judges what no rule declares without mercy", () => {
    const found = judge(assertion({ threshold: { rows: 9 } }), [{ rule: "other", failing: 1 }]);
    expect(found.at(-1)).toMatchObject({ rule: "undeclared", outcome: "fail", failing: 1 });
  });
});
