/** What a declared group of rules bears, as it compiles: plain assertions with tags, grouped and named apart. */
import { describe, expect, it } from "vitest";
import type { Assertion } from "../../src/graph/index.js";
import { compile } from "../run/support.js";
import { helpers } from "./scd/project.js";

async function declared(group: string): Promise<readonly Assertion[]> {
  const graph = await compile({
    ...helpers(),
    "visit.sqlx": `config { type: "table" }\nselect 1 as id, 'a' as code`,
    "person.sqlx": `config { type: "table" }\nselect 1 as id`,
    "rules.js": `const { codeSet, declare, key, noOrphans, range } = require("../includes/declared.js");
const visit = { schema: "gold", name: "visit" };
declare(visit, { keys: ["id"], rules: [key("visit_key")] });
declare(visit, { keys: ["id"], ${group} });`,
  });
  return graph.actions.filter((action): action is Assertion => action.kind === "assertion");
}

const some = `rules: [range("visit_id", "id", { low: 0 })], warn: [codeSet("visit_code", "code", ["a"])]`;

describe("a declared group of rules", () => {
  it("bears nothing, and judges every row, unless told", async () => {
    const [strict] = await declared(`suffix: "more", ${some}`);
    expect([strict?.threshold, strict?.onlyNew, strict?.tags]).toEqual([
      undefined,
      false,
      ["rule:visit_key", "key:visit_key:visit(id)"],
    ]);
  });

  it("bears a share or a number of failing rows, by severity apart from the others of its table", async () => {
    const shared = (await declared(`threshold: "0.5%", ${some}`)).slice(1);
    expect(shared.map(({ target, severity, threshold }) => [target.name, severity, threshold])).toEqual([
      ["GOLD_VISIT_WITHIN_0_5_PERCENT", "error", { share: 0.005 }],
      ["GOLD_VISIT_WITHIN_0_5_PERCENT_WARN", "warn", { share: 0.005 }],
    ]);
    const counted = (await declared(`threshold: 10, ${some}`)).slice(1);
    expect(counted.map(({ target, threshold }) => [target.name, threshold])).toEqual([
      ["GOLD_VISIT_WITHIN_10", { rows: 10 }],
      ["GOLD_VISIT_WITHIN_10_WARN", { rows: 10 }],
    ]);
  });

  it("judges only what the run brought where it says so, rule by rule", async () => {
    const group = `rows: "new", threshold: 1, rules: [range("visit_id", "id", { low: 0 }), noOrphans("visit_person", ["id"], "person")]`;
    const [, fresh] = await declared(group);
    expect([fresh?.target.name, fresh?.onlyNew, fresh?.rules]).toEqual([
      "GOLD_VISIT_WITHIN_1_NEW",
      true,
      ["visit_id", "visit_person"],
    ]);
  });

  it.each([
    [`threshold: "much", ${some}`, /threshold much/],
    [`threshold: "101%", ${some}`, /threshold 101%/],
    [`threshold: -1, ${some}`, /threshold -1/],
    [`threshold: 0.5, ${some}`, /threshold 0.5/],
    [`rows: "fresh", ${some}`, /rows fresh/],
    [`rows: "new", rules: [key("visit_again")]`, /visit_again is about all rows/],
  ])("is refused when the project is compiled: %s", async (group, message) => {
    await expect(declared(group)).rejects.toThrow(message);
  });
});
