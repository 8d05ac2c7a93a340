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
  /** A statement that is medform's, or known: nothing else is answered. */
  send(sql: string): Promise<Answer>;
  /** A statement of the test's own, which is made known as such before it is sent. */
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
  const send = (sql: string, binds: readonly (string | number | null)[] = [], signal = new AbortController().signal) =>
    session.execute({
      sqlText: sql,
      binds: binds.map(bind),
      describeOnly: false,
      parameters: {},
      queryId: `q${Math.random()}`,
      signal,
    });
  const run: Client["run"] = (sql, binds, signal) => {
    interpreter.know([{ snowflake: sql }]);
    return send(sql, binds, signal);
  };
  return { session, send, run, rows: async (sql, binds) => (await run(sql, binds)).rows };
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

const keys = async (of: Client, name: string) =>
  (await of.rows(`select K from "EHR"."S"."${name}" order by K`)).map(([key]) => Number(key));

/** Whether work is still waiting after everything that could have gone on has. */
async function waits(work: Promise<unknown>): Promise<boolean> {
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
    await one.run('create or replace table "EHR"."S"."T$medform_c7_13e6b7e8" like "EHR"."S"."T" copy grants');
    interpreter.know([
      {
        snowflake: 'select x(p.K) from "EHR"."S"."T" as p -- T',
        duckdb: 'select count(*), \'"EHR"."S"."T"\' from "EHR"."S"."T" as p where p.K > 0',
      },
    ]);
    expect(await one.rows('select x(p.K) from "EHR"."S"."T" as p -- T')).toEqual([["1", '"EHR"."S"."T"']]);
    expect(await one.rows('select x(p.K) from "EHR"."S"."T$medform_c7_13e6b7e8" as p -- T')).toEqual([
      ["0", '"EHR"."S"."T"'],
    ]);
    expect((await failing(one.run('select x(K) from "EHR"."S"."U$medform_c7_13e6b7e8"'))).code).toBe("001003");
  });

  it("follows them where the statement calls a candidate by the relation's own name", async () => {
    const one = await client();
    await table(one, "T", 1);
    await one.run('create or replace table "EHR"."S"."T$medform_c7_13e6b7e8" like "EHR"."S"."T" copy grants');
    interpreter.know([
      { snowflake: 'select x("T".K) from "EHR"."S"."T"', duckdb: 'select count("T".K) from "EHR"."S"."T"' },
      {
        snowflake: 'select y("EHR"."S"."T".K) from "EHR"."S"."T"',
        duckdb: 'select count("EHR"."S"."T".K) from "EHR"."S"."T"',
      },
    ]);
    const called = '"EHR"."S"."T$medform_c7_13e6b7e8" as "T"';
    const answers = async (sql: string) => (await one.send(sql)).rows;
    expect(await answers('select x("T".K) from "EHR"."S"."T"')).toEqual([["1"]]);
    expect(await answers(`select x("T".K) from ${called}`)).toEqual([["0"]]);
    expect(await answers(`select y("T".K) from ${called}`)).toEqual([["0"]]);
    expect((await failing(one.send(`select x("T".V) from ${called}`))).code).toBe("001003");
  });
});

