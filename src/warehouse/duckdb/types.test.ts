import { describe, expect, it } from "vitest";
import { losesSilently } from "./types.js";

describe("conversions that lose something in silence", () => {
  it.each([
    ["DOUBLE", "BIGINT"],
    ["DECIMAL(10,2)", "INTEGER"],
    ["DECIMAL(10,4)", "DECIMAL(18,2)"],
    ["DOUBLE", "DECIMAL(18,2)"],
    ["DOUBLE", "FLOAT"],
    ["TIMESTAMP", "DATE"],
    ["TIMESTAMP WITH TIME ZONE", "DATE"],
  ])("%s into %s", (from, to) => expect(losesSilently(from, to)).toBe(true));

  it.each([
    ["BIGINT", "BIGINT"],
    ["INTEGER", "BIGINT"],
    ["BIGINT", "INTEGER"],
    ["INTEGER", "DOUBLE"],
    ["DECIMAL(10,0)", "BIGINT"],
    ["DECIMAL(10,2)", "DECIMAL(18,4)"],
    ["INTEGER", "DECIMAL(18,2)"],
    ["DATE", "TIMESTAMP"],
    ["VARCHAR", "DATE"],
    ["NULL", "INTEGER"],
  ])("not %s into %s", (from, to) => expect(losesSilently(from, to)).toBe(false));
});
