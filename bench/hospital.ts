/**
 * A sample hospital in a folder of its own, loaded by the command into a warehouse there, for what is measured on it. Its records
 * go back three years: about a hundred events a patient.
 */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";
import { generateSample } from "../src/sample/index.js";
import { type Timed, timeNode } from "./process.js";

const here = dirname(fileURLToPath(import.meta.url));
export const project = join(here, "..", "..");
const command = join(here, "..", "src", "cli", "main.js");

/** Patients of a bench that is told no sizes. */
export const defaultSizes = [1000, 10_000, 100_000];
const years = 3;

export interface Called extends Timed {
  /** Of these seconds, those of the copy for readers that a run leaves: the whole file, where the file system shares no blocks. */
  readonly snapshotSeconds: number;
}

export interface BenchHospital extends Disposable {
  /** Path of its warehouse. */
  readonly warehouse: string;
  /** Of all files, without their headers. */
  readonly rows: number;
  medform(...args: readonly string[]): Promise<Called>;
  /** Loads all but what comes later; `later` loads that. */
  load(): Promise<void>;
  later(): Promise<void>;
  /** Path of a copy of the warehouse as it is now. */
  copy(name: string): string;
}

/** `share`: of all encounters, those that come later, with everything that happened in them; and of what belongs to none. */
export async function openHospital(patients: number, share: number): Promise<BenchHospital> {
  const dir = mkdtempSync(join(tmpdir(), "medform-bench-"));
  const first = join(dir, "first");
  const second = join(dir, "second");
  const warehouse = join(dir, "warehouse.duckdb");
  const manifest = await generateSample({ patients, seed: 7, years, out: first, rate: 0 });
  rmSync(join(first, "manifest.json"));
  if (share > 0) await divide(first, second, Math.round(1 / share));
  const medform = async (...args: readonly string[]) => {
    process.env.MEDFORM_DUCKDB = warehouse;
    const timed = await timeNode([command, ...args, "--project", project, "--json"]);
    return { ...timed, snapshotSeconds: snapshotSeconds(timed.stdout) };
  };
  const load = async (from: string) => {
    await medform("load", "synthea-csv", from);
    rmSync(from, { recursive: true });
  };
  return {
    warehouse,
    rows: Object.values(manifest.rows).reduce((sum, count) => sum + count, 0),
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

/** As the events of a run tell it; 0 where there was none. */
function snapshotSeconds(stdout: string): number {
  const told = stdout.split("\n").find((line) => line.startsWith('{"kind":"snapshot"'));
  return told === undefined ? 0 : JSON.parse(told).milliseconds / 1000;
}

/** What there is of patients, people and things before anything happens. */
const registers =
  /^(patients|organizations|providers|payers|organization_units|staff|licenses|beds|equipment|patient_\w+|linked_patients|payer_transitions)\.csv$/;

/** Moves one of `every` encounters of a hospital, spread over its patients, into a second folder. */
async function divide(first: string, second: string, every: number): Promise<void> {
  mkdirSync(second);
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const claims = `select "Id" as claim, "APPOINTMENTID" as encounter from read_csv('${join(first, "claims.csv")}', all_varchar = true)`;
  await connection.run(`create table claim as ${claims}`);
  for (const file of readdirSync(first)) {
    if (registers.test(file)) continue;
    const path = join(first, file);
    const described = await connection.runAndReadAll(`describe select * from read_csv('${path}', all_varchar = true)`);
    const header = described.getRows().map(([name]) => String(name));
    const claim = header.find((name) => ["CLAIM", "CLAIMID"].includes(name));
    const encounter =
      file === "encounters.csv" ? "Id" : header.find((name) => ["ENCOUNTER", "APPOINTMENTID"].includes(name));
    const whose = claim === undefined ? `"${encounter ?? header[0]}"` : "claim.encounter";
    const from = `read_csv('${path}', all_varchar = true, header = true) as delivered${claim === undefined ? "" : ` left join claim on claim.claim = delivered."${claim}"`}`;
    const isLater = `hash(coalesce(${whose}, delivered."${header[0]}")) % ${every} = 0`;
    await connection.run(`create temp table split as select delivered.*, ${isLater} as is_later from ${from}`);
    const write = (to: string, where: string) =>
      connection.run(`copy (select * exclude is_later from split where ${where}) to '${to}' (format csv, header)`);
    await write(path, "not is_later");
    await write(join(second, file), "is_later");
    await connection.run("drop table split");
  }
  connection.closeSync();
  instance.closeSync();
}

export const rounded = (seconds: number) => Math.round(seconds * 1000) / 1000;
