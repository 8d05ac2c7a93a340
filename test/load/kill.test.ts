/** A load whose process is killed at any moment leaves all of its files or none, and the next load sets it right. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { openLedger } from "../../src/ledger/index.js";
import { loadFiles } from "../../src/load/index.js";
import { openDuckDb } from "../../src/warehouse/index.js";
import { graph, payers, supplies } from "./fixture.js";

const built = resolve(import.meta.dirname, "../../dist/src");

const script = (warehouse: string, path: string) => `
const { openDuckDb } = await import(${JSON.stringify(join(built, "warehouse/index.js"))});
const { openLedger } = await import(${JSON.stringify(join(built, "ledger/index.js"))});
const { loadFiles } = await import(${JSON.stringify(join(built, "load/index.js"))});
const warehouse = await openDuckDb({ path: ${JSON.stringify(warehouse)}, database: "EHR", holder: { command: "load" } });
const ledger = await openLedger(warehouse);
const graph = ${JSON.stringify(graph)};
await loadFiles({ format: "synthea-csv", path: ${JSON.stringify(path)}, warehouse, ledger, graph,
  listener: (event) => process.stdout.write(event.kind + "\\n") });
`;

/** Runs a load and kills it so many milliseconds after it began to read files; whether it had ended by itself. */
function killed(warehouse: string, path: string, after: number): Promise<boolean> {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, ["--input-type=module", "-e", script(warehouse, path)]);
    let errors = "";
    let armed = false;
    child.stderr.on("data", (text) => {
      errors += text;
    });
    child.stdout.on("data", (text) => {
      if (armed || !String(text).includes("file-started")) return;
      armed = true;
      setTimeout(() => child.kill("SIGKILL"), after);
    });
    child.on("close", (code, signal) => {
      if (signal === null && code !== 0) failed(new Error(errors));
      else done(signal === null);
    });
  });
}

describe.skipIf(!existsSync(join(built, "load/index.js")))("a load that is killed (needs the built command)", () => {
  const moments = process.env.MEDFORM_LONG === "1" ? [0, 20, 60, 120, 200, 300, 400, 500, 700, 900] : [0, 60, 250];

  it(`leaves nothing half loaded, killed after ${moments.join(", ")} ms`, async () => {
    const folder = mkdtempSync(join(tmpdir(), "medform-kill-"));
    try {
      const delivery = join(folder, "delivery");
      mkdirSync(delivery);
      const lines = 120_000;
      writeFileSync(join(delivery, "supplies.csv"), supplies + "2024-01-02,p1,e1,1,Mask,2\n".repeat(lines - 2));
      writeFileSync(join(delivery, "payer_transitions.csv"), payers);
      for (const [index, after] of moments.entries()) {
        const file = join(folder, `w${index}.duckdb`);
        const ended = await killed(file, delivery, after);
        await using warehouse = await openDuckDb({ path: file, database: "EHR", holder: { command: "test" } });
        await using ledger = await openLedger(warehouse);
        await using session = await warehouse.session();
        const counts = async () => {
          const tables = (await warehouse.catalog.relations()).filter(({ target }) => target.schema === "RAW");
          const rows: Record<string, unknown> = {};
          for (const { target } of tables) {
            const [row] = await session.rows(`select count(*)::int as n from EHR.RAW."${target.name}"`);
            rows[target.name] = row?.n;
          }
          return rows;
        };
        const log = { LOADED_FILE: 2, REJECTED_LINE: 0, REPEATED_FILE: 0 };
        const all = { ...log, SYNTHEA_PAYER_TRANSITIONS: 1, SYNTHEA_SUPPLIES: lines };
        const left = await counts();
        expect(ended ? [all] : [{}, all]).toContainEqual(left);
        await loadFiles({ format: "synthea-csv", path: delivery, warehouse, ledger, graph });
        expect(await counts()).toEqual(all);
        expect((await ledger.state()).sources["EHR.RAW.SYNTHEA_SUPPLIES"]).toMatchObject({ rows: lines });
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
