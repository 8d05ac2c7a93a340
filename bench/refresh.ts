/**
 * A first refresh of the sample hospital beside the same compiled SQL, rules included, run by DuckDB alone: one statement after
 * another, without transactions of ours, gates, ledger and comments.
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { withGrowth } from "./growth.js";
import { defaultSizes, openHospital, project, rounded } from "./hospital.js";
import type { Report } from "./main.js";
import { timeNode } from "./process.js";

const plain = join(dirname(fileURLToPath(import.meta.url)), "plain.js");

/** `sizes`: patients of the sample hospital. */
export async function benchRefresh(sizes: readonly number[], report: Report): Promise<void> {
  const grown = withGrowth(report);
  for (const size of sizes.length > 0 ? sizes : defaultSizes) {
    using hospital = await openHospital(size, 0);
    await hospital.load();
    const copy = hospital.copy("plain.duckdb");
    const theirs = await timeNode([plain, project, copy]);
    const ours = await hospital.medform("run");
    grown({
      bench: "refresh",
      size,
      seconds: rounded(ours.seconds),
      baseline: "the same SQL on DuckDB alone",
      baselineSeconds: rounded(theirs.seconds),
      ratio: rounded(theirs.seconds / ours.seconds),
      peakMb: ours.peakMb,
      snapshot: { seconds: rounded(ours.snapshotSeconds), baselineSeconds: 0 },
    });
  }
}
