/** An increment of one hundredth of all events, spread over all patients, beside a full refresh of the same warehouse. */
import { withGrowth } from "./growth.js";
import { defaultSizes, openHospital, rounded } from "./hospital.js";
import type { Report } from "./main.js";

/** `sizes`: patients of the sample hospital. */
export async function benchIncremental(sizes: readonly number[], report: Report): Promise<void> {
  const grown = withGrowth(report);
  for (const size of sizes.length > 0 ? sizes : defaultSizes) {
    using hospital = await openHospital(size, 0.01);
    await hospital.load();
    await hospital.medform("run");
    await hospital.later();
    const increment = await hospital.medform("run");
    const full = await hospital.medform("run", "--full-refresh");
    grown({
      bench: "incremental",
      size,
      seconds: rounded(increment.seconds),
      baseline: "medform run --full-refresh",
      baselineSeconds: rounded(full.seconds),
      ratio: rounded(full.seconds / increment.seconds),
      peakMb: increment.peakMb,
      snapshot: { seconds: rounded(increment.snapshotSeconds), baselineSeconds: rounded(full.snapshotSeconds) },
    });
  }
}
