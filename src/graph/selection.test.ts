import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Problem, ProblemError } from "./problem.js";
import { selectActions, selectsByState } from "./selection.js";
import { targetLabel } from "./targets.js";
import type { Declaration, Graph, Target } from "./types.js";

/** Kinds do not matter to a selection, so declarations stand for all of them. */
const action = (label: string, above: readonly string[] = [], change: Partial<Declaration> = {}): Declaration => ({
  kind: "declaration",
  target: named(label),
  fileName: `definitions/${label.replace(".", "/")}.sqlx`,
  tags: [],
  disabled: false,
  dependencies: above.map(named),
  columns: [],
  ...change,
});
const named = (label: string): Target => {
  const [schema = "", name = ""] = label.toUpperCase().split(".");
  return { database: "EHR", schema, name };
};
const graph = (...actions: readonly Declaration[]): Graph => ({ actions, tests: [], engine: "duckdb" });

const hospital = graph(
  action("raw.patients"),
  action("silver.patient", ["raw.patients"], { tags: ["daily"] }),
  action("silver.encounter", ["silver.patient"], { tags: ["daily", "events"] }),
  action("gold.patient", ["silver.patient"], { tags: ["daily"] }),
  action("gold.stay", ["silver.encounter", "gold.patient"], { tags: ["weekly"] }),
);
const labels = (g: Graph, keys: ReadonlySet<string>) =>
  g.actions.filter(({ target }) => keys.has(`EHR.${target.schema}.${target.name}`)).map((a) => targetLabel(a.target));
const pick = (select: string, exclude = "") =>
  labels(hospital, selectActions(hospital, { select: [select], exclude: [exclude] }));
const problem = (select: string): Problem | undefined => {
  try {
    pick(select);
  } catch (error) {
    if (error instanceof ProblemError) return error.problems[0];
    throw error;
  }
  return undefined;
};

describe("selectActions", () => {
  it.each<[string, string, readonly string[]]>([
    ["silver.patient", "", ["silver.patient"]],
    ["SILVER.Patient", "", ["silver.patient"]],
    ["ehr.silver.patient", "", ["silver.patient"]],
    ["stay", "", ["gold.stay"]],
    ["gold.*", "", ["gold.patient", "gold.stay"]],
    ["*.patient", "", ["silver.patient", "gold.patient"]],
    ["tag:DAILY", "", ["silver.patient", "silver.encounter", "gold.patient"]],
    ["tag:daily,gold.*", "", ["gold.patient"]],
    ["tag:weekly silver.patient", "", ["silver.patient", "gold.stay"]],
    ["path:definitions/silver", "", ["silver.patient", "silver.encounter"]],
    ["path:./definitions/silver/", "", ["silver.patient", "silver.encounter"]],
    ["path:definitions/gold/stay.sqlx", "", ["gold.stay"]],
    ["path:definitions/*/patient*", "", ["raw.patients", "silver.patient", "gold.patient"]],
    ["+gold.patient", "", ["raw.patients", "silver.patient", "gold.patient"]],
    ["1+stay", "", ["silver.encounter", "gold.patient", "gold.stay"]],
    ["silver.patient+1", "", ["silver.patient", "silver.encounter", "gold.patient"]],
    ["1+silver.encounter+1", "", ["silver.patient", "silver.encounter", "gold.stay"]],
    ["+stay,gold.*", "gold.patient", ["gold.stay"]],
    ["", "tag:daily", ["raw.patients", "gold.stay"]],
  ])("%j without %j", (select, exclude, expected) => {
    expect(pick(select, exclude)).toEqual(expected);
  });

  it("lists what an ambiguous name fits", () => {
    expect(problem("patient")).toMatchObject({
      code: "selection-ambiguous",
      message: '"patient" fits several actions: silver.patient, gold.patient.',
    });
  });

  it.each<[string, string]>([
    ["silver.pateint", "Did you mean silver.patient?"],
    ["encountr+", "Did you mean encounter?"],
    ["tag:dayly", "Did you mean daily?"],
    ["path:definitions/silvr", "Did you mean definitions/silver?"],
    ["bronze.*", "`medform compile --json` lists every action."],
  ])("says what %s may have meant", (select, hint) => {
    expect(problem(select)).toMatchObject({ code: "selection-unknown", hint });
  });

  it("refuses what is no selector", () => {
    expect(problem("a++b")?.code).toBe("selection-syntax");
    expect(problem("tg:daily")?.code).toBe("selection-syntax");
    expect(problem("state:modified")?.code).toBe("selection-state");
    expect(problem("state:old")?.code).toBe("selection-syntax");
  });

  it("takes what is in a state as a set like any other; that nothing is in it is no error", () => {
    const facts = { modified: new Set(["EHR.SILVER.PATIENT", "EHR.GOLD.STAY"]), failed: new Set<string>() };
    const by = (select: string, exclude = "") =>
      labels(hospital, selectActions(hospital, { select: [select], exclude: [exclude] }, facts));
    expect(by("state:modified")).toEqual(["silver.patient", "gold.stay"]);
    expect(by("State:Modified,silver.*")).toEqual(["silver.patient"]);
    expect(by("state:modified,silver.*+")).toEqual(["silver.patient", "gold.stay"]);
    expect(by("1+state:modified")).toEqual([
      "raw.patients",
      "silver.patient",
      "silver.encounter",
      "gold.patient",
      "gold.stay",
    ]);
    expect(by("state:failed")).toEqual([]);
    expect(by("state:failed gold.stay")).toEqual(["gold.stay"]);
    expect(by("gold.*", "state:modified")).toEqual(["gold.patient"]);
    expect(selectsByState({ select: ["gold.*,2+state:failed"], exclude: [] })).toBe(true);
    expect(selectsByState({ select: ["gold.*"], exclude: ["path:state"] })).toBe(false);
  });
});

