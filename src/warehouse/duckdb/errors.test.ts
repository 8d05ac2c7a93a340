import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ProblemError } from "../../graph/index.js";
import type { Session, Warehouse } from "../contract.js";
import { problemOf } from "./errors.js";
import { openDuckDb } from "./open.js";

/** Values that must never be seen: text, number, date; each also as the engine may print it. */
const sentinels = ["Ada-Lovelace-1815", "ada-lovelace-1815", "Lovelace", "18151210", "1815-12-10", "3141592653"];

const folder = mkdtempSync(join(tmpdir(), "medform-errors-"));
const csv = join(folder, "f.csv");

/** Statements that fail on the table `secret`, each for its own reason, with the code that they must get. */
const failing: readonly (readonly [sql: string, code: string])[] = [
  ["select cast(name as integer) from secret", "engine-conversion"],
  ["select cast(name as date) from secret", "engine-conversion"],
  ["select cast(name as timestamp) from secret", "engine-conversion"],
  ["select cast(name as timestamptz) from secret", "engine-conversion"],
  ["select cast(name as boolean) from secret", "engine-conversion"],
  ["select cast(name as uuid) from secret", "engine-conversion"],
  ["select cast(name as decimal(10, 2)) from secret", "engine-conversion"],
  ["select cast(name as integer[]) from secret", "engine-conversion"],
  ["select cast(name as struct(a integer)) from secret", "engine-conversion"],
  ["select cast(name as map(varchar, integer)) from secret", "engine-conversion"],
  ["select cast(name as enum('a', 'b')) from secret", "engine-conversion"],
  ["select cast(name as interval) from secret", "engine-conversion"],
  ["select cast(name as time) from secret", "engine-conversion"],
  ["select cast(name as blob) from (select '\\x' || name as name from secret)", "any"],
  ["select cast(name as bit) from secret", "engine-conversion"],
  ["select cast(n as tinyint) from secret", "engine-conversion"],
  ["select cast(n as decimal(4, 2)) from secret", "engine-conversion"],
  ["select cast(n * 1e30 as bigint) from secret", "engine-conversion"],
  ["select cast(name as json) from secret", "engine-conversion"],
  ["select json_extract(name, '$.a') from secret", "engine-invalid-input"],
  ['select json_transform(j, \'{"a": "INTEGER"}\') from secret', "any"],
  ['select from_json_strict(j, \'{"a": "INTEGER"}\') from secret', "any"],
  ["select json_extract('{\"a\":1}', name) from secret", "any"],
  ["select cast(j ->> '$.a' as integer) from secret", "engine-conversion"],
  ["select regexp_matches('x', '(' || name) from secret", "engine-invalid-input"],
  ["select regexp_extract(name, name || '[') from secret", "any"],
  ["select strptime(name, '%Y-%m-%d') from secret", "engine-invalid-input"],
  ["select strftime(d, name || '%Q') from secret", "any"],
  ["select date_trunc(name, d) from secret", "any"],
  ["select date_part(name, d) from secret", "any"],
  ["select date_diff(name, d, d) from secret", "any"],
  ["select d + to_days(n::integer * 1000) from (select d, 2000000000 as n from secret)", "any"],
  ["select error(name) from secret", "engine-invalid-input"],
  ["select error('Catalog Error: Table with name ' || name || ' does not exist!') from secret", "engine-invalid-input"],
  ["select error(name || E'\\n\\nLINE 1: select error\\n               ^') from secret", "engine-invalid-input"],
  ["select n * n * n * n * n from (select n::bigint as n from secret)", "engine-out-of-range"],
  ["select sum(n * 1000000000000) from (select n::hugeint * 100000000000000000000 as n from secret)", "any"],
  ["select abs(-128::tinyint - n::integer::smallint) from secret", "any"],
  ["select factorial(n::integer) from (select 3141592 as n)", "any"],
  ["select (select name from (values ('a'), ('Ada-Lovelace-1815')) as v(name))", "any"],
  ["select list_extract([1, 2], name::integer) from secret", "engine-conversion"],
  ["select struct_extract({'a': 1}, name) from secret", "any"],
  ["select {'a': name}.b from secret", "any"],
  ["select map([name, name], [1, 2]) from secret", "any"],
  ["select repeat(name, 3141592653000) from secret", "any"],
  ["select chr(n::integer) from (select 1815121000 as n from secret)", "any"],
  ["select format('{:d}', name) from secret", "any"],
  ["select printf('%d', name) from secret", "any"],
  ["select decode(name::blob || '\\xFF'::blob) from secret", "any"],
  ["select from_hex(name) from secret", "any"],
  ["select from_base64(name) from secret", "any"],
  ["select timezone(name, d::timestamp) from secret", "any"],
  ["select make_date(n::bigint, 1, 1) from secret", "any"],
  ["select nextval(name) from secret", "any"],
  ["select getvariable(name) from secret", "any"],
  ["select * from query(getvariable('TEXT'))", "any"],
  ["select * from read_text(getvariable('TEXT'))", "any"],
  ["insert into keyed select name from secret union all select name from secret", "engine-constraint"],
  ["insert into checked select name from secret", "engine-constraint"],
  ["insert into required select null", "engine-constraint"],
  ["insert into child select name from secret", "engine-constraint"],
  ["insert into typed select name from secret", "engine-conversion"],
  ["update typed set x = (select name from secret)", "engine-conversion"],
  ["create unique index i on (select name from secret)", "engine-syntax"],
  ["create unique index i on doubled (name)", "engine-constraint"],
  ["alter table doubled alter name type integer", "any"],
  ["alter table doubled add primary key (name)", "engine-constraint"],
  [`select * from read_csv('${csv}', columns = {'a': 'INTEGER', 'b': 'INTEGER'})`, "any"],
  [
    `select * from read_csv('${csv}', header = true, columns = {'a': 'DATE', 'b': 'VARCHAR'}, auto_detect = false)`,
    "any",
  ],
  [`select * from read_json('${csv}')`, "any"],
  [`select * from read_parquet('${csv}')`, "any"],
  [`copy typed from '${csv}'`, "any"],
  ["pivot secret on name using sum(nowhere)", "any"],
  ['select "NAME", nowhere from (pivot secret on name using count(*))', "engine-binder"],
  ["select 'Ada-Lovelace-1815'::integer", "engine-conversion"],
  ["select date '1815-12-10xx'", "any"],
  ["select * from secret where name = 'Ada-Lovelace-1815", "engine-syntax"],
  ["select 'Ada-Lovelace-1815' 'Lovelace' from secret", "engine-syntax"],
  ["select nowhere from secret where name = 'Ada-Lovelace-1815'", "engine-binder"],
  ["select name from secret group by n having name = 'Lovelace'", "engine-binder"],
  ["select * from secret where name in ('Ada-Lovelace-1815', 18151210::date)", "any"],
  ["select 18151210 + 'Lovelace'", "any"],
  ["select upper('Ada-Lovelace-1815', 18151210)", "engine-binder"],
  ["call pragma_table_info('Ada-Lovelace-1815')", "engine-catalog"],
  ["set threads = 'Ada-Lovelace-1815'", "any"],
  ["set Lovelace_setting = 'Ada-Lovelace-1815'", "any"],
  ["attach 'Ada-Lovelace-1815/x.db' as y", "any"],
  ["load 'Ada-Lovelace-1815'", "any"],
];

