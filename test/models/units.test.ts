/** Conversions of units: each factor against its published form, and against UCUM's own tests and definitions in MEDFORM_DATA. */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { data } from "../support/medform.js";

type Conversion = readonly [unit: string, factor: number, shift: number];
interface Component {
  readonly codes: readonly string[];
  readonly units: readonly Conversion[];
  readonly plausible: readonly [number, number];
}
type Ages = readonly [number, number];

const require = createRequire(import.meta.url);
(globalThis as { dataform?: unknown }).dataform = { projectConfig: { warehouse: "duckdb" } };
const { COMPONENTS } = require("../../includes/units.js") as {
  readonly COMPONENTS: Readonly<Record<string, Component>>;
};
const { AT_ANY_AGE, CRITICAL, USUAL } = require("../../includes/lab_limits.js") as {
  readonly USUAL: readonly (readonly [string, string | null, Ages, number | null, number | null])[];
  readonly CRITICAL: readonly (readonly [string, Ages, number, number])[];
  readonly AT_ANY_AGE: readonly (readonly [string, Ages, number, number])[];
};

/** A value of a component in another of its units; undefined where it has no such unit. */
function converted(name: string, value: number, from: string, to: string): number | undefined {
  const find = (unit: string) => COMPONENTS[name]?.units.find(([known]) => known === unit);
  const [source, target] = [find(from), find(to)];
  if (source === undefined || target === undefined) return undefined;
  return (value * source[1] + source[2] - target[2]) / target[1];
}

describe("units", () => {
  const published: readonly (readonly [string, number, string, number, string])[] = [
    ["glucose", 1, "mmol/L", 18.0156, "mg/dL"],
    ["cholesterol", 1, "mmol/L", 38.67, "mg/dL"],
    ["cholesterol_ldl", 1, "mmol/L", 38.67, "mg/dL"],
    ["cholesterol_hdl", 1, "mmol/L", 38.67, "mg/dL"],
    ["triglyceride", 1, "mmol/L", 88.57, "mg/dL"],
    ["urea_nitrogen", 1, "mmol/L", 2.801, "mg/dL"],
    ["creatinine", 1, "mg/dL", 88.4, "umol/L"],
    ["creatinine", 1, "mg/dL", 88.4, "µmol/L"],
    ["hba1c", 7, "%", 10.929 * (7 - 2.15), "mmol/mol"],
    ["hba1c", 2.15, "%", 0, "mmol/mol"],
    ["sodium", 140, "mEq/L", 140, "mmol/L"],
    ["potassium", 4, "mEq/L", 4, "mmol/L"],
    ["chloride", 100, "mEq/L", 100, "mmol/L"],
    ["carbon_dioxide", 25, "mEq/L", 25, "mmol/L"],
    ["calcium_molar", 5, "mEq/L", 2.5, "mmol/L"],
    ["magnesium_molar", 1.8, "mEq/L", 0.9, "mmol/L"],
    ["temperature", 98.6, "[degF]", 37, "Cel"],
    ["hemoglobin", 120, "g/L", 12, "g/dL"],
  ];
  it.each(published)("of %s: %d %s is %d %s, and back", (name, value, from, expected, to) => {
    expect(converted(name, value, from, to)).toBeCloseTo(expected, 9);
    expect(converted(name, expected, to, from)).toBeCloseTo(value, 9);
  });

  it("are of one component: each code stands once, and a unit without a factor is no unit of it", () => {
    const codes = Object.values(COMPONENTS).flatMap((component) => component.codes);
    expect(new Set(codes).size).toBe(codes.length);
    expect(converted("sodium", 1, "mg/dL", "mmol/L")).toBeUndefined();
    expect(converted("calcium", 1, "mmol/L", "mg/dL")).toBeUndefined();
    for (const [name, { units, plausible }] of Object.entries(COMPONENTS)) {
      expect([name, units[0]?.slice(1)]).toEqual([name, [1, 0]]);
      expect([name, units.every(([, factor]) => factor > 0)]).toEqual([name, true]);
      expect([name, plausible[0] < plausible[1]]).toEqual([name, true]);
    }
  });
});