describe("transactions", () => {
  it("are seen by others when they commit, and undone by a rollback", async () => {
    const [one, other] = [await client(), await client()];
    await table(one, "T", 1);
    await one.run("begin name FIRST");
    await one.run('insert into "EHR"."S"."T" ("K") values (2)');
    await one.run('update "EHR"."S"."T" set K = K + 10 where K = 1');
    await one.run('delete from "EHR"."S"."T" where K = 2');
    expect(await keys(one, "T")).toEqual([11]);
    expect(await keys(other, "T")).toEqual([1]);
    await one.run("rollback");
    expect(await keys(one, "T")).toEqual([1]);
    await one.run("begin transaction");
    await one.run('insert into "EHR"."S"."T" ("K") values (3)');
    await one.run("commit");
    expect(await keys(other, "T")).toEqual([1, 3]);
  });

  it("read what others committed since they began", async () => {
    const [one, other] = [await client(), await client()];
    await table(one, "T", 1);
    await table(one, "U");
    await one.run("begin");
    await one.run('insert into "EHR"."S"."U" ("K") values (1)');
    expect(await keys(one, "T")).toEqual([1]);
    await other.run('insert into "EHR"."S"."T" ("K") values (2)');
    expect(await keys(one, "T")).toEqual([1, 2]);
    await one.run("commit");
  });

  it("are committed by DDL", async () => {
    const [one, other] = [await client(), await client()];
    await table(one, "T", 1);
    await one.run("begin name A");
    await one.run('insert into "EHR"."S"."T" ("K") values (2)');
    await one.run('create table "EHR"."S"."U" ("K" number(38, 0))');
    await one.run("rollback");
    expect(await keys(other, "T")).toEqual([1, 2]);
  });

  it("live on after a statement that failed, which leaves nothing", async () => {
    const one = await client();
    await table(one, "T", 1);
    await one.run("begin");
    await one.run('insert into "EHR"."S"."T" ("K") values (2)');
    expect(
      (await failing(one.run('insert into "EHR"."S"."T" ("K") values (3), (cast(? as number(38, 0)))', ["x"]))).code,
    ).toBe("100038");
    expect(
      (await failing(one.run('insert overwrite into "EHR"."S"."T" ("K") select "NO" from "EHR"."S"."T"'))).code,
    ).toBe("000904");
    await one.run('insert into "EHR"."S"."T" ("K") values (4)');
    await one.run("commit");
    expect(await keys(one, "T")).toEqual([1, 2, 4]);
  });

  it("show what they changed through views, and through views of views", async () => {
    const [one, other] = [await client(), await client()];
    await table(one, "T", 1);
    await one.run('create view "EHR"."S"."V" as select K as "K" from "EHR"."S"."T"');
    await one.run('create view "EHR"."S"."W" as select "K" from "EHR"."S"."V"');
    await one.run("begin");
    await one.run('insert overwrite into "EHR"."S"."T" ("K") select K + 5 from "EHR"."S"."T"');
    expect(await keys(one, "W")).toEqual([6]);
    await one.run('insert into "EHR"."S"."T" ("K") values (7)');
    expect(await keys(one, "W")).toEqual([6, 7]);
    expect(await keys(other, "W")).toEqual([1]);
    await one.run("commit");
    expect(await keys(other, "W")).toEqual([6, 7]);
  });

  it("leave alone what a text gives a relation's name", async () => {
    const one = await client();
    await table(one, "T", 1);
    await one.run(
      'create view "EHR"."S"."W" as with T as (select K from "EHR"."S"."T"), w as (select K from T) select 0 as Z, W, K from (select K, 0 as W from w) as x where K is distinct from W',
    );
    await one.run('use schema "EHR"."S"');
    await one.run("begin");
    await one.run('insert into "EHR"."S"."T" (K) values (2)');
    expect(await keys(one, "W")).toEqual([1, 2]);
    expect(await one.rows("with T as (select 5 as K) select K from T")).toEqual([["5"]]);
    expect(await one.rows("select count(*) as N from T")).toEqual([["2"]]);
  });

  it("write tables of two databases", async () => {
    const one = await client();
    await one.run("use database OTHER");
    await one.run('create table "OTHER"."PUBLIC"."T" ("K" number(38, 0))');
    await table(one, "T", 1);
    await one.run("begin");
    await one.run('insert into "OTHER"."PUBLIC"."T" ("K") values (1)');
    await one.run('delete from "EHR"."S"."T" where K = 1');
    await one.run("commit");
    expect(await one.rows('select count(*) as N from "OTHER"."PUBLIC"."T"')).toEqual([["1"]]);
    expect(await keys(one, "T")).toEqual([]);
  });

  it("are listed, and aborted by others, also when their session is gone", async () => {
    const [lost, other] = [await client(), await client()];
    await table(other, "T", 1);
    await lost.run("begin name MEDFORM_0_7_1F");
    await lost.run('insert overwrite into "EHR"."S"."T" ("K") values (9)');
    const shown = await other.run("show transactions");
    expect(shown.columns.map(({ name }) => name)).toEqual([
      "id",
      "user",
      "session",
      "name",
      "started_on",
      "state",
      "scope",
    ]);
    expect(shown.rows.map((row) => row[3])).toEqual(["MEDFORM_0_7_1F"]);
    const waiting = other.run('insert into "EHR"."S"."T" ("K") values (2)');
    expect(await waits(waiting)).toBe(true);
    const third = await client();
    await third.run(`select system$abort_transaction(${shown.rows[0]?.[0]})`);
    await waiting;
    expect(await keys(third, "T")).toEqual([1, 2]);
    expect((await third.run("show transactions")).rows).toEqual([]);
    await lost.run("commit");
    expect(await keys(third, "T")).toEqual([1, 2]);
  });

  it("are stopped at their running statement when they are aborted", async () => {
    const [one, other] = [await client(), await client()];
    await one.run("begin name LONG");
    const running = failing(one.run("select system$wait(60)"));
    const [row] = await other.rows("show transactions");
    await other.run(`select system$abort_transaction(${row?.[0]})`);
    expect((await running).code).toBe("000604");
  });

  it("are rolled back when their session closes", async () => {
    const [one, other] = [await client(), await client()];
    await table(one, "T", 1);
    await one.run("begin");
    await one.run('delete from "EHR"."S"."T"');
    await one.session.close();
    expect(await keys(other, "T")).toEqual([1]);
    await other.run('delete from "EHR"."S"."T"');
  });
});

