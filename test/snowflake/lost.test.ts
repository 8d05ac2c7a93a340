/** What a lost session leaves at the service: its transaction, and the locks of it, which nobody is to wait for. */
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { ProblemError } from "../../src/graph/index.js";
import { accessFrom } from "../../src/warehouse/snowflake/access.js";
import { createPool, type Pool } from "../../src/warehouse/snowflake/pool.js";
import type { SnowflakeSession } from "../../src/warehouse/snowflake/session.js";
import { type SnowflakeServer, startSnowflake } from "../snowflake-server/client.js";
import { tell } from "./opened.js";

const table = '"EHR"."SILVER"."T"';
const count = `select count(*) as "N" from ${table}`;
const begun = { plainly: "begin", first: "begin name lost_1", next: "begin name lost_2" };
const anew = (n: number) => `insert overwrite into ${table} select ${n} as N`;
const more = `insert into ${table} select 2 as N`;
const whichSession = 'select current_session() as "ID"';

let snowflake: SnowflakeServer;
let pool: Pool;

beforeAll(async () => {
  snowflake = await startSnowflake();
});

beforeEach(async () => {
  await snowflake.reset();
  const { account, accessUrl, username, password } = snowflake.login;
  const settings = { account, accessUrl, user: username };
  pool = createPool({ access: accessFrom({ HOME: "/nonexistent", SNOWFLAKE_PASSWORD: password }, settings), size: 4 });
  const made = ['create database if not exists "EHR"', `create table ${table} (N number(38, 0))`];
  await tell(snowflake, ...made, ...Object.values(begun), ...[1, 3].map(anew), more);
  await snowflake.know([{ snowflake: whichSession }]);
  await using session = await pool.acquire();
  await session.run(made[0] ?? "");
  await session.run('create schema if not exists "EHR"."SILVER"');
  await session.run(made[1] ?? "");
});

afterAll(async () => {
  await snowflake[Symbol.asyncDispose]();
});

const fails = async (promise: Promise<unknown>) => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof ProblemError ? error.problems[0]?.code : error;
};

/** Its own, whose transaction the service keeps. */
async function loseOf(session: SnowflakeSession): Promise<void> {
  const [row] = await session.rows(whichSession);
  await snowflake.loseSession({ session: String(row?.ID), code: "390104", holdsTransaction: true });
}

it("is ended when it is rolled back, so that the next attempt does not wait for its locks", async () => {
  const first = await pool.acquire();
  await first.run(begun.first);
  await first.run(anew(1));
  await loseOf(first);
  expect(await fails(first.run(more))).toBe("connection-lost");
  expect(await fails(first.rows(count))).toBe("connection-lost");
  await first[Symbol.asyncDispose]();

  const again = await pool.acquire();
  const started = performance.now();
  await again.run(begun.next);
  await again.run(anew(3));
  await again.run("commit");
  expect(performance.now() - started).toBeLessThan(5_000);
  expect(await again.rows(count)).toEqual([{ N: 1 }]);
  await pool[Symbol.asyncDispose]();
});

it("leaves nothing to be carried out outside of it when the reading of rows finds out", async () => {
  const session = await pool.acquire();
  await session.run(begun.plainly);
  await loseOf(session);
  expect(await fails(session.rows(count))).toBe("connection-lost");
  expect(await fails(session.run(more))).toBe("connection-lost");
  await session.run("rollback");
  expect(await session.rows(count)).toEqual([{ N: 0 }]);
  await pool[Symbol.asyncDispose]();
});
