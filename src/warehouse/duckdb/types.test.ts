import { describe, expect, it } from "vitest";
import { common, shownType, stores, widens } from "./types.js";

describe("a type holds all values of another", () => {
  it.each([
    ["INTEGER", "BIGINT"],
    ["UINTEGER", "BIGINT"],
    ["UTINYINT", "SMALLINT"],
    ["INTEGER", "DOUBLE"],
    ["SMALLINT", "FLOAT"],
    ["FLOAT", "DOUBLE"],
    ["INTEGER", "DECIMAL(12,2)"],
    ["DECIMAL(10,2)", "DECIMAL(12,2)"],
    ["DECIMAL(10,2)", "DECIMAL(12,4)"],
    ["DECIMAL(9,0)", "INTEGER"],
    ["DATE", "TIMESTAMP"],
    ["TIMESTAMP_S", "TIMESTAMP"],
    ["ENUM('a', 'b')", "VARCHAR"],
    ["INTEGER[]", "BIGINT[]"],
  ])("%s in %s", (from, to) => {
    expect(widens(from, to)).toBe(true);
    expect(widens(to, from)).toBe(false);
    expect(stores(from, to)).toBe(true);
    expect(common(from, to)).toBe(to);
    expect(common(to, from)).toBe(to);
  });

  it.each([
    ["BIGINT", "DOUBLE"],
    ["INTEGER", "FLOAT"],
    ["INTEGER", "UINTEGER"],
    ["INTEGER", "UBIGINT"],
    ["INTEGER", "DECIMAL(10,2)"],
    ["DECIMAL(10,0)", "INTEGER"],
    ["DECIMAL(10,2)", "DECIMAL(11,4)"],
    ["DECIMAL(10,2)", "DOUBLE"],
    ["DECIMAL(10,2)", "BIGINT"],
    ["DOUBLE", "DECIMAL(18,2)"],
    ["TIMESTAMP", "TIMESTAMP WITH TIME ZONE"],
    ["TIMESTAMP", "TIMESTAMP_NS"],
    ["VARCHAR", "INTEGER"],
    ["BOOLEAN", "INTEGER"],
    ["INTEGER", "DATE"],
  ])("not %s in %s", (from, to) => {
    expect(widens(from, to)).toBe(false);
    expect(stores(from, to)).toBe(false);
  });

  it("anything can be written into a text, which does not make the column one", () => {
    expect(stores("INTEGER", "VARCHAR")).toBe(true);
    expect(widens("INTEGER", "VARCHAR")).toBe(false);
    expect(widens("INTEGER", "INTEGER")).toBe(false);
  });

  it("two decimals have a common one, if it is not too long", () => {
    expect(common("DECIMAL(10,2)", "DECIMAL(8,4)")).toBe("DECIMAL(12,4)");
    expect(common("INTEGER", "DECIMAL(10,2)")).toBe("DECIMAL(12,2)");
    expect(common("DECIMAL(38,0)", "DECIMAL(38,38)")).toBeUndefined();
    expect(common("INTEGER", "DATE")).toBeUndefined();
  });

  it("labels of an enumeration are not shown", () => {
    expect(shownType("STRUCT(a ENUM('x)', 'it''s'), b INTEGER)")).toBe("STRUCT(a ENUM, b INTEGER)");
  });
});
