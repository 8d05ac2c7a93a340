/** A sample hospital in a folder of its own, loaded by the command into a warehouse there, for what is measured on it. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { generateSample } from "../src/sample/index.js";
import { type Timed, timeNode } from "./process.js";

const here = dirname(fileURLToPath(import.meta.url));
export const project = join(here, "..", "..");
const command = join(here, "..", "src", "cli", "main.js");

export interface BenchHospital extends Disposable {
  /** Path of its warehouse. */
  readonly warehouse: string;
  medform(...args: readonly string[]): Promise<Timed>;
  /** Loads all but the last rows of each event's file; `later` loads those. */
  load(): Promise<void>;
  later(): Promise<void>;
  /** Path of a copy of the warehouse as it is now. */
  copy(name: string): string;
}

/** `share`: how many rows of each event's file come later. */
export async function openHospital(patients: number, share: number): Promise<BenchHospital> {
  const dir = mkdtempSync(join(tmpdir(), "medform-bench-"));
  const first = join(dir, "first");
  const second = join(dir, "second");
  const warehouse = join(dir, "warehouse.duckdb");
  await generateSample({ patients, seed: 7, out: first, rate: 0 });
  rmSync(join(first, "manifest.json"));
  mkdirSync(second);
  for (const file of readdirSync(first)) {
    if (share === 0 || /^(patients|organizations|providers|payers)\.csv$/.test(file)) continue;
    const lines = readFileSync(join(first, file), "utf8").split("\n");
    const kept = lines.length - 1 - Math.ceil((lines.length - 2) * share);
    writeFileSync(join(first, file), `${lines.slice(0, kept).join("\n")}\n`);
    writeFileSync(join(second, file), [lines[0], ...lines.slice(kept)].join("\n"));
  }
  const medform = async (...args: readonly string[]) => {
    process.env.MEDFORM_DUCKDB = warehouse;
    return timeNode([command, ...args, "--project", project, "--quiet"]);
  };
  const load = async (from: string) => {
    await medform("load", "synthea-csv", from);
  };
  return {
    warehouse,
    medform,
    load: () => load(first),
    later: () => load(second),
    copy(name) {
      const path = join(dir, name);
      cpSync(warehouse, path);
      return path;
    },
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }),
  };
}

export const rounded = (seconds: number) => Math.round(seconds * 1000) / 1000;
