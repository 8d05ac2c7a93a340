/** Failing rows beside what a rule bears. */
import type { Threshold } from "../../graph/index.js";
import { count } from "./layout.js";

/** `3`, `3 (≤ 10)`, `5 of 1,000 (≤ 0.5%)`; a dash where nothing was counted. */
export function breachText(rule: {
  readonly failing: number | null;
  readonly threshold?: Threshold;
  readonly of?: number;
}): string {
  const { failing, threshold, of } = rule;
  if (failing === null) return "–";
  if (threshold === undefined) return count(failing);
  const limit = "rows" in threshold ? count(threshold.rows) : `${Number((threshold.share * 100).toPrecision(12))}%`;
  return `${count(failing)}${of === undefined ? "" : ` of ${count(of)}`} (≤ ${limit})`;
}
