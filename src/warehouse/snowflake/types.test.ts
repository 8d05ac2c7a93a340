import { describe, expect, it } from "vitest";
import { against, alterable, common, fits, made, plain, stores, widens } from "./types.js";

describe("types of Snowflake", () => {
  it.each([
    ["NUMBER(10,0)", "NUMBER(38,0)"],
    ["NUMBER(10,2)", "NUMBER(12,2)"],
    ["NUMBER(10,2)", "NUMBER(13,4)"],
    ["NUMBER(9,0)", "NUMBER(12,2)"],
    ["NUMBER(9,0)", "FLOAT"],
    ["VARCHAR(10)", "VARCHAR(11)"],
    ["VARCHAR(10)", "VARCHAR"],
    ["DATE", "TIMESTAMP_NTZ"],
    ["TIMESTAMP_TZ(3)", "TIMESTAMP_TZ"],
    ["BINARY(3)", "BINARY"],
  ])("%s becomes %s and loses nothing", (from, to) => {
    expect(widens(from, to)).toBe(true);
    expect(widens(to, from)).toBe(false);
    expect(stores(from, to)).toBe(true);
    expect(common(from, to)).toBe(to);
    expect(common(to, from)).toBe(to);
  });

  it.each([
    ["NUMBER(38,0)", "FLOAT"],
    ["NUMBER(10,2)", "FLOAT"],
    ["FLOAT", "NUMBER(38,0)"],
    ["TIMESTAMP_NTZ", "TIMESTAMP_TZ"],
    ["TIMESTAMP_NTZ", "DATE"],
    ["VARIANT", "OBJECT"],
    ["NUMBER(38,0)", "VARCHAR"],
    ["BOOLEAN", "NUMBER(1,0)"],
    ["NUMBER(38,0)", "NUMBER(38,2)"],
  ])("%s does not become %s", (from, to) => {
    expect(widens(from, to)).toBe(false);
  });

  it("takes anything into a text without a length", () => {
    for (const type of ["NUMBER(38,0)", "DATE", "VARIANT", "VARCHAR(3)", "VARCHAR(16777216)"])
      expect(stores(type, "VARCHAR")).toBe(true);
    expect(stores("NUMBER(38,0)", "VARCHAR(10)")).toBe(false);
    expect(stores("VARCHAR(11)", "VARCHAR(10)")).toBe(false);
  });

  it("finds the least number that holds two", () => {
    expect(common("NUMBER(10,2)", "NUMBER(9,4)")).toBe("NUMBER(12,4)");
    expect(common("NUMBER(38,0)", "NUMBER(38,2)")).toBeUndefined();
    expect(common("DATE", "NUMBER(1,0)")).toBeUndefined();
  });

  it("says nothing that goes without saying", () => {
    expect(["VARCHAR(16777216)", "VARCHAR(5)", "TIMESTAMP_NTZ(9)", "TIME(3)", "NUMBER(5, 2)"].map(plain)).toEqual([
      "VARCHAR",
      "VARCHAR(5)",
      "TIMESTAMP_NTZ",
      "TIME(3)",
      "NUMBER(5,2)",
    ]);
  });

  it("makes columns in which a longer literal finds room", () => {
    expect(
      ["NUMBER(1,0)", "NUMBER(2,1)", "VARCHAR(1)", "TIMESTAMP_NTZ(3)", "BINARY(2)", "FLOAT", "VARIANT"].map(made),
    ).toEqual(["NUMBER(38,0)", "NUMBER(2,1)", "VARCHAR", "TIMESTAMP_NTZ", "BINARY", "FLOAT", "VARIANT"]);
  });

  it("leaves a column as it is that takes what comes", () => {
    expect(fits("NUMBER(38,0)", "NUMBER(1,0)")).toBe(true);
    expect(fits("NUMBER(1,0)", "NUMBER(2,0)")).toBe(false);
    expect(fits("NUMBER(10,2)", "NUMBER(2,1)")).toBe(false);
    expect(fits("VARCHAR(10)", "VARCHAR(3)")).toBe(true);
    expect(fits("VARCHAR(16777216)", "VARCHAR(16777216)")).toBe(true);
    expect(fits("TIMESTAMP_NTZ(9)", "TIMESTAMP_NTZ(3)")).toBe(true);
    const table = [
      { name: "ID", type: "NUMBER(10,0)" },
      { name: "NAME", type: "VARCHAR(3)" },
    ];
    const returned = [
      { name: "id", type: "NUMBER(1,0)" },
      { name: "NAME", type: "VARCHAR(4)" },
      { name: "NEW", type: "VARCHAR(4)" },
    ];
    expect(against(table, returned).map(({ type }) => type)).toEqual(["NUMBER(10,0)", "VARCHAR", "VARCHAR"]);
    const whole = against([{ name: "V", type: "NUMBER(10,2)" }], [{ name: "V", type: "NUMBER(1,0)" }]);
    expect(common(whole[0]?.type ?? "", "NUMBER(10,2)")).toBe("NUMBER(10,2)");
  });

  it("knows what is altered in its place", () => {
    expect(alterable("NUMBER(10,2)", "NUMBER(12,2)")).toBe(true);
    expect(alterable("VARCHAR(3)", "VARCHAR")).toBe(true);
    expect(alterable("NUMBER(10,2)", "NUMBER(12,4)")).toBe(false);
    expect(alterable("DATE", "TIMESTAMP_NTZ")).toBe(false);
  });
});
