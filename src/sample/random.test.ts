import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { socialSecurityNumber } from "./person.js";
import { Random } from "./random.js";

const seed = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const first = (random: Random) => Array.from({ length: 4 }, () => random.bits()).join();

describe("Random", () => {
  it("repeats itself for the same seed, stream and index, and for no other", () => {
    fc.assert(
      fc.property(seed, fc.nat({ max: 5 }), fc.nat({ max: 1_000_000 }), (of, stream, index) => {
        const here = first(new Random(of, stream, index));
        expect(first(new Random(of, stream, index))).toBe(here);
        expect(first(new Random(of, stream, index + 1))).not.toBe(here);
        expect(first(new Random(of, stream + 1, index))).not.toBe(here);
        expect(first(new Random(of === 0 ? 1 : of - 1, stream, index))).not.toBe(here);
      }),
    );
  });

  it("keeps within its bounds and reaches both ends", () => {
    const random = new Random(7, 1);
    const seen = new Set(Array.from({ length: 2000 }, () => random.int(3, 6)));
    expect([...seen].sort()).toEqual([3, 4, 5, 6]);
    for (let times = 0; times < 2000; times += 1) expect(Math.abs(random.around(10, 2) - 10)).toBeLessThanOrEqual(6);
  });

  it("picks by weight, and never what weighs nothing", () => {
    const random = new Random(7, 2);
    const counts = { a: 0, b: 0, never: 0 };
    for (let times = 0; times < 10_000; times += 1) {
      counts[
        random.weighted([
          [3, "a"],
          [0, "never"],
          [1, "b"],
        ] as const)
      ] += 1;
    }
    expect(counts.never).toBe(0);
    expect(counts.a / counts.b).toBeGreaterThan(2.7);
    expect(counts.a / counts.b).toBeLessThan(3.3);
  });

  it("makes ids of version 4 that never repeat among patients", () => {
    const ids = new Set<string>();
    for (let index = 0; index < 20_000; index += 1) ids.add(new Random(7, 2, index).uuid());
    expect(ids.size).toBe(20_000);
    for (const id of [...ids].slice(0, 500)) {
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }
  });
});

describe("social security numbers", () => {
  it("are unlike any real one, and each is given once", () => {
    const numbers = new Set<string>();
    for (let index = 0; index < 1_000_000; index += 1) numbers.add(socialSecurityNumber(index, 123_456));
    expect(numbers.size).toBe(1_000_000);
    expect(socialSecurityNumber(0, 7)).toBe("999-00-0007");
  });
});
