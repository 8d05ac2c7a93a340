/** What a snapshot is a copy of: everything, in its order, of every database; and what is left where none could be taken. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ProblemError } from "../../src/graph/index.js";
import { openDuckDb, openSnapshot, type Warehouse } from "../../src/warehouse/index.js";
import { publish, relation, temporaryFolder, values } from "../warehouse/engines.js";

let folder: ReturnType<typeof temporaryFolder>;
let path: string;
let warehouse: Warehouse;
beforeEach(async () => {
  folder = temporaryFolder();
  path = join(folder.path, "w.duckdb");
  warehouse = await openDuckDb({ path, database: "EHR", threads: 2, holder: { command: "test" } });
  await warehouse.catalog.ensureSchemas([
    { database: "EHR", schema: "SILVER" },
    { database: "OTHER", schema: "SILVER" },
  ]);
});
afterEach(async () => {
  await warehouse[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

const snapshots = () => join(folder.path, "w.snapshots");

async function take(keep = 1) {
  const taken = await warehouse.snapshots.take({ keep });
  if (taken === undefined) throw new Error("none was taken");
  return taken;
}

const codeOf = (error: unknown) => (error instanceof ProblemError ? error.problems[0]?.code : error);

describe("a snapshot", () => {
  it("has tables in their order, views, descriptions, markers and every database", async () => {
    const table = relation("SORTED", "select range as ID, hash(range) as H from range(300000)", {
      clusterBy: ["H"],
      description: "What it is.",
      columns: [{ path: ["ID"], description: "Its id.", tags: [] }],
    });
    await publish(warehouse, table);
    await publish(warehouse, relation("SHOWN", 'select ID from "EHR"."SILVER"."SORTED"', { kind: "view" }), 2);
    await using scope = await warehouse.publisher.open({});
    const other = { database: "OTHER", schema: "SILVER", name: "A" };
    await scope.build({ ...relation("A", "select 1 as X"), target: other }, "create");
    await scope.publish([{ target: other, token: 3, runId: "run-3", fingerprint: "f" }]);

    const taken = await take();
    expect(taken).toMatchObject({ file: join(snapshots(), "EHR.duckdb"), runId: "run-3", kept: 1 });
    const facts = [
      "select schema_name, table_name, comment from duckdb_tables() where database_name = 'EHR' and table_name <> 'SNAPSHOT' order by all",
      "select schema_name, view_name, sql, comment from duckdb_views() where database_name = 'EHR' order by all",
      "select table_name, column_name, data_type, comment from duckdb_columns() where database_name = 'EHR' and table_name in ('SORTED', 'SHOWN') order by all",
      'select md5(string_agg(ID::varchar, \',\' order by rowid)) from "EHR"."SILVER"."SORTED"',
      'select count(*), max(ID) from "EHR"."SILVER"."SHOWN"',
      'select * from "EHR".MEDFORM.PUBLICATION order by all',
    ];
    await using live = await warehouse.session();
    const opened = await openSnapshot({ path, database: "EHR", holder: { command: "test" } });
    if (opened === undefined) throw new Error("there is none");
    await using copy = opened.warehouse;
    await using session = await copy.session();
    for (const fact of facts) expect(await values(session, fact)).toEqual(await values(live, fact));
    expect(await values(session, 'select X from "OTHER"."SILVER"."A"')).toEqual([[1]]);
    expect(opened).toMatchObject({ runId: "run-3", takenAt: taken.takenAt });
    expect(readdirSync(snapshots()).toSorted()).toEqual(["000001-run-3", "EHR.duckdb", "OTHER.duckdb"]);
  });

  it("stays as it was for who has it open, after it was replaced and removed", async () => {
    await publish(warehouse, relation("A", "select 1 as X, range as Y from range(200000)"), 1);
    const { file, folder: first } = await take();
    const instance = await DuckDBInstance.create(file, { access_mode: "READ_ONLY" });
    const connection = await instance.connect();
    await publish(warehouse, relation("A", "select 2 as X, range as Y from range(200000)"), 2);
    await take();
    expect(existsSync(first)).toBe(false);
    const read = await connection.runAndReadAll("select distinct X, count(*) from SILVER.A group by all");
    expect(read.getRows()).toEqual([[1, 200000n]]);
    connection.closeSync();
    instance.closeSync();
  });

  it("is taken while others read, and leaves the warehouse locked against other processes", async () => {
    await publish(warehouse, relation("A", "select range as X from range(500000)"));
    let reading = true;
    const reads = Promise.all(
      [1, 2].map(async () => {
        await using session = await warehouse.session();
        while (reading) expect(await values(session, 'select count(*) from "EHR"."SILVER"."A"')).toEqual([[500000]]);
      }),
    );
    for (let run = 2; run < 5; run += 1) {
      await publish(warehouse, relation("A", "select range as X from range(500000)"), run);
      expect((await take()).runId).toBe(`run-${run}`);
    }
    reading = false;
    await reads;
    // The lock is the process's, so only another one can see whether it is there still.
    const open = `require("@duckdb/node-api").DuckDBInstance.create(${JSON.stringify(path)}).then(() => console.log("open"), (error) => console.log(error.message))`;
    const said = execFileSync(process.execPath, ["-e", open], { cwd: join(import.meta.dirname, "../..") }).toString();
    expect(said).toContain("Could not set lock");
  });

  it("is not taken again where nothing was published since, unless it is asked for", async () => {
    await publish(warehouse, relation("A", "select 1 as X"));
    await take();
    expect(await warehouse.snapshots.take({ keep: 1, onlyNew: true })).toBeUndefined();
    expect((await take(2)).kept).toBe(2);
    await publish(warehouse, relation("A", "select 2 as X"), 2);
    expect((await warehouse.snapshots.take({ keep: 3, onlyNew: true }))?.kept).toBe(3);
  });

  it("that is cancelled leaves the former one and nothing else", async () => {
    await publish(warehouse, relation("A", "select 1 as X"));
    await take();
    const before = readdirSync(snapshots()).toSorted();
    await publish(warehouse, relation("A", "select 2 as X"), 2);
    // It waits for whoever is at work.
    await using session = await warehouse.session();
    await session.run("begin");
    await session.run('update "EHR"."SILVER"."A" set X = 3');
    const abort = new AbortController();
    const taking = warehouse.snapshots.take({ keep: 1, signal: abort.signal });
    setTimeout(() => abort.abort(new Error("enough")), 100);
    await expect(taking).rejects.toThrow("enough");
    expect(readdirSync(snapshots()).toSorted()).toEqual(before);
    await session.run("rollback");
    expect((await take()).runId).toBe("run-2");
  });

  it("is refused for what no other process could read, or where its folder cannot be", async () => {
    await using memory = await openDuckDb({ path: ":memory:", database: "EHR", holder: { command: "test" } });
    expect(await memory.snapshots.take({ keep: 1 }).catch(codeOf)).toBe("snapshot-in-memory");
    writeFileSync(snapshots(), "in the way");
    expect(await take().catch(codeOf)).toBe("snapshot-not-written");
    expect(await openSnapshot({ path, database: "EHR", holder: { command: "test" } })).toBeUndefined();
  });
});
