import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Ledger } from "../../src/ledger/index.js";
import { codesOf, graph, type Place, payers, place, supplies } from "./fixture.js";

const log = `select table_name, file, record_count, landed_count, rejected_count from EHR.RAW.LOADED_FILE order by loaded_at, table_name`;

/** How the loads that the ledger knows ended, oldest first. */
async function sealed(here: Place): Promise<readonly unknown[]> {
  const rows = await here.rows(`select outcome from "EHR"."MEDFORM"."LEDGER" where kind = 'seal' order by seq`);
  return rows.map((row) => row.OUTCOME ?? row.outcome);
}

describe("landing", () => {
  it("lands text as sent, with source, batch, file and record", async () => {
    await using here = await place();
    const path = here.deliver({ "Supplies.CSV": supplies });
    const done = await here.load({ path, source: "north", delivered: "2024-02-01" });
    expect(done).toMatchObject({ files: 1, skipped: 0, records: 2, landed: 2, rejected: 0 });
    expect(done.batchId).toMatch(/^north-[0-9a-f]{12}$/);
    const rows = await here.rows("select * from EHR.RAW.SYNTHEA_SUPPLIES order by _row");
    expect(rows).toEqual([
      {
        ...{ DATE: "2024-01-02", PATIENT: "p1", ENCOUNTER: "e1", CODE: "1", DESCRIPTION: "Mask", QUANTITY: "2" },
        ...{ _SOURCE_SYSTEM: "north", _BATCH_ID: done.batchId, _FILE: "Supplies.CSV", _ROW: 1 },
        _LOADED_AT: rows[0]?._LOADED_AT,
      },
      {
        ...{ DATE: "2024-01-03", PATIENT: "p2", ENCOUNTER: null, CODE: "1", DESCRIPTION: null, QUANTITY: "1" },
        ...{ _SOURCE_SYSTEM: "north", _BATCH_ID: done.batchId, _FILE: "Supplies.CSV", _ROW: 2 },
        _LOADED_AT: rows[0]?._LOADED_AT,
      },
    ]);
    expect(await here.rows("select delivered_at, batch_id, source_system from EHR.RAW.LOADED_FILE")).toEqual([
      { DELIVERED_AT: "2024-02-01T00:00:00", BATCH_ID: done.batchId, SOURCE_SYSTEM: "north" },
    ]);
    expect(await here.rows("select count(*)::int as n from EHR.RAW.REJECTED_LINE")).toEqual([{ n: 0 }]);
  });

  it("lands after what was landed before, also where the clock went back", async () => {
    await using here = await place();
    await here.load({ path: here.deliver({ "supplies.csv": supplies }) });
    await here.rows("update EHR.RAW.LOADED_FILE set loaded_at = timestamp '2999-01-01 00:00:00.5'");
    await here.load({ path: here.deliver({ "supplies.csv": supplies.replace("Mask", "Glove") }) });
    expect(await here.rows("select max(loaded_at) as last from EHR.RAW.LOADED_FILE")).toEqual([
      { last: "2999-01-01T00:00:00.501" },
    ]);
    expect(await here.rows("select max(_loaded_at) as last from EHR.RAW.SYNTHEA_SUPPLIES")).toEqual([
      { last: "2999-01-01T00:00:00.501" },
    ]);
  });

  it("says what is absent, ignored, new and missing", async () => {
    await using here = await place();
    const path = here.deliver({
      "supplies.csv": supplies
        .replace("QUANTITY\n", "QUANTITY,LOT\n")
        .replace(",2\n", ",2,x\n")
        .replace(",1\n", ",1,\n"),
      "conditions.csv": "START,STOP,PATIENT,ENCOUNTER,CODE,DESCRIPTION\n2024-01-01,,p1,e1,1,Cold\n",
      "states.csv": "state_name,state_abbreviation\nMaine,ME\n",
      ".hidden": "",
    });
    await here.load({ path });
    const absent = here.events.filter(({ kind }) => kind === "table-absent");
    expect(absent).toHaveLength(16);
    expect(absent).not.toContainEqual({ kind: "table-absent", table: "SYNTHEA_APPOINTMENTS" });
    expect(here.events.filter(({ kind }) => kind === "file-ignored")).toEqual([
      { kind: "file-ignored", file: "states.csv", reason: "no table of this format" },
    ]);
    expect(here.events.filter(({ kind }) => kind === "file-landed")).toMatchObject([
      { file: "conditions.csv", newColumns: [], absentColumns: ["SYSTEM"] },
      { file: "supplies.csv", newColumns: ["LOT"], absentColumns: [] },
    ]);
    expect(await here.rows('select "LOT" from EHR.RAW.SYNTHEA_SUPPLIES order by _row')).toEqual([
      { LOT: "x" },
      { LOT: null },
    ]);
    expect(await here.rows("select system, code from EHR.RAW.SYNTHEA_CONDITIONS")).toEqual([
      { SYSTEM: null, CODE: "1" },
    ]);
  });

  it("takes the columns that the project declares", async () => {
    await using here = await place();
    const column = (name: string) => ({ path: [name], tags: [] });
    const declared = {
      kind: "declaration" as const,
      target: { database: "EHR", schema: "RAW", name: "SYNTHEA_SUPPLIES" },
      fileName: "definitions/sources/synthea.js",
      ...{ tags: [], disabled: false, dependencies: [] },
      columns: [...["date", "patient", "encounter", "code", "extra"].map(column), column("_batch_id"), column("_row")],
    };
    await here.load({ path: here.deliver({ "supplies.csv": supplies }), graph: { ...graph, actions: [declared] } });
    expect(here.events.filter(({ kind }) => kind === "file-landed")).toMatchObject([
      { newColumns: ["DESCRIPTION", "QUANTITY"], absentColumns: ["EXTRA"] },
    ]);
  });

  it("adds columns to a table that is there, and leaves its rows as they are", async () => {
    await using here = await place();
    await here.load({ format: "csv", path: join(here.deliver({ "a.csv": "id,x\n1,2\n" }), "a.csv"), table: "things" });
    await here.load({ format: "csv", path: join(here.deliver({ "b.csv": "Y,ID\n3,4\n" }), "b.csv"), table: "THINGS" });
    expect(here.events.filter(({ kind }) => kind === "file-landed")).toMatchObject([
      { table: "THINGS", newColumns: [] },
      { table: "THINGS", newColumns: ["Y"] },
    ]);
    expect(await here.rows("select id, x, y, _file from EHR.RAW.THINGS order by id")).toEqual([
      { ID: "1", X: "2", Y: null, _FILE: "a.csv" },
      { ID: "4", X: null, Y: "3", _FILE: "b.csv" },
    ]);
  });

  it("adds no columns of a file that has none in common with the table", async () => {
    await using here = await place();
    await here.load({ format: "csv", path: join(here.deliver({ "a.csv": "id,x\n1,2\n" }), "a.csv"), table: "things" });
    const before = await here.landed();
    const path = join(here.deliver({ "b.csv": "Smith,Anna\nJones,Bea\n" }), "b.csv");
    expect(await codesOf(here.load({ format: "csv", path, table: "things" }))).toEqual(["load-other-table"]);
    expect(JSON.stringify(here.events)).not.toContain("SMITH");
    expect(await here.landed()).toBe(before);
  });

  it("cleans names of columns and quotes them", async () => {
    await using here = await place();
    const path = join(here.deliver({ "a.csv": '"Größe (cm)",select,2nd,,"a""b"\n1,2,3,4,5\n' }), "a.csv");
    await here.load({ format: "csv", path, table: "order" });
    expect(await here.rows('select * exclude (_loaded_at, _batch_id) from EHR.RAW."ORDER"')).toEqual([
      {
        ...{ GRÖSSE_CM_: "1", SELECT: "2", _2ND: "3", COLUMN_4: "4", A_B: "5" },
        ...{ _SOURCE_SYSTEM: "csv", _FILE: "a.csv", _ROW: 1 },
      },
    ]);
  });

  it("lands a file that is only a header, and knows it again", async () => {
    await using here = await place();
    const path = here.deliver({ "supplies.csv": supplies.split("\n")[0] ?? "" });
    expect(await here.load({ path })).toMatchObject({ files: 1, records: 0 });
    expect(await here.load({ path })).toMatchObject({ files: 0, skipped: 1, batchId: null });
  });

  it("keeps rejected lines with number, reason and text, and counts them", async () => {
    await using here = await place();
    const path = here.deliver({ "supplies.csv": `${supplies}2024-01-04,"p3\n2024-01-05,p4,e4,1,Mask,1\n1,2\n` });
    expect(await here.load({ path })).toMatchObject({ records: 5, landed: 3, rejected: 2 });
    expect(await here.rows("select line_number, reason, line, file from EHR.RAW.REJECTED_LINE order by 1")).toEqual([
      { LINE_NUMBER: 4, REASON: "unclosed quote", LINE: '2024-01-04,"p3', FILE: "supplies.csv" },
      { LINE_NUMBER: 6, REASON: "wrong number of fields: 2 instead of 6", LINE: "1,2", FILE: "supplies.csv" },
    ]);
    expect(await here.rows("select patient, _row from EHR.RAW.SYNTHEA_SUPPLIES where _row > 2")).toEqual([
      { PATIENT: "p4", _ROW: 4 },
    ]);
    expect(await here.rows(log)).toMatchObject([{ RECORD_COUNT: 5, LANDED_COUNT: 3, REJECTED_COUNT: 2 }]);
    expect(here.events.find(({ kind }) => kind === "file-landed")).toMatchObject({
      reasons: { "unclosed quote": 1, "wrong number of fields": 1 },
    });
  });

  it("takes the date of delivery from the name of the file, of its folder, or from when it was written", async () => {
    await using here = await place();
    const folder = join(here.folder, "north_2024-03-04");
    mkdirSync(folder);
    writeFileSync(join(folder, "a_2024-02-30_2023-12-31.csv"), "id\nx1\n");
    writeFileSync(join(folder, "b.csv"), "id\nx2\n");
    for (const name of readdirSync(folder)) await here.load({ format: "csv", path: join(folder, name), table: "t" });
    expect(await here.rows("select file, delivered_at from EHR.RAW.LOADED_FILE order by file")).toEqual([
      { FILE: "a_2024-02-30_2023-12-31.csv", DELIVERED_AT: "2023-12-31T00:00:00" },
      { FILE: "b.csv", DELIVERED_AT: "2024-03-04T00:00:00" },
    ]);
  });

  it("lands any table of strings exactly, and accounts for every record", async () => {
    await using here = await place();
    let load = 0;
    const cell = fc.oneof(
      fc.constant(null),
      fc.string({ unit: "binary", maxLength: 12 }).map((value) => value.replaceAll("\u0000", "")),
      fc.string({ unit: fc.constantFrom('"', ",", "\n", "\\", "\u2028", "\ud83d\ude00", "[", "null"), maxLength: 6 }),
    );
    const quoted = (value: string | null) => (value === null ? "" : `"${value.split('"').join('""')}"`);
    const tables = fc.array(fc.record({ row: fc.tuple(cell, cell, cell), broken: fc.boolean() }), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(tables, fc.boolean(), async (entries, gzip) => {
        load += 1;
        const lines = entries.map(({ row, broken }) => (broken ? "x,y" : row.map(quoted).join(",")));
        const bytes = Buffer.from(["a,b,c", ...lines, ""].join("\r\n"));
        const name = gzip ? "t.csv.gz" : "t.csv";
        const path = join(here.deliver({ [name]: gzip ? gzipSync(bytes) : bytes }), name);
        const table = `T${load}`;
        const done = await here.load({ format: "csv", path, table });
        expect(done.records).toBe(entries.length);
        expect(done.rejected).toBe(entries.filter(({ broken }) => broken).length);
        const rows = await here.rows(`select a, b, c, _row from EHR.RAW.${table} order by _row`);
        expect(rows.map(({ A, B, C, _ROW }) => [A, B, C, _ROW])).toEqual(
          entries.flatMap(({ row, broken }, index) => (broken ? [] : [[...row, index + 1]])),
        );
      }),
      { numRuns: 60 },
    );
    expect(
      await here.rows("select * from EHR.RAW.LOADED_FILE where record_count <> landed_count + rejected_count"),
    ).toEqual([]);
    expect(
      await here.rows(
        "select f.file from EHR.RAW.LOADED_FILE f where rejected_count <> (select count(*) from EHR.RAW.REJECTED_LINE r where r.table_name = f.table_name)",
      ),
    ).toEqual([]);
  });
});

