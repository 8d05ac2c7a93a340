/** Files landed on Snowflake, through the real driver, are what they are on DuckDB; and nothing is landed half, or twice. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Graph } from "../../src/graph/index.js";
import { openLedger } from "../../src/ledger/index.js";
import { type LoadEvent, type LoadFinished, type LoadOptions, loadFiles } from "../../src/load/index.js";
import { openDuckDb, type Row, type Warehouse } from "../../src/warehouse/index.js";
import { payers, supplies } from "../load/fixture.js";
import { type SnowflakeServer, startSnowflake } from "../snowflake-server/client.js";
import { type More, openOn } from "./opened.js";

const built = existsSync(resolve(import.meta.dirname, "../../dist/test/snowflake-server/main.js"));
const graph: Graph = { actions: [], tests: [], engine: "snowflake", defaultDatabase: "EHR" };

let server: SnowflakeServer;
let folder = "";

const temporary = () => join(folder, "temporary");

const onSnowflake = (more: More = {}) => openOn(server, { landing: { temporary: temporary() }, ...more });
const onDuckDb = () => openDuckDb({ path: ":memory:", database: "EHR", holder: { command: "test" } });

async function load(
  warehouse: Warehouse,
  path: string,
  more: Partial<LoadOptions> = {},
): Promise<LoadFinished & { readonly events: readonly LoadEvent[] }> {
  await using ledger = await openLedger(warehouse);
  const events: LoadEvent[] = [];
  const listener = (event: LoadEvent) => {
    events.push(event);
    more.listener?.(event);
  };
  const done = await loadFiles({ format: "synthea-csv", path, graph, warehouse, ledger, ...more, listener });
  return { ...done, events };
}

async function rows(warehouse: Warehouse, sql: string): Promise<readonly Row[]> {
  await using session = await warehouse.session();
  return session.rows(sql);
}

let deliveries = 0;

function deliver(files: Readonly<Record<string, string | Buffer>>): string {
  deliveries += 1;
  const into = join(folder, `delivery-${deliveries}`);
  mkdirSync(into);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(into, name), content);
  return into;
}

/** Every table of RAW: its columns, and its rows in an order that both engines share; when they were landed stands apart. */
async function landed(warehouse: Warehouse): Promise<Readonly<Record<string, unknown>>> {
  const found: Record<string, unknown> = {};
  for (const { target, columns } of await warehouse.catalog.relations()) {
    if (target.schema !== "RAW") continue;
    const names = columns.map(({ name }) => name);
    const all = await rows(
      warehouse,
      `select ${names.map((name) => `"${name}"`).join(", ")} from "EHR"."RAW"."${target.name}"`,
    );
    const lines = all.map((row) => {
      const { _LOADED_AT, LOADED_AT, ...rest } = row;
      expect(String(_LOADED_AT ?? LOADED_AT ?? "2024-01-01T")).toMatch(/^\d{4}-\d\d-\d\dT/);
      return JSON.stringify(rest);
    });
    found[target.name] = { names, lines: lines.toSorted() };
  }
  return found;
}

async function inStage(warehouse: Warehouse): Promise<readonly unknown[]> {
  return (await rows(warehouse, `list '@"EHR".MEDFORM.LANDING'`)).map((row) => row.name);
}

const partFiles = () => readdirSync(temporary(), { recursive: true });

describe.skipIf(!built)("loading into Snowflake (needs npm run build)", () => {
  beforeAll(async () => {
    server = await startSnowflake();
    folder = mkdtempSync(join(tmpdir(), "medform-snowflake-load-"));
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    await server.reset();
    rmSync(temporary(), { recursive: true, force: true });
    mkdirSync(temporary());
  });

  it("lands rows and rejected lines as on DuckDB, and leaves no file behind", async () => {
    const awkward = `id,text\n1,"a ""quoted"" \\ back\\\\slash"\n2,\n3,""\n4,"two\nlines\r\nand, a comma"\n5,\\N\n6,null\nshort\n7,"it's"\n8,"open\n9,ü€😀\n`;
    const path = deliver({ "supplies.csv": `${supplies}1,2\n`, "payer_transitions.csv": payers });
    const other = join(deliver({ "a'b\\c.csv": awkward }), "a'b\\c.csv");
    await using duck = await onDuckDb();
    await using snow = await onSnowflake();
    for (const warehouse of [duck, snow]) {
      expect(await load(warehouse, path, { delivered: "2024-02-01" })).toMatchObject({
        files: 2,
        landed: 3,
        rejected: 1,
      });
      expect(
        await load(warehouse, other, { format: "csv", table: "awkward", source: "o.hara", delivered: "2024-02-01" }),
      ).toMatchObject({ files: 1, records: 10, landed: 8, rejected: 2 });
    }
    expect(await landed(snow)).toEqual(await landed(duck));
    expect(
      await rows(snow, `select ID as "id", TEXT as "text" from EHR.RAW.AWKWARD where TEXT is null or TEXT = ''`),
    ).toEqual([
      { id: "2", text: null },
      { id: "3", text: "" },
    ]);
    expect(await inStage(snow)).toEqual([]);
    expect(partFiles()).toEqual([]);
  });
});