describe("locks", () => {
  it("let changes of one table wait for another transaction, and inserts not for each other", async () => {
    const [one, other] = [await client(), await client()];
    await table(one, "T", 1);
    await one.run("begin");
    await one.run('insert into "EHR"."S"."T" ("K") values (2)');
    await other.run('insert into "EHR"."S"."T" ("K") values (3)');
    expect(await keys(other, "T")).toEqual([1, 3]);
    const update = other.run('update "EHR"."S"."T" set K = K * 10');
    expect(await waits(update)).toBe(true);
    await one.run("commit");
    expect((await update).rows).toEqual([["3", "0"]]);
    expect(await keys(one, "T")).toEqual([10, 20, 30]);
  });

  it("let one of two that take a row at once have it", async () => {
    const [one, other] = [await client(), await client()];
    await table(one, "T", 1);
    const take = 'update "EHR"."S"."T" set V = ? where K = 1 and V = \'v1\'';
    const taken = await Promise.all([one.run(take, ["a"]), other.run(take, ["b"])]);
    expect(taken.map(({ rows }) => rows[0]?.[0]).sort()).toEqual(["0", "1"]);
  });

  it("are waited for no longer than the session says, and 20 may wait", async () => {
    const [one, other] = [await client(), await client()];
    await table(one, "T", 1);
    await one.run("begin");
    await one.run('delete from "EHR"."S"."T"');
    await other.run("alter session set lock_timeout = 0");
    const error = await failing(other.run('delete from "EHR"."S"."T"'));
    expect([error.code, error.sqlState]).toEqual(["000625", "57014"]);
    const many = await Promise.all(Array.from({ length: 21 }, () => client()));
    const waiting = many.map((each) =>
      each.run('delete from "EHR"."S"."T"').then(
        () => "done",
        (problem) => problem.code,
      ),
    );
    expect(await Promise.race(waiting)).toBe("000625");
    await one.run("commit");
    expect((await Promise.all(waiting)).filter((outcome) => outcome === "done")).toHaveLength(20);
  });
});

