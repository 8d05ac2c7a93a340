import { expect, it } from "vitest";
import { growthExponent } from "../bench/growth.js";

const times = (law: (size: number) => number) => [1000, 10_000, 100_000].map((size) => ({ size, seconds: law(size) }));

it("finds the exponent of a power law, whatever its constant", () => {
  expect(growthExponent(times((size) => size / 7))).toBe(1);
  expect(growthExponent(times((size) => 3 * size ** 2))).toBe(2);
  expect(growthExponent(times(() => 5))).toBe(0);
});