describe("limits of laboratory values", () => {
  it("are one for each code, sex and age, of known components, and within what is plausible", () => {
    const overlaps = <T>(rows: readonly T[], same: (a: T, b: T) => boolean, ages: (row: T) => Ages) =>
      rows.filter((a, i) =>
        rows.some((b, j) => i < j && same(a, b) && ages(a)[0] <= ages(b)[1] && ages(b)[0] <= ages(a)[1]),
      );
    const sameSex = (a: string | null, b: string | null) => a === null || b === null || a === b;
    expect(
      overlaps(
        USUAL,
        (a, b) => a[0] === b[0] && sameSex(a[1], b[1]),
        (row) => row[2],
      ),
    ).toEqual([]);
    expect(
      overlaps(
        CRITICAL,
        (a, b) => a[0] === b[0],
        (row) => row[1],
      ),
    ).toEqual([]);
    const ranges = [
      ...USUAL.map((row) => [row[0], row[3], row[4]] as const),
      ...CRITICAL.map((row) => [row[0], row[2], row[3]] as const),
    ];
    for (const [name, low, high] of ranges) {
      const [least, greatest] = COMPONENTS[name]?.plausible ?? [Number.NaN, Number.NaN];
      expect([name, (low ?? least) >= least, (high ?? greatest) <= greatest]).toEqual([name, true, true]);
    }
  });

  it("call nothing critical that is usual", () => {
    for (const [name, [from, to], low, high] of CRITICAL) {
      const usual = USUAL.filter((row) => row[0] === name && row[2][0] <= to && row[2][1] >= from);
      for (const [, , , least, greatest] of usual) {
        expect([name, (least ?? low + 1) > low, (greatest ?? high - 1) < high]).toEqual([name, true, true]);
      }
    }
  });
});

describe("limits without a birth date", () => {
  it("are those beyond which a value is critical at any age", () => {
    expect(AT_ANY_AGE.find(([name]) => name === "potassium")).toEqual(["potassium", [-1000, -1000], 2.8, 6.4]);
    // Of children nothing is known.
    expect(AT_ANY_AGE.find(([name]) => name === "calcium")).toBeUndefined();
    for (const [name, , low, high] of AT_ANY_AGE)
      for (const [, , least, greatest] of CRITICAL.filter((row) => row[0] === name))
        expect([name, low <= least, high >= greatest]).toEqual([name, true, true]);
  });
});

const ucum = join(data, "terminology/ucum");
describe.skipIf(data === "" || !existsSync(ucum))("UCUM, in MEDFORM_DATA", () => {
  const tests = () => readFileSync(join(ucum, "UcumFunctionalTests.xml"), "utf8");
  const essence = () => gunzipSync(readFileSync(join(ucum, "ucum-essence.xml.gz"))).toString("utf8");
  /** How the hospital's own spellings are written in UCUM. */
  const spelled: Readonly<Record<string, string>> = { "mEq/L": "meq/L", "µmol/L": "umol/L", mmHg: "mm[Hg]" };
  const units = [
    ...new Set(Object.values(COMPONENTS).flatMap((each) => each.units.map(([unit]) => spelled[unit] ?? unit))),
  ];

  it("knows each unit that its tests judge, as valid", () => {
    const judged = new Map(
      [...tests().matchAll(/<case id="[^"]*"\s+unit="([^"]*)"\s+valid="(\w+)"/g)].map(([, unit = "", valid]) => [
        unit,
        valid,
      ]),
    );
    const found = units.filter((unit) => judged.has(unit));
    expect(found.length).toBeGreaterThan(10);
    expect(found.filter((unit) => judged.get(unit) !== "true")).toEqual([]);
  });

  it("converts as its tests do, to as many digits as they give", () => {
    const cases = [
      ...tests().matchAll(/value="([^"]+)"\s+srcUnit="([^"]+)"\s+dstUnit="([^"]+)"\s+outcome="([^"]+)"/g),
    ].map(([, value = "", from = "", to = "", outcome = ""]) => ({ value: Number(value), from, to, outcome }));
    let compared = 0;
    for (const { value, from, to, outcome } of cases) {
      for (const name of Object.keys(COMPONENTS)) {
        const result = converted(name, value, from, to);
        if (result === undefined) continue;
        compared += 1;
        const digits = outcome.replace(/^[0.]+/, "").replace(".", "").length;
        expect([name, from, to, Number(result.toPrecision(digits))]).toEqual([name, from, to, Number(outcome)]);
      }
    }
    expect(compared).toBeGreaterThanOrEqual(5);
  });

  it("defines pounds, inches, millimetres of mercury and degrees Fahrenheit as they are converted", () => {
    const defined = (code: string) => {
      const text = essence();
      const unit = text.slice(text.indexOf(`<unit Code="${code}"`));
      return Number(/value="([^"]+)"/.exec(unit)?.[1]);
    };
    expect(converted("weight", 1, "[lb_av]", "g")).toBeCloseTo((defined("[lb_av]") * defined("[gr]")) / 1000, 9);
    expect(converted("height", 1, "[in_i]", "cm")).toBeCloseTo(defined("[in_i]"), 9);
    expect(converted("systolic", 1000, "mm[Hg]", "kPa")).toBeCloseTo(defined("m[Hg]"), 9);
    expect(converted("temperature", 32 + 9, "[degF]", "Cel")).toBeCloseTo(defined("[degF]"), 9);
  });
});
