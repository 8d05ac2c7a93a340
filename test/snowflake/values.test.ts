/** The same values from both engines: what a reader of rows gets does not depend on where they lie. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { openDuckDb, type Session, type Warehouse } from "../../src/warehouse/index.js";
import { accessFrom } from "../../src/warehouse/snowflake/access.js";
import { createPool, type Pool } from "../../src/warehouse/snowflake/pool.js";
import { type SnowflakeServer, startSnowflake } from "../snowflake-server/client.js";

let snowflake: SnowflakeServer;
let pool: Pool;
let warehouse: Warehouse;
let there: Session;
let here: Session;

beforeAll(async () => {
  snowflake = await startSnowflake();
  warehouse = await openDuckDb({ path: ":memory:", holder: { command: "test" } });
  const { account, accessUrl, username, password } = snowflake.login;
  const access = accessFrom(
    { HOME: "/nonexistent", SNOWFLAKE_PASSWORD: password },
    { account, accessUrl, user: username },
  );
  pool = createPool({ access, size: 1 });
  [there, here] = [await pool.acquire(), await warehouse.session()];
});

afterAll(async () => {
  await pool[Symbol.asyncDispose]();
  await warehouse[Symbol.asyncDispose]();
  await snowflake[Symbol.asyncDispose]();
});

it.each([
  ["0", 0],
  ["-42", -42],
  ["9007199254740991", 9007199254740991],
  ["9007199254740992", 9007199254740992n],
  ["cast('-9223372036854775808' as bigint)", -9223372036854775808n],
  ["cast(3.50 as decimal(10, 2))", 3.5],
  ["cast(-0.001 as decimal(10, 3))", -0.001],
  ["cast('123456789012345678.123' as decimal(21, 3))", "123456789012345678.123"],
  ["cast(0.1 as double)", 0.1],
  ["cast(1e300 as double)", 1e300],
  ["true", true],
  ["false", false],
  ["cast(null as boolean)", null],
  ["cast(null as decimal(10, 2))", null],
  ["cast(null as timestamp)", null],
  ["cast(null as varchar)", null],
  ["''", ""],
  ["'Größe ''x'' \t €'", "Größe 'x' \t €"],
  ["date '2024-02-29'", "2024-02-29"],
  ["date '1815-12-10'", "1815-12-10"],
  ["date '0001-01-01'", "0001-01-01"],
  ["date '9999-12-31'", "9999-12-31"],
  ["time '03:04:05'", "03:04:05"],
  ["time '23:59:59.120'", "23:59:59.12"],
  ["timestamp '2024-01-02 03:04:05'", "2024-01-02T03:04:05"],
  ["timestamp '2024-01-02 03:04:05.120'", "2024-01-02T03:04:05.12"],
  ["timestamp '1815-12-10 00:00:00.000001'", "1815-12-10T00:00:00.000001"],
  ["timestamptz '2024-07-01 12:00:00.5+02:00'", "2024-07-01T10:00:00.5Z"],
  ["from_hex('00ff10')", "00ff10"],
  [
    'cast(\'{"b": 12345678901234567890, "a": [1.50, null]}\' as json)',
    '{"b": 12345678901234567890, "a": [1.50, null]}',
  ],
])("%s", async (expression, value) => {
  const duckdb = `select ${expression} as "X"`;
  const text = `select ${expression} as "X" /* on Snowflake */`;
  await snowflake.know([{ snowflake: text, duckdb }]);
  expect(await here.rows(duckdb)).toEqual([{ X: value }]);
  expect(await there.rows(text)).toEqual([{ X: value }]);
});

it("tells no telemetry of what they were", async () => {
  expect(await snowflake.requests()).not.toHaveProperty("POST /telemetry/send");
});
