/** Files landed on Snowflake, through the real driver, are what they are on DuckDB; and nothing is landed half, or twice. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { Graph } from "../../src/graph/index.js";
import { openLedger } from "../../src/ledger/index.js";
import { type LoadEvent, type LoadFinished, type LoadOptions, loadFiles } from "../../src/load/index.js";
import { generateSample } from "../../src/sample/index.js";
import { openDuckDb, type Row, type Warehouse } from "../../src/warehouse/index.js";
import { payers, supplies } from "../load/fixture.js";
import { type SnowflakeServer, startSnowflake } from "../snowflake-server/client.js";
import { ledgerPairs } from "../snowflake-server/pairs.js";
import { type More, openOn, optionsFor, tell } from "./opened.js";

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
  if (warehouse.engine === "snowflake") await tell(server, sql);
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

const compiled = resolve(import.meta.dirname, "../../dist/src");

/** A process of its own that loads. */
const script = (path: string, more: More) => `
const { openSnowflake } = await import(${JSON.stringify(join(compiled, "warehouse/index.js"))});
const { openLedger } = await import(${JSON.stringify(join(compiled, "ledger/index.js"))});
const { loadFiles } = await import(${JSON.stringify(join(compiled, "load/index.js"))});
const warehouse = await openSnowflake(${JSON.stringify(optionsFor(server, more))});
const ledger = await openLedger(warehouse);
const graph = ${JSON.stringify(graph)};
await loadFiles({ format: "synthea-csv", path: ${JSON.stringify(path)}, warehouse, ledger, graph });
`;

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
    await server.know(ledgerPairs("EHR"));
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
      // What is there and was delivered again.
      expect(await load(warehouse, path, { delivered: "2024-02-02" })).toMatchObject({ skipped: 2, batchId: null });
    }
    expect(await rows(snow, `select TABLE_NAME, FILE from EHR.RAW.REPEATED_FILE order by FILE`)).toEqual([
      { TABLE_NAME: "SYNTHEA_PAYER_TRANSITIONS", FILE: "payer_transitions.csv" },
      { TABLE_NAME: "SYNTHEA_SUPPLIES", FILE: "supplies.csv" },
    ]);
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

  it("says of what was loaded before that nothing is new, whoever loaded it", async () => {
    const path = deliver({ "supplies.csv": supplies, "payer_transitions.csv": payers });
    await using snow = await onSnowflake();
    const first = await load(snow, path);
    const before = await landed(snow);
    expect(await load(snow, path)).toMatchObject({ files: 0, skipped: 2, batchId: null });
    // A ledger that knows nothing of it: what the table of files knows is asked again, within the transaction.
    const forgetful = await openLedger(snow);
    const ledger = new Proxy(forgetful, {
      get(known, name: keyof typeof forgetful) {
        if (name === "loaded") return async () => new Set<string>();
        const member: unknown = known[name];
        return typeof member === "function" ? member.bind(known) : member;
      },
    });
    const again = loadFiles({ format: "synthea-csv", path, graph, warehouse: snow, ledger });
    await expect(again).rejects.toMatchObject({ problems: [{ code: "load-raced" }], exitCode: 3 });
    await forgetful[Symbol.asyncDispose]();
    expect(await landed(snow)).toEqual(before);
    expect(first).toMatchObject({ files: 2, landed: 3 });
    expect(await inStage(snow)).toEqual([]);
  });

  it("lands any table of strings exactly, in however many parts", async () => {
    await using snow = await onSnowflake({ landing: { temporary: temporary(), partBytes: 200, parallel: 3 } });
    const traps = ["", "\\N", "null", '"', "\\", "\n", "\r\n", ",", "\t", " ", "'", "\u2028", "[1]", "007"];
    const text = fc.oneof(
      fc.array(fc.constantFrom(...traps), { maxLength: 4 }).map((some) => some.join("")),
      fc.string({ unit: "grapheme" }).map((some) => some.replaceAll("\0", "")),
    );
    let table = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.option(text), text), { minLength: 1, maxLength: 30 }), async (records) => {
        table += 1;
        const quoted = (value: string | null) => (value === null ? "" : `"${value.replaceAll('"', '""')}"`);
        const content = records.map(([a, b], index) => `${index},${quoted(a)},${quoted(b)}\n`).join("");
        const path = join(deliver({ "any.csv": `n,a,b\n${content}` }), "any.csv");
        expect(await load(snow, path, { format: "csv", table: `any_${table}` })).toMatchObject({
          landed: records.length,
        });
        const found = await rows(snow, `select A as "a", B as "b" from EHR.RAW.ANY_${table} order by _ROW`);
        expect(found).toEqual(records.map(([a, b]) => ({ a, b })));
      }),
      { numRuns: process.env.MEDFORM_LONG === "1" ? 100 : 4 },
    );
    await server.forgetStatements();
    const many = join(deliver({ "many.csv": `n\n${"x\n".repeat(9_000)}` }), "many.csv");
    expect(await load(snow, many, { format: "csv", table: "many" })).toMatchObject({ landed: 9_000 });
    const parts = (await server.statements()).filter(({ sqlText }) => sqlText.startsWith("put "));
    expect(parts).toHaveLength(5);
    expect(await rows(snow, `select count(distinct _ROW) as "n", max(_ROW) as "last" from EHR.RAW.MANY`)).toEqual([
      { n: 9_000, last: 9_000 },
    ]);
    expect(partFiles()).toEqual([]);
  });

  it("lands once whatever is sent twice: a busy service, and connections that drop at COPY and at COMMIT", async () => {
    const path = deliver({ "supplies.csv": supplies });
    await using duck = await onDuckDb();
    await using snow = await onSnowflake();
    await load(duck, path, { delivered: "2024-02-01" });
    const on = "statement";
    await server.hook({
      on,
      matches: "^copy into",
      occurrence: { from: 1, to: 2 },
      effect: { kind: "status", status: 503 },
    });
    await server.hook({ on, matches: "^copy into", occurrence: 3, when: "after", effect: { kind: "drop" } });
    await server.hook({ on, matches: "^put ", occurrence: 1, when: "after", effect: { kind: "drop" } });
    await load(snow, path, { delivered: "2024-02-01" });
    expect(await landed(snow)).toEqual(await landed(duck));
  });

  it("leaves nothing where the session is lost within the transaction, and lands all of it the next time", async () => {
    const path = deliver({ "supplies.csv": supplies, "payer_transitions.csv": `${payers}1\n` });
    await using snow = await onSnowflake();
    const counts = async () => {
      const tables = (await snow.catalog.relations()).filter(({ target }) => target.schema === "RAW");
      const found: Record<string, unknown> = {};
      for (const { target } of tables) {
        const [row] = await rows(snow, `select count(*) as "n" from "EHR"."RAW"."${target.name}"`);
        found[target.name] = Number(row?.n);
      }
      return found;
    };
    const end = { kind: "end", code: "390111" } as const;
    const long = ['LOADED_FILE" \\(BATCH_ID', "^update .*LEASE"];
    for (const matches of ["^copy into", "^commit", ...(process.env.MEDFORM_LONG === "1" ? long : [])]) {
      // The first COMMIT is the ledger's, of the intent.
      const occurrence = matches === "^copy into" || matches === "^commit" ? 2 : 1;
      const hook = await server.hook({ on: "statement", matches, occurrence, effect: end });
      await expect(load(snow, path), matches).rejects.toThrow();
      expect([matches, await hook.hits()]).toEqual([matches, 1]);
      await hook.remove();
      expect(Object.values(await counts()), matches).toEqual([0, 0, 0, 0, 0]);
      expect([partFiles(), await inStage(snow)]).toEqual([[], []]);
    }
    // Outside a transaction a session is begun anew, and nothing is to be undone.
    await server.hook({ on: "statement", matches: "^put ", occurrence: 1, effect: end });
    expect(await load(snow, path)).toMatchObject({ files: 2, landed: 3, rejected: 1 });
    expect(await counts()).toEqual({
      LOADED_FILE: 2,
      REJECTED_LINE: 1,
      REPEATED_FILE: 0,
      SYNTHEA_PAYER_TRANSITIONS: 1,
      SYNTHEA_SUPPLIES: 2,
    });
  });

  it("lands a sample hospital as DuckDB does, table by table", async () => {
    const out = join(folder, "hospital");
    await generateSample({ patients: 3, seed: 7, out, rate: 0.05 });
    await using duck = await onDuckDb();
    await using snow = await onSnowflake();
    const [here, there] = [
      await load(duck, out, { delivered: "2024-02-01" }),
      await load(snow, out, { delivered: "2024-02-01" }),
    ];
    expect(there).toMatchObject({ files: here.files, landed: here.landed, rejected: here.rejected });
    expect(await landed(snow)).toEqual(await landed(duck));
  });

  it("leaves nothing half where it is killed between PUT and COMMIT, and the next load clears what it left", async () => {
    const path = deliver({ "supplies.csv": `${supplies}1,2\n` });
    const more: More = { lease: { beat: 0.2, silence: 1 }, landing: { temporary: temporary() } };
    const held = await server.hook({ on: "statement", matches: 'LOADED_FILE" \\(BATCH_ID', effect: { kind: "pause" } });
    const child = spawn(process.execPath, ["--input-type=module", "-e", script(path, more)], { stdio: "inherit" });
    const ended = new Promise((done) => child.once("exit", done));
    await held.reached();
    child.kill("SIGKILL");
    await ended;
    expect(partFiles()).toHaveLength(1);
    await held.remove();
    await held.release();
    await using snow = await vi.waitUntil(() => openOn(server, more).catch(() => undefined), {
      timeout: 20_000,
      interval: 200,
    });
    expect(await inStage(snow)).toEqual([]);
    expect(await rows(snow, `select count(*) as "n" from EHR.RAW.SYNTHEA_SUPPLIES`)).toEqual([{ n: 0 }]);
    expect(await load(snow, path)).toMatchObject({ files: 1, landed: 2, rejected: 1 });
    expect(await load(snow, path)).toMatchObject({ files: 0, skipped: 1 });
    expect(await rows(snow, `select count(*) as "n" from EHR.RAW.SYNTHEA_SUPPLIES`)).toEqual([{ n: 2 }]);
    expect([partFiles(), await inStage(snow)]).toEqual([[], []]);
  });

  it("lands files of a stage by COPY itself, each content once, and keeps what COPY does not take", async () => {
    const bucket = deliver({
      "a_2024-03-01.csv": 'id,my name\n1,"x, ""y"""\n2,\n3\n4,b,c\n5,"two\nlines"\n',
      "b.csv.gz": gzipSync("id,my name\r\n6,z\r\n"),
      "c.csv": "my name,id,more\n'q\\,7,m\n",
      "same.csv": gzipSync("id,my name\r\n6,z\r\n"),
      "a_2024-03-01.csv.sent": "",
    });
    await using snow = await onSnowflake();
    await rows(snow, `create stage "EHR"."PUBLIC"."INBOX" url = 'file://${bucket}/'`);
    const from = { format: "csv", table: "claims", source: "payer" } as const;
    const done = await load(snow, "@public.inbox", from);
    expect(done).toMatchObject({ files: 3, skipped: 1, records: 7, landed: 5, rejected: 2 });
    const names = ["ID", "MY_NAME", "MORE", "_SOURCE_SYSTEM", "_BATCH_ID", "_FILE", "_ROW"];
    const claims = () => rows(snow, `select ${names.join(", ")} from EHR.RAW.CLAIMS order by ID`);
    const row = (id: string, name: string | null, more: string | null, file: string, number: number) => ({
      ...{
        ID: id,
        MY_NAME: name,
        MORE: more,
        _SOURCE_SYSTEM: "payer",
        _BATCH_ID: done.batchId,
        _FILE: file,
        _ROW: number,
      },
    });
    const all = [
      row("1", 'x, "y"', null, "a_2024-03-01.csv", 1),
      row("2", null, null, "a_2024-03-01.csv", 2),
      row("5", "two\nlines", null, "a_2024-03-01.csv", 5),
      row("6", "z", null, "b.csv.gz", 1),
      row("7", "'q\\", "m", "c.csv", 1),
    ];
    expect(await claims()).toEqual(all);
    expect(
      await rows(snow, `select FILE, LINE_NUMBER, REASON, LINE from EHR.RAW.REJECTED_LINE order by LINE_NUMBER`),
    ).toEqual([
      { FILE: "a_2024-03-01.csv", LINE_NUMBER: 4, REASON: "wrong number of fields", LINE: "3" },
      { FILE: "a_2024-03-01.csv", LINE_NUMBER: 5, REASON: "wrong number of fields", LINE: "4,b,c" },
    ]);
    expect(
      await rows(
        snow,
        `select FILE, DELIVERED_AT, RECORD_COUNT, LANDED_COUNT, REJECTED_COUNT from EHR.RAW.LOADED_FILE where FILE = 'a_2024-03-01.csv'`,
      ),
    ).toEqual([
      {
        FILE: "a_2024-03-01.csv",
        DELIVERED_AT: "2024-03-01T00:00:00",
        RECORD_COUNT: 5,
        LANDED_COUNT: 3,
        REJECTED_COUNT: 2,
      },
    ]);
    expect(await load(snow, '@EHR."PUBLIC".INBOX/', from)).toMatchObject({ files: 0, skipped: 4 });
    writeFileSync(join(bucket, "d.csv"), 'id,my name\n8,"open\n9,w\n');
    expect(await load(snow, "@public.inbox/d", from)).toMatchObject({ files: 1, landed: 1, rejected: 1 });
    expect((await claims()).slice(0, 5)).toEqual(all);
    await expect(load(snow, "@~/x", from)).rejects.toMatchObject({ problems: [{ code: "load-stage" }] });
    await expect(load(snow, "@public.inbox/none", from)).rejects.toMatchObject({
      problems: [{ code: "load-no-such-path" }],
    });
    await using duck = await onDuckDb();
    await expect(load(duck, "@public.inbox", from)).rejects.toMatchObject({ problems: [{ code: "load-stage" }] });
  });
});
