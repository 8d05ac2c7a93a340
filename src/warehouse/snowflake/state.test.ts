import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { requestIdOf } from "./requestId.js";
import { onlyReads, SessionState, transactionWord } from "./state.js";

describe("what a statement leaves in its session", () => {
  const left = (...statements: readonly string[]) => {
    const state = new SessionState();
    for (const sql of statements) state.note(sql);
    return { temporaries: [...state.temporaries], tainted: state.tainted };
  };

  it.each([
    'create temporary table "EHR"."S"."T$1" like "EHR"."S"."T"',
    "-- why\nselect 1",
    "/* why */ (select 1)",
    "merge into T using S on a = b when matched then delete",
    "begin name run_1",
    "begin transaction",
    "commit",
    "alter table T add column x int",
    "show transactions",
  ])("is nothing that cannot be undone: %s", (sql) => expect(left(sql).tainted).toBe(false));

  it.each([
    "alter session set TIMEZONE = 'Europe/Berlin'",
    "use role ACCOUNTADMIN",
    "set X = 1",
    "call do_something()",
    "execute immediate 'select 1'",
    "begin let x := 1; return x; end",
    "something new",
  ])("may be anything: %s", (sql) => expect(left(sql).tainted).toBe(true));

  it("is a temporary relation, under the name that it was made by", () => {
    expect(
      left(
        'create or replace temporary table "A"."B"."c "".d" (x int)',
        "create temp view if not exists V as select 1",
        "create local temporary stage db.s.STAGE",
        "create transient table T (temporary int)",
        "select 'create temporary table X'",
      ).temporaries,
    ).toEqual([
      ['"A"."B"."c "".d"', "table"],
      ["V", "view"],
      ["db.s.STAGE", "stage"],
    ]);
  });

  it("knows where a transaction begins and ends", () => {
    for (const sql of [
      "begin",
      "BEGIN TRANSACTION;",
      "begin work",
      "begin name x$1",
      "start transaction name y",
      "-- c\nbegin",
    ]) {
      expect(transactionWord(sql)).toBe("begin");
    }
    expect(transactionWord("commit work")).toBe("commit");
    expect(transactionWord(" rollback ;")).toBe("rollback");
    for (const sql of [
      "begin insert into T select 1; end",
      "commit_it()",
      "select 'commit'",
      "insert into rollback select 1",
    ]) {
      expect(transactionWord(sql)).toBeUndefined();
    }
  });

  it("knows what may be carried out twice", () => {
    for (const sql of [
      "select 1",
      "with a as (select 1) select * from a",
      "show tables",
      "(select 1)",
      "use warehouse W",
    ]) {
      expect(onlyReads(sql)).toBe(true);
    }
    for (const sql of [
      "insert into T select 1",
      "create table T (a int)",
      "merge into T",
      "call p()",
      "copy into T from @s",
    ]) {
      expect(onlyReads(sql)).toBe(false);
    }
  });
});

describe("request ids", () => {
  it("are the same every time, UUIDs of version 5, and of no two statements alike", () => {
    expect(requestIdOf("run-1/EHR.GOLD.A/1", 1)).toBe(requestIdOf("run-1/EHR.GOLD.A/1", 1));
    const seen = new Map<string, string>();
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 1_000 }), (seed, ordinal) => {
        const id = requestIdOf(seed, ordinal);
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        const key = JSON.stringify([seed, ordinal]);
        expect(seen.get(id) ?? key).toBe(key);
        seen.set(id, key);
      }),
    );
  });
});