describe("changes", () => {
  it("are counted by kind, as the driver adds them up", async () => {
    const one = await client();
    await table(one, "T", 1, 2);
    const merged = await one.run(
      'merge into "EHR"."S"."T" as t using (select 1 as K union all select 5 as K) as s on t.K = s.K when matched then update set t.V = ? when not matched then insert (K, V) values (s.K, ?)',
      ["u", "i"],
    );
    expect(merged.columns.map(({ name }) => name)).toEqual(["number of rows inserted", "number of rows updated"]);
    expect(merged.rows).toEqual([["1", "1"]]);
    expect(merged.statementTypeId).toBe(0x3400);
    const updated = await one.run(
      'update "EHR"."S"."T" as t set V = s.V from (select 5 as K, \'z\' as V) as s where s.K = t.K',
    );
    expect([updated.statementTypeId, updated.rows]).toEqual([0x3200, [["1", "0"]]]);
    const deleted = await one.run('delete from "EHR"."S"."T" as t using (select 1 as K) as s where t.K = s.K');
    expect([deleted.statementTypeId, deleted.rows]).toEqual([0x3300, [["1"]]]);
    const inserted = await one.run('insert into "EHR"."S"."T" select K, V from "EHR"."S"."T"');
    expect([inserted.statementTypeId, inserted.rows]).toEqual([0x3100, [["2"]]]);
  });

  it("refuse a merge in which two rows are for one", async () => {
    const one = await client();
    await table(one, "T", 1);
    const merge = (matched: string) =>
      `merge into "EHR"."S"."T" as t using (select 1 as K, 'a' as V union all select 1 as K, 'b' as V) as s on t.K = s.K ${matched}`;
    const error = await failing(one.run(merge("when matched then update set V = s.V")));
    expect(error.code).toBe("100090");
    expect((await one.run(merge("when matched and s.V = 'b' then update set V = s.V"))).rows).toEqual([["1"]]);
    expect((await one.run(merge("when not matched then insert (K, V) values (s.K, s.V)"))).rows).toEqual([["0"]]);
  });

  it("refuse an update in which two rows are for one, where the session says so", async () => {
    const one = await client();
    await table(one, "T", 1);
    const update =
      'update "EHR"."S"."T" as t set V = s.V from (select 1 as K, ? as V union all select 1 as K, ? as V) as s where s.K = t.K';
    expect((await one.run(update, ["a", "b"])).rows).toEqual([["1", "1"]]);
    await one.run("alter session set ERROR_ON_NONDETERMINISTIC_UPDATE = true, TIMEZONE = 'UTC'");
    expect((await failing(one.run(update, ["a", "b"]))).code).toBe("100090");
  });

  it("of a table that is overwritten read it as it was", async () => {
    const one = await client();
    await table(one, "T", 1, 2);
    await one.run('insert overwrite into "EHR"."S"."T" ("K") select K + 1 from "EHR"."S"."T"');
    expect(await keys(one, "T")).toEqual([2, 3]);
  });

  it("take rows bound at once", async () => {
    const one = await client();
    await table(one, "T");
    const sqlText = 'insert into "EHR"."S"."T" (K, V) values (?, ?)';
    interpreter.know([{ snowflake: sqlText }]);
    const answer = await one.session.execute({
      sqlText,
      binds: [
        { type: "FIXED", value: ["1", "2"] },
        { type: "TEXT", value: ["it's", null] },
      ],
      describeOnly: false,
      parameters: {},
      queryId: "q",
      signal: new AbortController().signal,
    });
    expect(answer.rows).toEqual([["2"]]);
    expect(await one.rows('select K, V from "EHR"."S"."T" order by K')).toEqual([
      ["1", "it's"],
      ["2", null],
    ]);
  });
});

