import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { columns, count, cut, cutStart, duration, instant, visibleLength, wrap } from "./layout.js";

describe("layout", () => {
  it.each([
    [0, "0 ms"],
    [999, "999 ms"],
    [999.6, "1.0 s"],
    [59_949, "59.9 s"],
    [59_950, "1 min 00 s"],
    [125_000, "2 min 05 s"],
    [3_599_600, "1 h 00 min"],
    [7_320_000, "2 h 02 min"],
  ])("writes %d milliseconds as %s", (milliseconds, text) => {
    expect(duration(milliseconds)).toBe(text);
  });

  it("writes counts and instants", () => {
    expect(count(1_234_567)).toBe("1,234,567");
    expect(count(9_007_199_254_740_993n)).toBe("9,007,199,254,740,993");
    expect(instant("2026-03-01T04:30:07.120Z")).toBe("2026-03-01 04:30 UTC");
    expect(instant("never")).toBe("never");
  });

  it("cuts to a width, however narrow", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.nat(20), (text, width) => {
        const short = cut(text, width);
        expect([...short].length).toBeLessThanOrEqual(width);
        if ([...text].length <= width) expect(short).toBe(text);
        const end = cutStart(text, width);
        expect([...end].length).toBe([...short].length);
        expect(text.endsWith(end.replace(/^…/, ""))).toBe(true);
      }),
    );
  });

  it("keeps tables with a column that may shrink within the width, and loses no row", () => {
    const cell = fc.string({ minLength: 0, maxLength: 30 }).filter((text) => /^[ -~]*$/.test(text));
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell)), fc.integer({ min: 50, max: 90 }), (rows, width) => {
        const lines = columns(rows, [{ shrink: true }, { align: "right" }], { width, indent: 2 });
        expect(lines).toHaveLength(rows.length);
        for (const line of lines) expect(visibleLength(line)).toBeLessThanOrEqual(width);
      }),
    );
  });

  it("wraps a sentence without losing a word", () => {
    const word = fc.stringMatching(/^[a-z]{1,12}$/);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), fc.integer({ min: 20, max: 60 }), (words, width) => {
        const lines = wrap(words.join(" "), width, 2);
        expect(lines.flatMap((line) => line.trim().split(" "))).toEqual(words);
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
      }),
    );
  });
});
