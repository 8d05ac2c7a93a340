/** Statements on the wire: the real driver against the server, with an interpreter of a few words behind it. */
import { randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { RowStatement } from "snowflake-sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SnowflakeServer, startSnowflake } from "../snowflake-server/client.js";
import { type Connection, connect, destroy, execute, refusal } from "./driver.js";

let snowflake: SnowflakeServer;
let connection: Connection;

beforeAll(async () => {
  snowflake = await startSnowflake({ interpreter: "fake", settings: { pollAfter: 60, chunkBytes: 2_000 } });
  connection = await connect(snowflake.login);
});

afterAll(async () => {
  await destroy(connection);
  await snowflake[Symbol.asyncDispose]();
});

const received = async (requestId: string) =>
  (await snowflake.statements()).filter((statement) => statement.requestId === requestId);

describe("a statement", () => {
  it("is carried there with its binds, parameters and ids, and its answer back", async () => {
    const requestId = randomUUID();
    const { rows, statement } = await execute(connection, "select binds", {
      requestId,
      binds: ["text", 7, 2.5, true, null],
      parameters: { QUERY_TAG: "run 1" },
    });
    expect(rows).toEqual([
      { TYPE: "TEXT", VALUE: "text" },
      { TYPE: "FIXED", VALUE: "7" },
      { TYPE: "REAL", VALUE: "2.5" },
      { TYPE: "BOOLEAN", VALUE: "true" },
      { TYPE: "TEXT", VALUE: null },
    ]);
    expect(await received(requestId)).toMatchObject([
      { sqlText: "select binds", queryTag: "run 1", queryId: statement.getQueryId(), outcome: "ok", repeated: false },
    ]);
  });

  it("is carried with the binds of many rows at once", async () => {
    const { rows } = await execute(connection, "select binds", {
      binds: [
        [1, "a"],
        [2, "b"],
        [3, null],
      ],
    });
    expect(rows).toEqual([
      { TYPE: "FIXED", VALUE: "1|2|3" },
      { TYPE: "TEXT", VALUE: "a|b|" },
    ]);
  });

  it("fails with a code, a SQLSTATE and a message, and is not sent again", async () => {
    const requestId = randomUUID();
    const error = await refusal(execute(connection, "fail 002003 02000 Object 'X' does not exist", { requestId }));
    expect(error).toMatchObject({ code: "002003", sqlState: "02000", message: "Object 'X' does not exist" });
    expect(await received(requestId)).toHaveLength(1);
  });

  it("keeps the digits of a large number where its parameter says so", async () => {
    const large = "select 12345678901234567890";
    const parameters = { JS_TREAT_INTEGER_AS_BIGINT: true };
    const { rows } = await execute(connection, large, { parameters });
    expect(String(Object.values(rows[0] ?? {})[0])).toBe("12345678901234567890");
  });

  it("that nobody knows is refused as Snowflake refuses an error", async () => {
    expect(await refusal(execute(connection, "selec 1"))).toMatchObject({ code: "001003", sqlState: "42000" });
  });

  it("can be described without being carried out", async () => {
    const { rows, statement } = await execute(connection, "rows 3", { describeOnly: true });
    expect(rows).toEqual([]);
    expect(statement.getColumns()?.map((column) => [column.getName(), column.getType()])).toEqual([
      ["N", "fixed"],
      ["T", "text"],
    ]);
  });

  it("answers many rows in chunks under URLs of their own", async () => {
    const { rows, statement } = await execute(connection, "rows 1000");
    expect(rows).toEqual(Array.from({ length: 1000 }, (_, index) => ({ N: index, T: `row ${index}` })));
    expect(statement.getNumRows()).toBe(1000);
    expect((await snowflake.requests())["GET /chunks/*/*"]).toBeGreaterThan(5);
  });

  it("keeps its chunks from those who have not their key", async () => {
    const { statement } = await execute(connection, "rows 1000");
    expect((await fetch(`${snowflake.accessUrl}/chunks/${statement.getQueryId()}/0`)).status).toBe(403);
  });

  it("is polled for while it runs", async () => {
    const { rows, statement } = await execute(connection, "sleep 200");
    expect(rows).toEqual([{ SLEPT: "200" }]);
    expect((await snowflake.requests())["GET /queries/*/result"]).toBeGreaterThan(1);
    expect(await received(statement.getRequestId())).toHaveLength(1);
  });

  it("can be left running, asked after and fetched later", async () => {
    const { statement } = await execute(connection, "sleep 100", { asyncExec: true });
    const queryId = statement.getQueryId();
    expect(await connection.getQueryStatus(queryId)).toBe("RUNNING");
    const rows = await fetched(queryId);
    expect(rows).toEqual([{ SLEPT: "100" }]);
    expect(await connection.getQueryStatus(queryId)).toBe("SUCCESS");
  });

  it("is found by its id from another session of the user", async () => {
    const { statement } = await execute(connection, "rows 2");
    const second = await connect(snowflake.login);
    expect(await fetched(statement.getQueryId(), second)).toEqual([
      { N: 0, T: "row 0" },
      { N: 1, T: "row 1" },
    ]);
    await destroy(second);
  });

  it("is cancelled by its request id, at the engine too", async () => {
    let running: RowStatement | undefined;
    const failed = refusal(
      new Promise((done, fail) => {
        running = connection.execute({
          sqlText: "sleep 30000",
          complete: (error) => (error ? fail(error) : done(undefined)),
        }) as RowStatement;
      }),
    );
    const requestId = running?.getRequestId() ?? "";
    while ((await received(requestId)).length === 0);
    await new Promise<void>((done, fail) => running?.cancel((error) => (error ? fail(error) : done())));
    expect(await failed).toMatchObject({ code: "000604", sqlState: "57014" });
    expect(await received(requestId)).toMatchObject([{ outcome: "000604" }]);
  });

  it("that has ended cannot be cancelled", async () => {
    const { statement } = await execute(connection, "select 1");
    const late = new Promise((done, fail) => statement.cancel((error) => (error ? fail(error) : done(undefined))));
    expect(await refusal(late)).toMatchObject({ code: "000605" });
  });

  it("is cancelled by the service after the time that its parameter says", async () => {
    const limited = execute(connection, "sleep 30000", { parameters: { STATEMENT_TIMEOUT_IN_SECONDS: 0.1 } });
    expect(await refusal(limited)).toMatchObject({ code: "000630", sqlState: "57014" });
  });

  it("is carried out once for its request id, however often it comes", async () => {
    const requestId = randomUUID();
    const first = await execute(connection, "count", { requestId });
    const second = await execute(connection, "count", { requestId });
    expect(second.rows).toEqual(first.rows);
    expect(second.statement.getQueryId()).toBe(first.statement.getQueryId());
    expect(await received(requestId)).toMatchObject([{ repeated: false }, { repeated: true }]);
  });
});

async function fetched(queryId: string, by = connection): Promise<unknown> {
  const statement = await by.getResultsFromQueryId({ queryId, sqlText: "" });
  const rows: unknown[] = [];
  for await (const row of statement.streamRows()) rows.push(row);
  return rows;
}

it("moves files between folders and stages", async () => {
  const dir = mkdtempSync(join(tmpdir(), "medform-put-"));
  const stage = join(dir, "stage");
  writeFileSync(join(dir, "patients.csv"), "id\n1\n");
  const put = await execute(connection, `put file://${dir}/patients.csv @${stage}`);
  expect(put.rows).toMatchObject([{ source: "patients.csv", target: "patients.csv.gz", status: "UPLOADED" }]);
  expect(readdirSync(stage)).toEqual(["patients.csv.gz"]);
  expect(gunzipSync(readFileSync(join(stage, "patients.csv.gz"))).toString()).toBe("id\n1\n");
  const get = await execute(connection, `get @${stage}/patients.csv.gz file://${dir}`);
  expect(get.rows).toMatchObject([{ file: "patients.csv.gz", status: "DOWNLOADED" }]);
  expect(readdirSync(dir)).toContain("patients.csv.gz");
});

it("answers statements of different sessions beside one another", async () => {
  const held = await snowflake.hook({ on: "statement", matches: "^select 8$", effect: { kind: "pause" } });
  const sessions = await Promise.all(Array.from({ length: 8 }, () => connect(snowflake.login)));
  const answers = Promise.all(sessions.map((session) => execute(session, "select 8")));
  while ((await held.hits()) < 8);
  expect(await snowflake.load()).toEqual({ running: 8, peak: 8 });
  await held.release();
  expect(await answers).toHaveLength(8);
  await held.remove();
  await Promise.all(sessions.map(destroy));
});

it("takes for each statement the time that it is told", async () => {
  await snowflake.set({ latency: 40 });
  const started = performance.now();
  for (let i = 0; i < 3; i += 1) await execute(connection, "select 1");
  expect(performance.now() - started).toBeGreaterThan(115);
  await snowflake.set({ latency: 0 });
});

it("answers by DuckDB what it was told that a text means there, and nothing else", async () => {
  await using warehouse = await startSnowflake();
  const tagging = "alter session set QUERY_TAG = 'it''s'";
  await warehouse.know([
    { snowflake: "select count_if(x > 1) from t", duckdb: "select 42 as c" },
    { snowflake: tagging },
  ]);
  const session = await connect({ ...warehouse.login, warehouse: "REFRESH" });
  await execute(session, 'use warehouse "AUDIT"');
  await execute(session, tagging);
  expect((await execute(session, "select count_if(x > 1) from t")).rows).toEqual([{ C: 42 }]);
  expect(await refusal(execute(session, "select 1 + 1"))).toMatchObject({ code: "001003", sqlState: "42000" });
  expect((await warehouse.statements()).map(({ warehouse, queryTag }) => [warehouse, queryTag])).toEqual([
    ["REFRESH", null],
    ["AUDIT", null],
    ["AUDIT", "it's"],
    ["AUDIT", "it's"],
  ]);
  await destroy(session);
});
