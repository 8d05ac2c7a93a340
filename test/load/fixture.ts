/** A warehouse, its ledger and a folder to load from; everything real, in a temporary folder that is gone afterwards. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Graph } from "../../src/graph/index.js";
import { type Ledger, openLedger } from "../../src/ledger/index.js";
import { type LoadEvent, type LoadFinished, type LoadOptions, loadFiles } from "../../src/load/index.js";
import { openDuckDb, type Row, type Warehouse } from "../../src/warehouse/index.js";

export const graph: Graph = { actions: [], tests: [], engine: "duckdb", defaultDatabase: "EHR" };

export interface Place extends AsyncDisposable {
  readonly folder: string;
  readonly warehouse: Warehouse;
  readonly ledger: Ledger;
  /** Events of all loads so far. */
  readonly events: LoadEvent[];
  /** Writes files into the folder `in` under the place; returns its path. */
  deliver(files: Readonly<Record<string, string | Buffer>>): string;
  load(options: Partial<LoadOptions> & Pick<LoadOptions, "path">): Promise<LoadFinished>;
  rows(sql: string): Promise<readonly Row[]>;
  /** Every row of every table in RAW, to compare before and after. */
  landed(): Promise<string>;
}

export async function place(options: { readonly file?: boolean } = {}): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), "medform-load-"));
  const warehouse = await openDuckDb({
    path: options.file === true ? join(folder, "warehouse.duckdb") : ":memory:",
    database: "EHR",
    holder: { command: "test" },
  });
  const ledger = await openLedger(warehouse);
  const events: LoadEvent[] = [];
  let delivery = 0;
  const rows = async (sql: string) => {
    await using session = await warehouse.session();
    return session.rows(sql);
  };
  return {
    folder,
    warehouse,
    ledger,
    events,
    deliver(files) {
      delivery += 1;
      const into = mkdtempSync(join(folder, `in${delivery}-`));
      for (const [name, content] of Object.entries(files)) writeFileSync(join(into, name), content);
      return into;
    },
    load: (given) =>
      loadFiles({ format: "synthea-csv", warehouse, ledger, graph, listener: (event) => events.push(event), ...given }),
    rows,
    async landed() {
      const raw = (await warehouse.catalog.relations()).filter(({ target }) => target.schema === "RAW");
      const tables: unknown[] = [];
      for (const { target, columns } of raw) {
        tables.push([target.name, columns, await rows(`select * from "EHR"."RAW"."${target.name}" order by all`)]);
      }
      return JSON.stringify(tables.toSorted());
    },
    async [Symbol.asyncDispose]() {
      await ledger[Symbol.asyncDispose]();
      await warehouse[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The codes of the problems that a promise is rejected with. */
export async function codesOf(promise: Promise<unknown>): Promise<readonly string[]> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error === undefined) return [];
  const { problems } = error as { readonly problems?: readonly { readonly code: string }[] };
  if (problems === undefined) throw error;
  return problems.map(({ code }) => code);
}

export const supplies =
  "DATE,PATIENT,ENCOUNTER,CODE,DESCRIPTION,QUANTITY\n2024-01-02,p1,e1,1,Mask,2\n2024-01-03,p2,,1,,1\n";
export const payers =
  "PATIENT,MEMBERID,START_YEAR,END_YEAR,PAYER,SECONDARY_PAYER,OWNERSHIP,OWNERNAME\np1,m1,2020,2021,a,,Self,\n";
