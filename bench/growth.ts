/** How times grow with the size of what they are spent on. */
import type { Measurement, Report } from "./main.js";

export interface Point {
  readonly size: number;
  readonly seconds: number;
}

/** The exponent e of the power law `seconds = c * size^e` that fits best, by least squares of the logarithms; 1 is linear. */
export function growthExponent(points: readonly Point[]): number {
  const logs = points.map(({ size, seconds }) => ({ x: Math.log(size), y: Math.log(seconds) }));
  const mean = (of: "x" | "y") => logs.reduce((sum, log) => sum + log[of], 0) / logs.length;
  const [x, y] = [mean("x"), mean("y")];
  const covariance = logs.reduce((sum, log) => sum + (log.x - x) * (log.y - y), 0);
  const variance = logs.reduce((sum, log) => sum + (log.x - x) ** 2, 0);
  return Math.round((covariance / variance) * 100) / 100;
}

/** Adds to what is reported, from the second size of a bench on, how its times have grown. */
export function withGrowth(report: Report): Report {
  const before = new Map<string, Measurement[]>();
  return (measurement) => {
    const all = [...(before.get(measurement.bench) ?? []), measurement];
    before.set(measurement.bench, all);
    if (all.length < 2) return report(measurement);
    const exponent = growthExponent(all);
    const baselineExponent = growthExponent(
      all.map(({ size, baselineSeconds }) => ({ size, seconds: baselineSeconds })),
    );
    report({ ...measurement, growth: { exponent, baselineExponent } });
  };
}