describe("selectActions against a plain model", () => {
  const size = 8;
  const label = (i: number) => `s${i % 2}.n${i}`;
  const graphs = fc
    .tuple(
      fc.array(fc.array(fc.nat(), { maxLength: 3 }), { minLength: size, maxLength: size }),
      fc.array(fc.subarray(["a", "b", "c"]), { minLength: size, maxLength: size }),
    )
    .map(([above, tags]) =>
      above.map((list, i) => ({
        above: i === 0 ? [] : [...new Set(list.map((other) => other % i))],
        // Each tag is somewhere, so that no selector is unknown.
        tags: [...(tags[i] ?? []), ...(i < 3 ? [`${"abc"[i]}`] : [])],
      })),
    );
  type Plain = readonly { readonly above: readonly number[]; readonly tags: readonly string[] }[];

  const patterns = fc.oneof(
    fc.nat(size - 1).map((i) => ({ text: label(i), fits: (_: Plain, j: number) => j === i })),
    fc.nat(1).map((s) => ({ text: `S${s}.*`, fits: (_: Plain, j: number) => j % 2 === s })),
    fc.constantFrom("a", "b", "c").map((tag) => ({
      text: `tag:${tag}`,
      fits: (plain: Plain, j: number) => plain[j]?.tags.includes(tag) === true,
    })),
  );
  const depth = fc.option(fc.option(fc.nat(3), { nil: Number.POSITIVE_INFINITY }), { nil: 0 });
  const terms = fc.record({ pattern: patterns, up: depth, down: depth });

  const all = [...Array(size).keys()];
  /** Whether there is a path of at most `steps` from `from` up to `to`. */
  const within = (plain: Plain, from: number, to: number, steps: number): boolean =>
    from === to || (steps > 0 && (plain[from]?.above ?? []).some((other) => within(plain, other, to, steps - 1)));

  it("selects the same", () => {
    const written = (steps: number) => (steps === Number.POSITIVE_INFINITY ? "" : `${steps}`);
    const unions = fc.array(fc.array(terms, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(graphs, unions, fc.option(terms), (plain, union, excluded) => {
        const g = graph(...plain.map(({ above, tags }, i) => action(label(i), above.map(label), { tags })));
        const text = ({ pattern, up, down }: (typeof union)[number][number]) =>
          `${up ? `${written(up)}+` : ""}${pattern.text}${down ? `+${written(down)}` : ""}`;
        const fits = ({ pattern, up, down }: (typeof union)[number][number], j: number) =>
          all.some((i) => pattern.fits(plain, i) && (within(plain, i, j, up) || within(plain, j, i, down)));
        const expected = all.filter(
          (j) => union.some((each) => each.every((term) => fits(term, j))) && !(excluded && fits(excluded, j)),
        );
        const keys = selectActions(g, {
          select: [union.map((each) => each.map(text).join(",")).join(" ")],
          exclude: excluded ? [text(excluded)] : [],
        });
        expect(labels(g, keys)).toEqual(expected.map(label));
      }),
    );
  });
});