/** Everything that a careless writer could print of an error. */
function allText(error: unknown): string {
  const shown = inspect(error, { depth: 10, showHidden: true });
  const parts = error instanceof Error ? [error.message, error.stack ?? "", String(error.cause ?? "")] : [];
  return [shown, String(error), JSON.stringify(error), ...parts].join("\n");
}

describe("errors of the engine", () => {
  let warehouse: Warehouse;
  let session: Session;

  beforeAll(async () => {
    writeFileSync(csv, "a,b\nAda-Lovelace-1815,18151210\n1,2,Ada-Lovelace-1815\n");
    warehouse = await openDuckDb({ path: ":memory:", database: "EHR", holder: { command: "test" } });
    session = await warehouse.session();
    for (const sql of [
      "create schema S",
      'use "EHR".S',
      `create table secret as select 'Ada-Lovelace-1815' as name, 3141592653 as n, date '1815-12-10' as d, '{"a": "Ada-Lovelace-1815"}' as j`,
      "create table doubled as select name from secret union all select name from secret",
      "create table keyed (x varchar primary key)",
      "create table child (x varchar references keyed (x))",
      "create table checked (x varchar check (length(x) < 3))",
      "create table required (x varchar not null)",
      "create table typed (x integer)",
      "insert into typed select 1",
      "set variable TEXT = 'Ada-Lovelace-1815'",
    ]) {
      await session.run(sql);
    }
  });

  afterAll(async () => {
    await warehouse[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(failing)("%s", async (sql, code) => {
    for (const way of ["run", "rows", "binds", "stream"] as const) {
      const error = await attempt(session, sql, way);
      if (error === undefined) {
        // Some are no error on this engine; they stand here because a later one may refuse them.
        expect(way === "run" ? code : "any").toBe("any");
        continue;
      }
      expect(error).toBeInstanceOf(ProblemError);
      const text = allText(error).replaceAll("Lovelace_setting", "");
      for (const sentinel of sentinels) expect(text).not.toContain(sentinel);
      expect((error as ProblemError).cause).toBeUndefined();
      const [problem] = (error as ProblemError).problems;
      if (code !== "any" && way !== "binds") expect(problem?.code).toBe(code);
    }
  });

  it("fails for most of these statements indeed", async () => {
    let failed = 0;
    for (const [sql] of failing) if ((await attempt(session, sql, "run")) !== undefined) failed += 1;
    expect(failed).toBeGreaterThan(failing.length * 0.8);
  });

  it("does not let a bound value out", async () => {
    for (const value of ["Ada-Lovelace-1815", 18151210, 3141592653n]) {
      const error = await session
        .rows("select cast(cast(? as varchar) || 'x' as integer) as x", [value])
        .catch((e: unknown) => e);
      expect(error).toBeInstanceOf(ProblemError);
      for (const sentinel of sentinels) expect(allText(error)).not.toContain(sentinel);
    }
  });

  it.each([
    ["select nowhere from secret", "column nowhere does not exist here, at line 1, column 8 of the statement"],
    [
      "select\n  1,\n  s.nowhere\nfrom secret s",
      "column nowhere does not exist here, at line 3, column 3 of the statement",
    ],
    ['select * from "EHR"."S"."GONE"', "relation GONE does not exist, at line 1, column 15 of the statement"],
    ["select no_such_function(1)", "function no_such_function does not exist, at line 1, column 8 of the statement"],
    [
      "select cast(name as date) from secret",
      "a value cannot be converted to DATE (column name), at line 1, column 8 of the statement",
    ],
    ["selec 1", "syntax error at selec, at line 1, column 1 of the statement"],
    ["select 1 from (select 2", "syntax error at the end of the statement"],
    ["select sum(name) from secret", "function sum does not take these types, at line 1, column 8 of the statement"],
    ["insert into keyed select 'a' union all select 'a' union all select 'a'", "a constraint of a table is violated"],
  ])("says what and where: %s", async (sql, message) => {
    const error = await attempt(session, sql, "rows");
    expect(error).toBeInstanceOf(ProblemError);
    expect((error as ProblemError).message).toBe(message);
  });

  it("keeps nothing of what it does not know", () => {
    expect(problemOf(new Error("Novel Error: Ada-Lovelace-1815"), "select 1")).toEqual({
      code: "engine-error",
      message: "the engine failed",
    });
    expect(problemOf(new Error("Binder Error: something with Ada-Lovelace-1815"), "select 1").message).toBe(
      "the statement does not fit the tables that it reads",
    );
    expect(problemOf("Ada-Lovelace-1815", "select 1").message).toBe("the engine failed");
    // A name counts as one only where the statement has it outside of its literals and comments.
    const sql = "select 'Lovelace' as x, $$Lovelace$$, E'\\'Lovelace' -- Lovelace\n/* Lovelace */";
    const error = new Error('Binder Error: Referenced column "Lovelace" not found in FROM clause!');
    expect(problemOf(error, sql).message).not.toContain("Lovelace");
    expect(problemOf(error, `${sql}, "Lovelace"`).message).toContain("Lovelace");
  });
});

async function attempt(session: Session, sql: string, way: "run" | "rows" | "binds" | "stream"): Promise<unknown> {
  try {
    if (way === "run") await session.run(sql);
    if (way === "rows") await session.rows(sql);
    if (way === "binds") await session.rows(`select * from (${sql}) where ? = 1`, [1]);
    if (way === "stream") for await (const _ of session.stream(sql));
    return undefined;
  } catch (error) {
    return error;
  }
}
