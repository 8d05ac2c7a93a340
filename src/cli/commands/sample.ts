/** `medform sample`: a synthetic hospital of any size, with a known number of each defect. */
import { basename, resolve } from "node:path";
import { DEFAULT_RATE, type Format, generateSample, MANIFEST, type Manifest } from "../../sample/index.js";
import { type GlobalOptions, type Io, paintFor } from "../io.js";
import { messages } from "../messages.js";

export interface SampleCommandOptions extends GlobalOptions {
  readonly patients: number;
  readonly seed: number;
  /** A folder, from where the command runs. */
  readonly out: string;
  /** Defective rows for each sound one, 0 to 1; 0.01 unless told. */
  readonly defects?: number;
  /** Daily batches; all in one unless told. */
  readonly days?: number;
  /** `csv` unless told. */
  readonly format?: Format;
  /** How far the records go back; 10 unless told. */
  readonly years?: number;
}

/** Writes the sample; with `--json` stdout gets its manifest. @returns 0; what goes wrong is thrown as a `ProblemError`. */
export async function sampleCommand(options: SampleCommandOptions, io: Io): Promise<number> {
  const started = performance.now();
  const out = resolve(io.cwd, options.out);
  const manifest = await generateSample({
    patients: options.patients,
    seed: options.seed,
    out,
    rate: options.defects ?? DEFAULT_RATE,
    days: options.days,
    format: options.format,
    years: options.years,
    signal: io.signal,
  });
  const seconds = (performance.now() - started) / 1000;
  if (options.json) io.stdout.write(`${JSON.stringify(manifest)}\n`);
  else if (!options.quiet) io.stdout.write(summary(manifest, options.out, seconds, paintFor(io.stdout, io, options)));
  messages(io, options).note(`${basename(out)}/${MANIFEST} says what is in it and what a warehouse must find.`);
  return 0;
}

function summary(manifest: Manifest, out: string, seconds: number, paint: ReturnType<typeof paintFor>): string {
  const rows = Object.values(manifest.rows).reduce((sum, count) => sum + count, 0);
  const number = (count: number) => count.toLocaleString("en-US").padStart(12);
  const by = new Map<string, number>();
  for (const { outcome, count } of manifest.defects) by.set(outcome, (by.get(outcome) ?? 0) + count);
  const expected = manifest.expectedFlags.reduce((sum, { count }) => sum + count, 0);
  const lines = [
    `${number(manifest.patients)} patients`,
    ...(manifest.days === undefined ? [] : [`${number(manifest.days.length)} days`]),
    `${number(rows)} rows in ${Object.keys(manifest.rows).length} tables`,
    ...[...by].map(([outcome, count]) => `${number(count)} defects to be ${outcome}`),
    ...(expected > 0 ? [`${number(expected)} findings expected anyway`] : []),
  ];
  return `${paint.bold("Wrote a sample hospital")} to ${out} in ${seconds.toFixed(1)} s\n${lines.map((line) => `${line}\n`).join("")}`;
}
