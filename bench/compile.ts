/** `medform compile --json` beside `dataform compile --json`, both as processes from start to exit, on the same project. */
import { rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Report } from "./main.js";
import { type Timed, timeNode } from "./process.js";
import { makeProject } from "./project.js";

const medform = join(dirname(fileURLToPath(import.meta.url)), "..", "src", "cli", "main.js");

export async function benchCompile(sizes: readonly number[], report: Report): Promise<void> {
  const dataform = join(dirname(createRequire(import.meta.url).resolve("@dataform/cli/package.json")), "bundle.js");
  for (const size of sizes.length > 0 ? sizes : [100, 1000, 5000]) {
    const dir = makeProject(size);
    try {
      const rounds = size >= 5000 ? 1 : 2;
      const ours: Timed[] = [];
      const stock: Timed[] = [];
      // In turns, so that what else the machine does falls on both.
      for (let round = 0; round < rounds; round += 1) {
        stock.push(await timeNode([dataform, "compile", dir, "--json", "--timeout", "10m"]));
        for (let run = 0; run < 3; run += 1)
          ours.push(await timeNode([medform, "compile", "--json", "--project", dir]));
      }
      sameSize(ours, stock);
      const seconds = least(ours);
      const baselineSeconds = least(stock);
      report({
        bench: "compile",
        size,
        seconds: round(seconds),
        baseline: "dataform compile --json (@dataform/cli 2.6.7)",
        baselineSeconds: round(baselineSeconds),
        ratio: round(baselineSeconds / seconds),
        peakMb: Math.max(...ours.map((run) => run.peakMb ?? 0)) || null,
      });
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  }
}

/** A figure of a run that compiled something else would be worth nothing. */
function sameSize(ours: readonly Timed[], stock: readonly Timed[]): void {
  const targets = (run: Timed | undefined) => {
    const text = run?.stdout ?? "";
    return (JSON.parse(text.slice(text.search(/^\{$/m))) as { targets: unknown[] }).targets.length;
  };
  if (targets(ours[0]) !== targets(stock[0])) throw new Error("The two did not compile the same number of actions.");
}

const least = (runs: readonly Timed[]) => Math.min(...runs.map((run) => run.seconds));
const round = (value: number) => Math.round(value * 1000) / 1000;
