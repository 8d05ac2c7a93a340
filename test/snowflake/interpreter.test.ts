/** What the test Snowflake answers, without the wire: each meaning that medform builds on, against the interpreter itself. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type Answer,
  type Bind,
  createInterpreter,
  type Interpreter,
  type InterpreterSession,
  SnowflakeError,
} from "../snowflake-server/interpreter/index.js";

let interpreter: Interpreter;
let sessions = 0;

beforeEach(async () => {
  interpreter = await createInterpreter({ threads: 2 });
});
afterEach(() => interpreter.close());

interface Client {
  readonly session: InterpreterSession;
  run(sql: string, binds?: readonly (string | number | null)[], signal?: AbortSignal): Promise<Answer>;
  rows(sql: string, binds?: readonly (string | number | null)[]): Promise<readonly (readonly (string | null)[])[]>;
}

const bind = (value: string | number | null): Bind => ({
  type: typeof value === "number" ? "FIXED" : "TEXT",
  value: value === null ? null : String(value),
});

async function client(role = "RUNNER"): Promise<Client> {
  sessions += 1;
  const session = await interpreter.connect({
    id: String(sessions),
    user: "TESTER",
    role,
    warehouse: "WH",
    database: "EHR",
    schema: "PUBLIC",
  });
  const run = (sql: string, binds: readonly (string | number | null)[] = [], signal = new AbortController().signal) =>
    session.execute({
      sqlText: sql,
      binds: binds.map(bind),
      describeOnly: false,
      parameters: {},
      queryId: `q${Math.random()}`,
      signal,
    });
  return { session, run, rows: async (sql, binds) => (await run(sql, binds)).rows };
}

async function failing(work: Promise<unknown>): Promise<SnowflakeError> {
  const error = await work.then(
    () => undefined,
    (problem: unknown) => problem,
  );
  expect(error).toBeInstanceOf(SnowflakeError);
  return error as SnowflakeError;
}

/** A table of one number, with rows. */
async function table(of: Client, name: string, ...rows: readonly number[]) {
  await of.run('create schema if not exists "EHR"."S"');
  await of.run(`create table "EHR"."S"."${name}" ("K" number(38, 0), "V" varchar)`);
  for (const row of rows) await of.run(`insert into "EHR"."S"."${name}" ("K", "V") values (?, ?)`, [row, `v${row}`]);
}

export const keys = async (of: Client, name: string) =>
  (await of.rows(`select K from "EHR"."S"."${name}" order by K`)).map(([key]) => Number(key));

/** Whether work is still waiting after everything that could have gone on has. */
export async function waits(work: Promise<unknown>): Promise<boolean> {
  const waiting = Symbol("waiting");
  return (await Promise.race([work, new Promise((done) => setTimeout(() => done(waiting), 60))])) === waiting;
}

describe("texts", () => {
  it("answers what is known by its other rendering, bare or within a template", async () => {
    const one = await client();
    interpreter.know([{ snowflake: "  select snow as a, 'x' as b\n", duckdb: "select 1 as a, 'x' as b" }]);
    expect((await one.run("select snow as a, 'x' as b")).columns.map(({ name }) => name)).toEqual(["A", "B"]);
    expect(await one.rows("select count(*) as \"N\" from (\nselect snow as a, 'x' as b\n)")).toEqual([["1"]]);
    await one.run('create schema "EHR"."S"');
    await one.run('create or replace view "EHR"."S"."V" as\nselect snow as a, \'x\' as b');
    await one.run('create table "EHR"."S"."T" ("A" number(38, 0), "B" varchar)');
    const filled = await one.run('insert overwrite into "EHR"."S"."T" ("A", "B")\nselect snow as a, \'x\' as b');
    expect(filled.columns.map(({ name }) => name)).toEqual(["number of rows inserted"]);
    expect(filled.rows).toEqual([["1"]]);
    expect(await one.rows('select * from "EHR"."S"."V"')).toEqual([["1", "x"]]);
    expect(await one.rows('select A, B from "EHR"."S"."T"')).toEqual([["1", "x"]]);
  });

  it("follows names that were redirected to candidates", async () => {
    const one = await client();
    await table(one, "T", 1);
    await one.run('create or replace table "EHR"."S"."T$MEDFORM_C7" like "EHR"."S"."T" copy grants');
    interpreter.know([
      { snowflake: 'select x(K) from "EHR"."S"."T"', duckdb: 'select count(*) from "EHR"."S"."T" where "T".K > 0' },
    ]);
    expect(await one.rows('select x(K) from "EHR"."S"."T"')).toEqual([["1"]]);
    const redirected = await failing(one.run('select x(K) from "EHR"."S"."U$MEDFORM_C7"'));
    expect(redirected.code).toBe("001003");
  });

  it("refuses what is neither known nor a template, with its position", async () => {
    const one = await client();
    for (const sql of ["vacuum everything", "select listagg(a) from t", "select a / 2 from t"]) {
      const error = await failing(one.run(sql));
      expect([sql, error.code, error.sqlState]).toEqual([sql, "001003", "42000"]);
      expect(error.message).toMatch(/^SQL compilation error:\nsyntax error line 1 at position \d+ unexpected '/);
    }
  });
});
