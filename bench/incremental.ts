/**
 * An increment of one hundredth of all events, spread over all patients: beside a full refresh of the same warehouse, and beside
 * the same SQL, rules included, run by DuckDB alone.
 */
import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { withGrowth } from "./growth.js";
import { type Called, defaultSizes, openHospital, project, rounded } from "./hospital.js";
import type { Report } from "./main.js";
import { type Timed, timeNode } from "./process.js";

const plain = join(dirname(fileURLToPath(import.meta.url)), "plain.js");

/** `sizes`: patients of the sample hospital. */
export async function benchIncremental(sizes: readonly number[], report: Report): Promise<void> {
  const grown = withGrowth(report);
  for (const size of sizes.length > 0 ? sizes : defaultSizes) {
    using hospital = await openHospital(size, 0.01);
    await hospital.load();
    await hospital.medform("run");
    await hospital.later();
    const copy = hospital.copy("plain.duckdb");
    const alone = await timeNode([plain, project, copy, "increment"]);
    rmSync(copy);
    const increment = await hospital.medform("run");
    const full = await hospital.medform("run", "--full-refresh");
    const beside = (bench: string, baseline: string, { seconds, snapshotSeconds = 0 }: Timed & Partial<Called>) =>
      grown({
        bench,
        size,
        seconds: rounded(increment.seconds),
        baseline,
        baselineSeconds: rounded(seconds),
        ratio: rounded(seconds / increment.seconds),
        peakMb: increment.peakMb,
        snapshot: { seconds: rounded(increment.snapshotSeconds), baselineSeconds: rounded(snapshotSeconds) },
      });
    beside("incremental", "medform run --full-refresh", full);
    beside("incremental statements", "the same SQL on DuckDB alone", alone);
  }
}
