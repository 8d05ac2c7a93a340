/**
 * The three questions of a clinician for one patient, by prepared statements, beside the same statements on copies of the same
 * rows that are in no order. MEDFORM_BENCH_WAREHOUSE names a warehouse's file to ask instead of a sample hospital.
 */
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { withGrowth } from "./growth.js";
import { defaultSizes, openHospital, rounded } from "./hospital.js";
import type { Report } from "./main.js";

/** Patients that are asked for, each once: none is answered out of what was just read. */
const asked = 200;

const questions = [
  { name: "history", table: "PATIENT_TIMELINE", order: "event_at, event_type, event_key" },
  { name: "current medications", table: "CURRENT_MEDICATIONS", order: "description, started_at, prescription_key" },
  { name: "labs of six months", table: "LABS_LAST_6_MONTHS", order: "code, result_unit, recency" },
] as const;

/** `sizes`: patients of the sample hospital. */
export async function benchLookup(sizes: readonly number[], report: Report): Promise<void> {
  const given = process.env.MEDFORM_BENCH_WAREHOUSE;
  if (given !== undefined) return measure(given, report);
  const grown = withGrowth(report);
  for (const size of sizes.length > 0 ? sizes : defaultSizes) {
    using hospital = await openHospital(size, 0);
    await hospital.load();
    await hospital.medform("run");
    await measure(hospital.warehouse, grown);
  }
}

async function measure(file: string, report: Report): Promise<void> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    await connection.run(`attach '${file.replaceAll("'", "''")}' as "EHR" (read_only)`);
    await connection.run(`use "EHR"`);
    const [size] = await column(connection, "select count(*) from SILVER.PATIENT");
    const keys = await column(
      connection,
      `select patient_key from SILVER.PATIENT order by hash(patient_key) limit ${asked}`,
    );
    for (const { name, table, order } of questions) {
      const copy = `memory.main.${table}`;
      await connection.run(`create table ${copy} as select * from GOLD.${table} order by hash(row_hash)`);
      const seconds = await median(
        connection,
        `select * from GOLD.${table} where patient_key = $1 order by ${order}`,
        keys,
      );
      const baselineSeconds = await median(
        connection,
        `select * from ${copy} where patient_key = $1 order by ${order}`,
        keys,
      );
      await connection.run(`drop table ${copy}`);
      report({
        bench: `lookup ${name}`,
        size: Number(size),
        seconds: rounded(seconds),
        baseline: "the same rows in no order",
        baselineSeconds: rounded(baselineSeconds),
        ratio: rounded(baselineSeconds / seconds),
        peakMb: Math.round(process.resourceUsage().maxRSS / 1024),
      });
    }
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function column(connection: DuckDBConnection, sql: string): Promise<readonly string[]> {
  return (await connection.runAndReadAll(sql)).getRows().map(([value]) => String(value));
}

/** Of one patient, in seconds; the first few warm up. */
async function median(connection: DuckDBConnection, sql: string, keys: readonly string[]): Promise<number> {
  const prepared = await connection.prepare(sql);
  const spent: number[] = [];
  for (const key of keys) {
    prepared.bindVarchar(1, key);
    const started = performance.now();
    await prepared.runAndReadAll();
    spent.push((performance.now() - started) / 1000);
  }
  prepared.destroySync();
  const sorted = spent.slice(Math.min(5, spent.length - 1)).toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