describe("relations", () => {
  it("swap with all that they have", async () => {
    const one = await client();
    await table(one, "T", 1);
    await one.run(
      'create or replace table "EHR"."S"."C" ("N" number(38, 0) comment \'it\'\'s\') comment = \'new \\\\ one\'',
    );
    await one.run('comment on table "EHR"."S"."T" is \'old\'');
    await one.run('alter table "EHR"."S"."T" swap with "EHR"."S"."C"');
    expect(await keys(one, "C")).toEqual([1]);
    const comments = 'select TABLE_NAME, COMMENT from "EHR".information_schema.tables order by TABLE_NAME';
    expect(await one.rows(comments)).toEqual([
      ["C", "old"],
      ["T", "new \\ one"],
    ]);
    expect(
      await one.rows("select COLUMN_NAME, COMMENT, DATA_TYPE from information_schema.columns where TABLE_NAME = ?", [
        "T",
      ]),
    ).toEqual([["N", "it's", "NUMBER"]]);
    await one.run('create transient table "EHR"."S"."X" ("N" number(38, 0))');
    expect((await failing(one.run('alter table "EHR"."S"."T" swap with "EHR"."S"."X"'))).code).toBe("002119");
  });

  it("are made like others, from others, and under another name", async () => {
    const one = await client();
    await table(one, "T", 1);
    await one.run('create table "EHR"."S"."L" like "EHR"."S"."T"');
    await one.run('create or replace table "EHR"."S"."C" clone "EHR"."S"."T" copy grants');
    expect([await keys(one, "L"), await keys(one, "C")]).toEqual([[], [1]]);
    await one.run('alter table "EHR"."S"."C" rename to "EHR"."S"."D"');
    await one.run('alter table "EHR"."S"."D" add column "AT" timestamp_ntz(9)');
    await one.run('alter table "EHR"."S"."D" drop column "V"');
    await one.run('drop table if exists "EHR"."S"."C"');
    expect(
      await one.rows(
        "select COLUMN_NAME, DATA_TYPE from information_schema.columns where TABLE_NAME = 'D' order by ORDINAL_POSITION",
      ),
    ).toEqual([
      ["K", "NUMBER"],
      ["AT", "TIMESTAMP_NTZ"],
    ]);
  });

  it("are of one session where they are temporary, and hide what they are named like", async () => {
    const [one, other] = [await client(), await client()];
    await table(one, "T", 1);
    await one.run('create or replace temporary table "EHR"."S"."T" like "EHR"."S"."T"');
    await one.run("begin");
    await one.run('insert into "EHR"."S"."T" (K) values (7)');
    expect([await keys(one, "T"), await keys(other, "T")]).toEqual([[7], [1]]);
    await one.run("rollback");
    expect(await keys(one, "T")).toEqual([]);
    await one.run('drop table "EHR"."S"."T"');
    expect(await keys(one, "T")).toEqual([1]);
  });

  it("stay where one that should replace them cannot be made", async () => {
    const one = await client();
    await table(one, "T", 1);
    await failing(one.run('create or replace table "EHR"."S"."T" as select "NO" from "EHR"."S"."T"'));
    expect(await keys(one, "T")).toEqual([1]);
    await one.run('create view "EHR"."S"."V" as select K from "EHR"."S"."T"');
    expect((await failing(one.run('create or replace view "EHR"."S"."T" as select 1 as K'))).code).toBe("001998");
  });

  it("let roles do what was granted to them", async () => {
    const [owner, runner] = [await client("OWNER"), await client("RUNNER")];
    await table(owner, "LEDGER", 1);
    await owner.run('grant select, insert on table "EHR"."S"."LEDGER" to role RUNNER');
    await runner.run('insert into "EHR"."S"."LEDGER" (K) values (2)');
    expect(await keys(runner, "LEDGER")).toEqual([1, 2]);
    for (const sql of [
      'delete from "EHR"."S"."LEDGER"',
      'update "EHR"."S"."LEDGER" set K = 0',
      'insert overwrite into "EHR"."S"."LEDGER" (K) values (1)',
    ]) {
      expect([sql, (await failing(runner.run(sql))).code]).toEqual([sql, "003001"]);
    }
    await owner.run('delete from "EHR"."S"."LEDGER"');
  });
});

describe("sessions", () => {
  it("have variables, which texts read", async () => {
    const [one, other] = [await client(), await client()];
    await one.run("set (MEDFORM_RUN, MEDFORM_NOTHING) = (select ?, ?)", ["it's", null]);
    const read = "select getvariable('MEDFORM_RUN') as A, getvariable('MEDFORM_NOTHING') as B";
    interpreter.know([{ snowflake: read, duckdb: read }]);
    expect([await one.rows(read), await other.rows(read)]).toEqual([[["it's", null]], [[null, null]]]);
    expect((await failing(one.run("set (A) = (select ?)", ["x".repeat(257)]))).message).toContain("256");
  });

  it("say who they are", async () => {
    const one = await client();
    const answer = await one.run("select current_session(), current_role() as R, current_version()");
    expect(answer.columns.map(({ name }) => name)).toEqual(["CURRENT_SESSION()", "R", "CURRENT_VERSION()"]);
    expect(answer.rows).toEqual([[String(sessions), "RUNNER", "9.99.0"]]);
    await one.run("use role OTHER");
    expect(await one.rows("select current_role()")).toEqual([["OTHER"]]);
  });

  it("cancel a statement and go on", async () => {
    const one = await client();
    interpreter.know([
      {
        snowflake: "select forever",
        duckdb: "select count(*) from range(100000000) as a(x), range(100000000) as b(y) where x * y % 7 = 3",
      },
    ]);
    const abort = new AbortController();
    const running = failing(one.run("select forever", [], abort.signal));
    setTimeout(() => abort.abort(), 20);
    const error = await running;
    expect([error.code, error.sqlState]).toEqual(["000604", "57014"]);
    expect(await one.rows("select 1 as A")).toEqual([["1"]]);
  });
});