describe("once", () => {
  it("lands a content once, and says when it was landed", async () => {
    await using here = await place();
    const first = await here.load({
      path: here.deliver({ "supplies.csv": supplies, "payer_transitions.csv": payers }),
    });
    const before = await here.landed();
    const again = here.deliver({ "SUPPLIES.csv.gz": gzipSync(supplies), "payer_transitions.csv": payers });
    expect(await here.load({ path: again })).toMatchObject({ files: 0, skipped: 2, landed: 0, batchId: null });
    expect(await here.landed()).toBe(before);
    const skips = here.events.filter((event) => event.kind === "file-skipped");
    expect(skips).toMatchObject([
      { file: "SUPPLIES.csv.gz", reason: "loaded-before", batchId: first.batchId },
      { file: "payer_transitions.csv", reason: "loaded-before", batchId: first.batchId },
    ]);
    expect(skips[0]?.loadedAt).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  it("lands only what is new of a delivery", async () => {
    await using here = await place();
    await here.load({ path: here.deliver({ "supplies.csv": supplies }) });
    const next = here.deliver({ "supplies.csv": supplies, "payer_transitions.csv": payers });
    expect(await here.load({ path: next })).toMatchObject({ files: 1, skipped: 1, landed: 1 });
    expect(await here.rows(log)).toHaveLength(2);
  });

  it("lands the same content of one load once, and the same content in another table too", async () => {
    await using here = await place();
    const path = here.deliver({ "supplies.csv": supplies, "Supplies.csv": supplies });
    expect(await here.load({ path })).toMatchObject({ files: 1, skipped: 1, landed: 2 });
    expect(here.events).toContainEqual(expect.objectContaining({ kind: "file-skipped", reason: "same-content" }));
    expect(await here.load({ format: "csv", path: join(path, "supplies.csv"), table: "other" })).toMatchObject({
      landed: 2,
    });
  });

  it("keeps the header as it was written, beside the columns that came of it", async () => {
    await using here = await place();
    await here.load({
      format: "csv",
      path: join(here.deliver({ "a.csv": 'Id,"Given Name",\n1,2,3\n' }), "a.csv"),
      table: "a",
    });
    const [row] = await here.rows("select header from EHR.RAW.LOADED_FILE");
    expect(JSON.parse(String(row?.HEADER))).toEqual([
      { written: "Id", column: "ID" },
      { written: "Given Name", column: "GIVEN_NAME" },
      { written: "", column: "COLUMN_3" },
    ]);
  });

  it("knows of a content that somebody says was delivered again, and lands it once", async () => {
    await using here = await place();
    const all = { "supplies.csv": supplies };
    const fewer = { "supplies.csv": supplies.slice(0, supplies.indexOf("\n") + 1) };
    const load = (files: typeof all, delivered?: string) =>
      here.load({ path: here.deliver(files), ...(delivered === undefined ? {} : { delivered }) });
    const repeats = () =>
      here.rows("select table_name, file, delivered_at from EHR.RAW.REPEATED_FILE order by delivered_at");
    const { batchId } = await load(all, "2024-02-01");
    await load(fewer, "2024-02-02");
    expect(await load(all)).toMatchObject({ skipped: 1, batchId: null });
    expect(await repeats()).toEqual([]);
    expect(await load(all, "2024-02-03")).toMatchObject({ files: 0, skipped: 1, batchId: null });
    const third = { TABLE_NAME: "SYNTHEA_SUPPLIES", FILE: "supplies.csv", DELIVERED_AT: "2024-02-03T00:00:00" };
    expect(await repeats()).toEqual([third]);
    expect(here.events).toContainEqual(
      expect.objectContaining({ kind: "file-skipped", batchId, deliveredAt: "2024-02-03T00:00:00.000Z" }),
    );
    // The same deliveries again are nothing new.
    const chains = (await sealed(here)).length;
    for (const delivered of ["2024-02-01", "2024-02-03"]) await load(all, delivered);
    expect(await repeats()).toEqual([third]);
    expect(await sealed(here)).toHaveLength(chains);
    expect(await here.rows("select count(*)::int as n from EHR.RAW.SYNTHEA_SUPPLIES")).toEqual([{ n: 2 }]);
    const { sources } = await here.ledger.state();
    expect(sources["EHR.RAW.REPEATED_FILE"]).toMatchObject({ rows: 1 });
    expect(sources["EHR.RAW.LOADED_FILE"]).toMatchObject({ rows: 2 });
    expect(sources["EHR.RAW.SYNTHEA_SUPPLIES"]?.batchId).not.toBe(batchId);
    // A row that a load left before it died is recorded by the next one.
    await here.rows(
      "insert into EHR.RAW.REPEATED_FILE select * replace (timestamp '2024-02-04' as delivered_at) from EHR.RAW.REPEATED_FILE",
    );
    await load(all, "2024-02-04");
    expect((await here.ledger.state()).sources["EHR.RAW.REPEATED_FILE"]).toMatchObject({ rows: 2 });
  });

  it("lands again what came back after other rows: the newest delivery says what is so", async () => {
    await using here = await place();
    const load = (text: string, delivered?: string) =>
      here.load({
        path: here.deliver({ "supplies.csv": text }),
        ...(delivered === undefined ? {} : { delivered }),
      });
    const other = supplies.replace("Mask", "Glove");
    expect(other).not.toBe(supplies);
    const first = await load(supplies, "2024-02-01");
    await load(other, "2024-02-02");
    // Nobody says that it was delivered at another time.
    expect(await load(supplies)).toMatchObject({ skipped: 1, batchId: null });
    // An older delivery overtakes nothing.
    expect(await load(other, "2024-01-31")).toMatchObject({ skipped: 1, batchId: null });
    const third = await load(supplies, "2024-02-03");
    expect(third).toMatchObject({ files: 1, skipped: 0, landed: first.landed });
    expect(third.batchId).not.toBe(first.batchId);
    // The same deliveries again are nothing new, and neither is one after which nothing else came.
    for (const delivered of ["2024-02-01", "2024-02-03", "2024-02-04"])
      expect(await load(supplies, delivered)).toMatchObject({ files: 0, skipped: 1 });
    expect(await load(other, "2024-02-02")).toMatchObject({ files: 0, skipped: 1 });
    expect(
      await here.rows("select batch_id, delivered_at from EHR.RAW.LOADED_FILE order by delivered_at"),
    ).toMatchObject([
      { BATCH_ID: first.batchId, DELIVERED_AT: "2024-02-01T00:00:00" },
      { DELIVERED_AT: "2024-02-02T00:00:00" },
      { BATCH_ID: third.batchId, DELIVERED_AT: "2024-02-03T00:00:00" },
    ]);
    expect((await here.ledger.state()).sources["EHR.RAW.SYNTHEA_SUPPLIES"]).toMatchObject({ batchId: third.batchId });
    expect(await load(other, "2024-02-05")).toMatchObject({ files: 1, skipped: 0 });
  });

  it("records the load in the ledger, its own tables included", async () => {
    await using here = await place();
    const { batchId } = await here.load({ path: here.deliver({ "supplies.csv": supplies }) });
    const { sources, lastRun } = await here.ledger.state();
    expect(
      Object.entries(sources)
        .map(([key, { rows }]) => [key, rows])
        .toSorted(),
    ).toEqual([
      ["EHR.RAW.LOADED_FILE", 1],
      ["EHR.RAW.REJECTED_LINE", 0],
      ["EHR.RAW.SYNTHEA_SUPPLIES", 2],
    ]);
    expect(Object.values(sources).every((source) => source.batchId === batchId)).toBe(true);
    expect(await sealed(here)).toEqual(["succeeded"]);
    expect(lastRun).toBeNull();
  });
});

describe("all or nothing", () => {
  it("lands nothing where one file of many is refused", async () => {
    await using here = await place();
    const path = here.deliver({ "supplies.csv": supplies, "payer_transitions.csv": "<html></html>" });
    expect(await codesOf(here.load({ path }))).toEqual(["load-not-csv"]);
    expect(await here.landed()).toBe("[]");
  });

  it("lands nothing where a file breaks in the middle", async () => {
    await using here = await place();
    await here.load({ path: here.deliver({ "supplies.csv": supplies }) });
    const before = await here.landed();
    const big = `${supplies}${"2024-01-02,p1,e1,1,Mask,2\n".repeat(200_000)}`;
    const path = here.deliver({ "supplies.csv": big, "payer_transitions.csv": payers });
    const controller = new AbortController();
    const stopped = here.load({
      path,
      signal: controller.signal,
      listener: (event) => {
        if (event.kind === "file-started" && event.table === "SYNTHEA_SUPPLIES") {
          setTimeout(() => controller.abort(new Error("stopped")), 30);
        }
      },
    });
    await expect(stopped).rejects.toThrow("stopped");
    expect(await here.landed()).toBe(before);
    expect(await sealed(here)).toEqual(["succeeded", "cancelled"]);
    expect(await here.load({ path })).toMatchObject({ files: 2, landed: 200_003 });
  });

  it("refuses a file that changes while it is loaded", async () => {
    await using here = await place();
    const path = here.deliver({ "supplies.csv": supplies });
    const listener = (event: { readonly kind: string }) => {
      if (event.kind === "file-started") writeFileSync(join(path, "supplies.csv"), supplies.replace("Mask", "Gown"));
    };
    expect(await codesOf(here.load({ path, listener }))).toEqual(["load-changed"]);
    expect(await here.landed()).toBe("[]");
  });

  it("recovers a load that was committed and not recorded", async () => {
    await using here = await place();
    const path = here.deliver({ "supplies.csv": supplies });
    // Dies between the commit and the record, as a process may.
    const dying: Ledger = {
      ...bound(here.ledger),
      async open(kind, about) {
        const chain = await here.ledger.open(kind, about);
        const append: typeof chain.append = async (entries) => {
          if (entries.some((entry) => entry.kind === "load-file")) throw new Error("power cut");
          await chain.append(entries);
        };
        return { id: chain.id, number: chain.number, append, seal: () => Promise.reject(new Error("power cut")) };
      },
    };
    await expect(here.load({ path, ledger: dying })).rejects.toThrow("power cut");
    const before = await here.landed();
    expect(await here.load({ path })).toMatchObject({ files: 0, skipped: 1 });
    expect(here.events).toContainEqual(expect.objectContaining({ kind: "load-recovered" }));
    expect(await here.landed()).toBe(before);
    const { sources } = await here.ledger.state();
    expect(sources["EHR.RAW.SYNTHEA_SUPPLIES"]).toMatchObject({ rows: 2 });
    expect(sources["EHR.RAW.LOADED_FILE"]).toMatchObject({ rows: 1 });
    expect(sources["EHR.RAW.REJECTED_LINE"]).toMatchObject({ rows: 0 });
  });
});

const bound = (ledger: Ledger): Ledger => ({
  state: () => ledger.state(),
  open: (kind, about) => ledger.open(kind, about),
  loaded: (subjects) => ledger.loaded(subjects),
  unsealed: () => ledger.unsealed(),
  entries: (chainId) => ledger.entries(chainId),
  owners: (chainIds) => ledger.owners(chainIds),
  recover: (entries) => ledger.recover(entries),
  [Symbol.asyncDispose]: () => Promise.resolve(),
});

describe("what is refused", () => {
  const files: readonly (readonly [what: string, code: string, content: string | Buffer])[] = [
    ["nothing", "load-empty-file", ""],
    ["a byte order mark alone", "load-empty-file", "\ufeff"],
    ["blank lines", "load-empty-file", "\n \r\n"],
    ["HTML", "load-not-csv", "<!doctype html>\n<p>a,b</p>\n"],
    ["JSON", "load-not-csv", '\n {"a": 1, "b": 2}\n'],
    ["NDJSON in a list", "load-not-csv", '[{"a": 1},\n{"b": 2}]'],
    ["HL7", "load-not-csv", "MSH|^~\\&|A,B|C\rPID|1\r"],
    ["HL7 with other delimiters", "load-not-csv", "MSH#*~\\&#A,B#C\n"],
    ["gzip that is not named so", "load-not-csv", gzipSync("a,b\n1,2\n")],
    ["a workbook", "load-not-csv", Buffer.from("PK\u0003\u0004....")],
    ["UTF-16", "load-not-csv", Buffer.from("\ufeffa,b\r\n1,2\r\n", "utf16le")],
    ["binary", "load-not-csv", Buffer.from([0x61, 0x2c, 0x00, 0x01, 0x02, 0x0a, 0x31])],
    ["Latin-1 in the header", "load-not-csv", Buffer.from("größe,b\n1,2\n", "latin1")],
    ["old line ends", "load-not-csv", "a,b\r1,2\r3,4\r"],
    ["semicolons", "load-not-csv", "a;b\n1;2\n"],
    ["tabs", "load-not-csv", "a\tb\n1\t2\n"],
    ["an unclosed quote in the header", "load-not-csv", '"a,b\n1,2\n'],
    ["no header", "load-no-header", "10002428,25797028,2155-07-14,G0378,1\n1,2,3,4,5\n"],
    ["a column twice", "load-duplicate-column", "a,b,A \n1,2,3\n"],
    ["a column of the landing table", "load-reserved-column", "a,_file\n1,2\n"],
  ];

  it.each(files)("%s: %s", async (_, code, content) => {
    await using here = await place();
    const path = join(here.deliver({ "x.csv": content }), "x.csv");
    expect(await codesOf(here.load({ format: "csv", path, table: "t" }))).toEqual([code]);
    expect(await here.landed()).toBe("[]");
  });

  it.each([
    ["a folder without any table", { "readme.txt": "x" }, "load-no-table"],
    ["an empty folder", {}, "load-no-table"],
    [
      "x.csv beside x.csv.gz",
      { "supplies.csv": supplies, "supplies.csv.gz": gzipSync(supplies) },
      "load-ambiguous-file",
    ],
    ["a table of another origin", { "supplies.csv": "col_1,col_2\na,b\n" }, "load-other-table"],
    ["files with each other's name", { "conditions.csv": supplies }, "load-other-table"],
    ["what is no gzip", { "supplies.csv.gz": supplies }, "load-damaged-gzip"],
    ["half a gzip", { "supplies.csv.gz": gzipSync(supplies).subarray(0, 40) }, "load-damaged-gzip"],
    ["gzip of nothing", { "supplies.csv.gz": gzipSync("") }, "load-empty-file"],
  ])("%s", async (_, content, code) => {
    await using here = await place();
    const path = here.deliver(content as Record<string, string | Buffer>);
    expect(await codesOf(here.load({ path }))).toEqual([code]);
    expect(await here.landed()).toBe("[]");
  });

  it("paths that do not exist or are of the wrong kind", async () => {
    await using here = await place();
    const path = here.deliver({ "supplies.csv": supplies });
    const file = join(path, "supplies.csv");
    expect(await codesOf(here.load({ path: join(path, "none") }))).toEqual(["load-no-such-path"]);
    expect(await codesOf(here.load({ path: file }))).toEqual(["load-not-a-folder"]);
    expect(await codesOf(here.load({ format: "csv", path, table: "t" }))).toEqual(["load-not-a-file"]);
    expect(await codesOf(here.load({ format: "csv", path: join(file, "x"), table: "t" }))).toEqual([
      "load-no-such-path",
    ]);
  });

  it.skipIf(process.getuid?.() === 0)("a file without the right to read it", async () => {
    await using here = await place();
    const path = here.deliver({ "supplies.csv": supplies });
    chmodSync(join(path, "supplies.csv"), 0);
    expect(await codesOf(here.load({ path }))).toEqual(["load-unreadable"]);
  });

  it("tables of MIMIC beside others, whichever came first and whatever they are called, but not others beside these", async () => {
    const mimic = { "patients.csv": "subject_id,gender,anchor_age,anchor_year,anchor_year_group,dod\n1,F,52,2180,,\n" };
    {
      await using here = await place();
      await here.load({ path: here.deliver({ "supplies.csv": supplies }) });
      const before = await here.landed();
      const path = here.deliver(mimic);
      expect(await codesOf(here.load({ format: "mimic", path }))).toEqual(["load-licence"]);
      expect(await codesOf(here.load({ format: "mimic", path, source: "synthea" }))).toEqual(["load-licence"]);
      const file = join(path, "patients.csv");
      expect(await codesOf(here.load({ format: "csv", path: file, table: "mimic_patients" }))).toEqual([
        "load-licence",
      ]);
      expect(await here.landed()).toBe(before);
    }
    await using here = await place();
    const path = here.deliver({ "supplies.csv": supplies });
    await here.load({ format: "mimic", path: here.deliver(mimic) });
    expect(await codesOf(here.load({ path }))).toEqual(["load-licence"]);
    expect(await here.load({ format: "csv", path: join(path, "supplies.csv"), table: "my_list" })).toMatchObject({
      landed: 2,
    });
    expect(
      await here.load({ format: "mimic", path: here.deliver({ "provider.csv": "provider_id\nP1\n" }) }),
    ).toMatchObject({ landed: 1 });
  });

  it("names that are no identifiers, or the loader's own", async () => {
    await using here = await place();
    const path = join(here.deliver({ "a.csv": "id\nx\n" }), "a.csv");
    for (const table of [undefined, "", "a b", "1a", 'x"; drop table y', "loaded_file", "Rejected_Line"]) {
      expect(await codesOf(here.load({ format: "csv", path, table }))).toEqual(["load-table-name"]);
    }
    expect(await codesOf(here.load({ format: "csv", path, table: "t", source: "../x" }))).toEqual(["load-source-name"]);
    expect(await codesOf(here.load({ format: "csv", path, table: "t", delivered: "2024-02-30" }))).toEqual([
      "load-delivered",
    ]);
  });
});

it("keeps values out of events, errors and the ledger", async () => {
  await using here = await place();
  const said: unknown[] = [];
  const secret = "Q7SECRET";
  const rows = `${supplies}${secret},"${secret}\n${secret}\n2024-01-01,${secret},e,1,${secret},1\n`;
  await here.load({ path: here.deliver({ "supplies.csv": rows }) });
  for (const content of [`${secret},${secret}\n`, `1,${secret},2\n`, `<${secret}>`, `${secret};x\n`, `"${secret}\n`]) {
    const path = join(here.deliver({ "x.csv": content }), "x.csv");
    said.push(await here.load({ format: "csv", path, table: "t" }).catch((error: Error) => [error.message, error]));
  }
  said.push(
    await here.load({ path: here.deliver({ "supplies.csv": `${secret},b\n` }) }).catch((error: Error) => error),
  );
  said.push(here.events, await here.rows("select * from EHR.MEDFORM.LEDGER"));
  expect(said).toHaveLength(8);
  expect(JSON.stringify(said)).not.toContain(secret);
  expect(await here.landed()).toContain(secret);
});

const data = process.env.MEDFORM_DATA;

describe.skipIf(data === undefined)("real deliveries (MEDFORM_DATA)", () => {
  const set = (name: string) => join(data ?? "", name);

  it("synthea-csv-27: 10,950 rows in 18 tables, states.csv ignored; a second load lands nothing", async () => {
    await using here = await place({ file: true });
    expect(await here.load({ path: set("synthea-csv-27") })).toMatchObject({ files: 18, landed: 10_950, rejected: 0 });
    expect(here.events).toContainEqual(expect.objectContaining({ kind: "file-ignored", file: "states.csv.gz" }));
    expect(here.events.filter(({ kind }) => kind === "table-absent")).toEqual([]);
    expect(here.events.flatMap((event) => (event.kind === "file-landed" ? event.newColumns : []))).toEqual([]);
    const before = await here.landed();
    expect(await here.load({ path: set("synthea-csv-27") })).toMatchObject({ files: 0, skipped: 18, landed: 0 });
    expect(await here.landed()).toBe(before);
  });

  it("synthea-csv-109 beside it: 30,771 rows in 14 tables, four absent", async () => {
    await using here = await place();
    await here.load({ path: set("synthea-csv-27"), source: "ma" });
    expect(await here.load({ path: set("synthea-csv-109"), source: "nj" })).toMatchObject({
      files: 14,
      landed: 30_771,
    });
    const absent = here.events.flatMap((event) => (event.kind === "table-absent" ? [event.table] : []));
    expect(absent).toEqual(["CLAIMS", "CLAIMS_TRANSACTIONS", "OBSERVATIONS", "PROCEDURES"].map((t) => `SYNTHEA_${t}`));
    expect(here.events.flatMap((event) => (event.kind === "file-landed" ? event.newColumns : []))).toEqual([]);
    expect(await here.rows("select sum(landed_count)::int as n from EHR.RAW.LOADED_FILE")).toEqual([{ n: 41_721 }]);
  });

  it("lands each byte of a file that has no quotes", async () => {
    await using here = await place();
    const { gunzipSync } = await import("node:zlib");
    await here.load({ path: set("synthea-csv-109") });
    const text = gunzipSync(readFileSync(join(set("synthea-csv-109"), "encounters.csv.gz"))).toString();
    const header = (text.split("\n")[0] ?? "").split(",").map((name) => `coalesce("${name.toUpperCase()}", '')`);
    const rows = await here.rows(
      `select concat_ws(',', ${header.join(", ")}) as line from EHR.RAW.SYNTHEA_ENCOUNTERS order by _row`,
    );
    expect(rows.map(({ line }) => line).join("\n")).toBe(text.split("\n").slice(1).join("\n").trimEnd());
  });

  it("a corrupted copy leaves everything as it was", async () => {
    await using here = await place();
    await here.load({ path: set("synthea-csv-27") });
    const before = await here.landed();
    const copy = join(here.folder, "copy");
    mkdirSync(copy);
    for (const name of readdirSync(set("synthea-csv-109")))
      copyFileSync(join(set("synthea-csv-109"), name), join(copy, name));
    const target = join(copy, "medications.csv.gz");
    chmodSync(target, 0o600);
    const bytes = readFileSync(target);
    for (let at = 30_000; at < 30_100; at += 1) bytes[at] = (bytes[at] ?? 0) ^ 0xff;
    writeFileSync(target, bytes);
    expect(await codesOf(here.load({ path: copy }))).toEqual(["load-damaged-gzip"]);
    expect(await here.landed()).toBe(before);
  });

  it("files that are no Synthea: HL7, FHIR, tables with other headers; files as a spreadsheet left them", async () => {
    await using here = await place();
    const hl7 = readdirSync(set("hl7v2/messages")).filter((name) => name.endsWith(".hl7"));
    for (const name of hl7) {
      const path = join(set("hl7v2/messages"), name);
      expect(await codesOf(here.load({ format: "csv", path, table: "t" }))).toEqual(["load-not-csv"]);
    }
    expect(await codesOf(here.load({ path: set("mimic-iv-demo/malformed") }))).toEqual(["load-no-table"]);
    expect(await codesOf(here.load({ path: set("mimic-iv-demo/hosp") }))).toEqual(["load-other-table"]);
    const edge = readdirSync(set("hl7v2/edge-cases"));
    for (const name of edge) {
      const path = join(set("hl7v2/edge-cases"), name);
      expect(await codesOf(here.load({ format: "csv", path, table: "t" }))).toEqual(["load-not-csv"]);
    }
    expect(await here.landed()).toBe("[]");
    for (const folder of ["malformed", "excel_mangled"]) {
      for (const name of readdirSync(set(`mimic-iv-demo/${folder}`))) {
        const path = join(set(`mimic-iv-demo/${folder}`), name);
        const table = `${folder}_${name.split(".")[0]}`;
        const done = await here.load({ format: "csv", path, table });
        expect(done.records).toBeGreaterThan(20);
        expect(done.rejected).toBe(0);
      }
    }
  });
});
