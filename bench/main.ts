/** `npm run bench -- NAME…`: measures a thing beside its baseline in one run and prints JSON lines. */
import { benchCompile } from "./compile.js";
import { benchIncremental } from "./incremental.js";
import { benchLedger } from "./ledger.js";
import { benchLoad } from "./load.js";
import { benchLookup } from "./lookup.js";
import { benchRefresh } from "./refresh.js";
import { benchSnowflake } from "./snowflake.js";

/** Times in seconds of wall clock, the least of several runs; memory is the peak of our own process. */
export interface Measurement {
  readonly bench: string;
  readonly size: number;
  readonly seconds: number;
  readonly baseline: string;
  readonly baselineSeconds: number;
  /** How many times faster than the baseline. */
  readonly ratio: number;
  /** `null` where the system does not say. */
  readonly peakMb: number | null;
  /** Of processor time, of the process that is measured and of the one that it asks, where it asks one. */
  readonly cpuSeconds?: { readonly client: number; readonly server: number };
  /** Seconds within these that went into the copy for readers. */
  readonly snapshot?: { readonly seconds: number; readonly baselineSeconds: number };
  /** Over the sizes measured so far, the exponent of the power law that their times follow: 1 is linear. */
  readonly growth?: { readonly exponent: number; readonly baselineExponent: number };
}

export type Report = (measurement: Measurement) => void;

const benches: Readonly<Record<string, (sizes: readonly number[], report: Report) => Promise<void>>> = {
  compile: benchCompile,
  incremental: benchIncremental,
  ledger: benchLedger,
  load: benchLoad,
  lookup: benchLookup,
  refresh: benchRefresh,
  snowflake: benchSnowflake,
};

async function main(args: readonly string[]): Promise<number> {
  const sizes = args.map(Number).filter((size) => Number.isInteger(size) && size > 0);
  const names = args.filter((arg) => Number.isNaN(Number(arg)));
  const unknown = names.find((name) => !(name in benches));
  if (names.length === 0 || unknown !== undefined) {
    process.stderr.write(`usage: npm run bench -- ${Object.keys(benches).join("|")} [SIZE…]\n`);
    return 1;
  }
  for (const name of names) {
    await benches[name]?.(sizes, (measurement) => process.stdout.write(`${JSON.stringify(measurement)}\n`));
  }
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