describe("answers", () => {
  it("have types and digits as the wire does", async () => {
    const one = await client();
    interpreter.know([
      {
        snowflake: "select all types",
        duckdb: `select 12345678901234567890123456789012345678::hugeint as h, 1.50::decimal(10, 2) as d, 0.1::double as f, true as b,
          date '1969-12-31' as day, timestamp '1970-01-01 00:00:01.5' as at, timestamp '1969-12-31 23:59:58.5' as before,
          'x' as t, null::varchar as n, time '00:00:01' as tm, '\\xAB'::blob as bin, [1, 2] as l, '{"a": 1}'::json as j`,
      },
    ]);
    const answer = await one.run("select all types");
    expect(answer.columns.map(({ type }) => type)).toEqual([
      "fixed",
      "fixed",
      "real",
      "boolean",
      "date",
      "timestamp_ntz",
      "timestamp_ntz",
      "text",
      "text",
      "time",
      "binary",
      "array",
      "variant",
    ]);
    expect(answer.columns[1]).toMatchObject({ precision: 10, scale: 2 });
    expect(answer.rows).toEqual([
      [
        "12345678901234567890123456789012345678",
        "1.50",
        "0.1",
        "1",
        "-1",
        "1.500000000",
        "-1.500000000",
        "x",
        null,
        "1.000000000",
        "AB",
        "[1,2]",
        '{"a": 1}',
      ],
    ]);
  });

  it("keep 38 digits in a table", async () => {
    const one = await client();
    await table(one, "T", 1);
    const large = "12345678901234567890123456789012345678";
    await one.run(`insert into "EHR"."S"."T" (K) values (${large})`);
    await one.run("begin");
    await one.run(`insert into "EHR"."S"."T" (K) values (${large})`);
    await one.run("commit");
    expect(await one.rows('select K from "EHR"."S"."T" where K > 1')).toEqual([[large], [large]]);
  });

  it("keep 38 digits in a table that others insert into", async () => {
    const [one, other] = [await client(), await client()];
    await table(one, "T", 1);
    await one.run("begin");
    await one.run('insert into "EHR"."S"."T" (K) values (5)');
    await other.run('insert into "EHR"."S"."T" (K) values (12345678901234567890123456789012345678)');
    await one.run("commit");
    expect(await one.rows('select max(K) as M, count(K) as N from "EHR"."S"."T"')).toEqual([
      ["12345678901234567890123456789012345678", "3"],
    ]);
  });

  it("are described without being carried out", async () => {
    const one = await client();
    await table(one, "T", 1);
    const describe = (sqlText: string) => {
      interpreter.know([{ snowflake: sqlText }]);
      return one.session.execute({
        sqlText,
        binds: [],
        describeOnly: true,
        parameters: {},
        queryId: "q",
        signal: new AbortController().signal,
      });
    };
    expect(
      (await describe('select K, V as "v" from "EHR"."S"."T"')).columns.map(({ name, type }) => [name, type]),
    ).toEqual([
      ["K", "fixed"],
      ["v", "text"],
    ]);
    await describe('delete from "EHR"."S"."T"');
    await describe('drop table "EHR"."S"."T"');
    expect(await keys(one, "T")).toEqual([1]);
  });

  it("are the errors of Snowflake", async () => {
    const one = await client();
    await table(one, "T", 1);
    await one.run('create table "EHR"."S"."STRICT" ("K" number(38, 0) not null)');
    interpreter.know([{ snowflake: "select zero", duckdb: "select error('Division by zero')" }]);
    const cases: readonly (readonly [string, string, string])[] = [
      ['select * from "EHR"."S"."NO"', "002003", "42S02"],
      ['select * from "EHR"."NO"."T"', "002003", "02000"],
      ['insert into "EHR"."S"."NO" (K) values (1)', "002003", "42S02"],
      ['drop table "EHR"."S"."NO"', "002003", "42S02"],
      ['create table "EHR"."S"."T" ("K" number(38, 0))', "002002", "42710"],
      ["select zero", "100051", "22012"],
      ["select cast('x' as number(38, 0))", "100038", "22018"],
      ["select cast('x' as date)", "100040", "22007"],
      ['select "NO" from "EHR"."S"."T"', "000904", "42000"],
      ['insert into "EHR"."S"."STRICT" (K) values (null)', "100072", "22000"],
      ['drop view "EHR"."S"."T"', "002203", "02000"],
    ];
    for (const [sql, code, sqlState] of cases) {
      const error = await failing(one.run(sql));
      expect([sql, error.code, error.sqlState]).toEqual([sql, code, sqlState]);
    }
  });
});
