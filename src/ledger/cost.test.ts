/** What history costs: as many statements, and as many records read, after many runs and loads as after one. */
import { expect, it } from "vitest";
import { ensureLandingLog, openDuckDb, type Warehouse } from "../warehouse/index.js";
import { loadFileEntry, publishEntry } from "./entries.js";
import { openLedger } from "./ledger.js";
import { recoverMarkers } from "./recover.js";

const log = { database: "EHR", schema: "RAW", name: "LOADED_FILE" };
const at = "2026-03-01T04:30:00.000Z";
const statements: string[] = [];

/** A load of one file, and a run; `recorded` is false where the process dies before the load's record. */
async function day(warehouse: Warehouse, number: number, recorded = true): Promise<void> {
  await using ledger = await openLedger(warehouse);
  await using session = await warehouse.session();
  const batchId = `b${number}`;
  const load = await ledger.open("load", {});
  await session.run(
    `insert into EHR.RAW.LOADED_FILE (batch_id, table_name, content_hash, landed_count, rejected_count, loaded_at) values (?, 'S', ?, 1, 0, timestamp '2026-01-01' + to_days(cast(? as integer)))`,
    [batchId, `h${number}`, number],
  );
  if (!recorded) return;
  const file = { at, contentHash: `h${number}`, batchId, rows: 1 };
  await load.append([
    loadFileEntry({ ...file, target: { ...log, name: "S" } }),
    loadFileEntry({ ...file, target: log, contentHash: batchId }),
  ]);
  await load.seal("succeeded");
  const run = await ledger.open("run", {});
  const target = { database: "EHR", schema: "GOLD", name: "T" };
  await run.append([
    publishEntry({ at, target, kind: "table", fingerprint: "f", rows: 1, columns: ["n"], inputs: {} }),
  ]);
  await run.seal("succeeded");
}

/** The statements with which a plan learns what it has to know. */
async function situation(
  warehouse: Warehouse,
): Promise<{ readonly sent: readonly string[]; readonly recovered: number }> {
  await using ledger = await openLedger(warehouse);
  statements.length = 0;
  const recovered = await recoverMarkers(ledger, warehouse);
  await ledger.state();
  return { sent: [...statements], recovered: recovered.length };
}

it("does not grow with history, and still finds the load that died before its record", async () => {
  await using warehouse = await openDuckDb({
    path: ":memory:",
    database: "EHR",
    holder: { command: "test" },
    beforeStatement: (sql) => void statements.push(sql),
  });
  await warehouse.catalog.ensureSchemas([log]);
  {
    await using session = await warehouse.session();
    await ensureLandingLog(session, log);
  }
  await day(warehouse, 1);
  const first = await situation(warehouse);
  for (let number = 2; number <= 12; number += 1) await day(warehouse, number);
  const last = await situation(warehouse);
  expect(last.sent.map((sql) => sql.replace(/\d+/g, "0"))).toEqual(first.sent.map((sql) => sql.replace(/\d+/g, "0")));
  expect(last.sent.join("\n")).not.toContain("content_hash");
  await day(warehouse, 13, false);
  // The file, and the loader's own two tables.
  expect((await situation(warehouse)).recovered).toBe(3);
  expect((await situation(warehouse)).recovered).toBe(0);
});
