import { expect, it } from "vitest";
import { breachText } from "./breach.js";

it("says how many rows failed, of how many, and how many are borne", () => {
  expect(breachText({ failing: null })).toBe("–");
  expect(breachText({ failing: 1234 })).toBe("1,234");
  expect(breachText({ failing: 3, threshold: { rows: 10 } })).toBe("3 (≤ 10)");
  expect(breachText({ failing: 7, threshold: { share: 0.07 }, of: 1000 })).toBe("7 of 1,000 (≤ 7%)");
  expect(breachText({ failing: 0, threshold: { share: 0.005 } })).toBe("0 (≤ 0.5%)");
});
