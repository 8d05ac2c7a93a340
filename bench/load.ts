/** Loading a file beside DuckDB's own CSV reader, which neither hashes nor keeps what it rejects byte for byte. */
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { openLedger } from "../src/ledger/index.js";
import { loadFiles } from "../src/load/index.js";
import { openDuckDb } from "../src/warehouse/index.js";
import type { Report } from "./main.js";

const columns = "DATE,PATIENT,ENCOUNTER,CATEGORY,CODE,DESCRIPTION,VALUE,UNITS,TYPE".split(",");

/** `sizes`: rows of nine columns, some 140 bytes each, one in ten with quotes. */
export async function benchLoad(sizes: readonly number[], report: Report): Promise<void> {
  for (const size of sizes.length > 0 ? sizes : [100_000, 1_000_000]) {
    const folder = await mkdtemp(join(tmpdir(), "medform-bench-load-"));
    try {
      const file = join(folder, "observations.csv");
      await write(file, size);
      let peak = 0;
      const watch = setInterval(() => {
        peak = Math.max(peak, process.memoryUsage.rss());
      }, 20);
      const seconds = await timed(() => ours(join(folder, "ours.duckdb"), file));
      clearInterval(watch);
      const baselineSeconds = await timed(() => theirs(join(folder, "theirs.duckdb"), file));
      report({
        bench: "load",
        size,
        seconds,
        baseline: "duckdb read_csv",
        baselineSeconds,
        ratio: baselineSeconds / seconds,
        peakMb: Math.round(peak / 1e6),
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

async function ours(path: string, file: string): Promise<void> {
  await using warehouse = await openDuckDb({ path, database: "EHR", holder: { command: "bench" } });
  await using ledger = await openLedger(warehouse);
  const graph = { actions: [], tests: [], engine: "duckdb", defaultDatabase: "EHR" };
  await loadFiles({ format: "csv", path: file, table: "observations", warehouse, ledger, graph });
}

async function theirs(path: string, file: string): Promise<void> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  await connection.run(
    `create table observations as from read_csv('${file}', all_varchar = true, store_rejects = true)`,
  );
  connection.disconnectSync();
  instance.closeSync();
}

async function timed(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

async function write(file: string, rows: number): Promise<void> {
  const out = createWriteStream(file);
  out.write(`${columns.join(",")}\n`);
  const id = (n: number) => `${String(n % 9973).padStart(8, "0")}-0000-4000-8000-000000000000`;
  let text = "";
  for (let row = 0; row < rows; row += 1) {
    const name = row % 10 === 0 ? '"Body height, ""standing"""' : "Body height";
    text += `2024-01-02T03:04:05Z,${id(row)},${id(row * 7)},vital-signs,8302-2,${name},${150 + (row % 500) / 10},cm,numeric\n`;
    if (text.length > 1 << 20) {
      if (!out.write(text)) await once(out, "drain");
      text = "";
    }
  }
  out.end(text);
  await once(out, "finish");
}
