import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { EngineError } from "../engineError.js";
import { problemOf, rewriteError } from "./errors.js";

/** As the driver hands it over. */
const raised = (code: string, sqlState: string, message: string) =>
  Object.assign(new Error(message), {
    code,
    sqlState,
    data: { queryId: "01b2", internalError: false, errorMessage: message },
  });

const sentinels = ["Ada-Lovelace-1815", "18151210"];

/** Errors as Snowflake words them, with the statement that met them and what is said of it. */
const known: readonly (readonly [
  code: string,
  state: string,
  text: string,
  sql: string,
  said: string,
  ours: string,
])[] = [
  [
    "100038",
    "22018",
    "Numeric value 'Ada-Lovelace-1815' is not recognized",
    "select name::number from P",
    "a value cannot be converted to NUMBER",
    "engine-conversion",
  ],
  [
    "100040",
    "22007",
    "Date 'Ada-Lovelace-1815' is not recognized",
    "select 1",
    "a value cannot be converted to DATE",
    "engine-conversion",
  ],
  [
    "100035",
    "22007",
    "Timestamp '18151210' is not recognized",
    "select 1",
    "a value cannot be converted to TIMESTAMP",
    "engine-conversion",
  ],
  [
    "100037",
    "22018",
    "Boolean value 'Ada-Lovelace-1815' is not recognized",
    "select 1",
    "a value cannot be converted to BOOLEAN",
    "engine-conversion",
  ],
  [
    "100039",
    "22003",
    "Numeric value '18151210' is out of range",
    "select 1",
    "a value is out of range",
    "engine-out-of-range",
  ],
  ["100051", "22012", "Division by zero", "select 1/0", "division by zero", "engine-division-by-zero"],
  [
    "100078",
    "22000",
    "String 'Ada-Lovelace-1815' is too long and would be truncated",
    "select 1",
    "a text is longer than its column",
    "engine-out-of-range",
  ],
  [
    "100072",
    "22000",
    "NULL result in a non-nullable column",
    "select 1",
    "a column that must not be NULL got a NULL",
    "engine-constraint",
  ],
  [
    "100090",
    "42P18",
    'Duplicate row detected during DML action\nRow Values: ["Ada-Lovelace-1815", 18151210]',
    "merge into t",
    "two rows of the source want to change the same row",
    "engine-constraint",
  ],
  [
    "100069",
    "22P02",
    "Error parsing JSON: Ada-Lovelace-1815",
    "select 1",
    "a function refused its input",
    "engine-invalid-input",
  ],
  [
    "100999",
    "22023",
    "Something of Ada-Lovelace-1815 that is new",
    "select 1",
    "a function refused its input",
    "engine-invalid-input",
  ],
  [
    "000904",
    "42000",
    "SQL compilation error: error line 2 at position 4\ninvalid identifier 'NOWHERE'",
    "select 1,\n    nowhere from P",
    "column NOWHERE does not exist here, at line 2, column 5 of the statement",
    "engine-binder",
  ],
  [
    "002003",
    "42S02",
    "SQL compilation error:\nObject 'EHR.SILVER.GONE' does not exist or not authorized.",
    'select * from "EHR"."SILVER"."GONE"',
    "relation EHR.SILVER.GONE does not exist, or the role may not see it",
    "engine-catalog",
  ],
  [
    "002003",
    "02000",
    "SQL compilation error:\nSchema 'EHR.GONE' does not exist or not authorized.",
    'create table "EHR"."GONE"."T" (a int)',
    "schema EHR.GONE does not exist, or the role may not see it",
    "engine-catalog",
  ],
  [
    "002002",
    "42710",
    "SQL compilation error:\nObject 'T' already exists.",
    "create table T (a int)",
    "relation T exists already",
    "engine-catalog",
  ],
  [
    "001003",
    "42000",
    "SQL compilation error:\nsyntax error line 1 at position 7 unexpected 'from'.",
    "select from P",
    "syntax error at from, at line 1, column 8 of the statement",
    "engine-syntax",
  ],
  [
    "001003",
    "42000",
    "SQL compilation error:\nsyntax error line 1 at position 14 unexpected '<EOF>'.",
    "select 1 from (",
    "syntax error at the end of the statement, at line 1, column 15 of the statement",
    "engine-syntax",
  ],
  [
    "002140",
    "42601",
    "SQL compilation error:\nUnknown function NO_SUCH",
    "select no_such(1)",
    "function NO_SUCH does not exist",
    "engine-catalog",
  ],
  [
    "001044",
    "42P13",
    "SQL compilation error: error line 1 at position 7\nInvalid argument types for function 'SUM': (VARCHAR(16777216))",
    "select sum(name) from P",
    "function SUM does not take these types, at line 1, column 8 of the statement",
    "engine-type-mismatch",
  ],
  [
    "000979",
    "42601",
    "SQL compilation error:\n[P.NAME] is not a valid group by expression",
    "select P.name, count(*) from P",
    "column P.NAME must be grouped by or aggregated",
    "engine-binder",
  ],
  [
    "003001",
    "42501",
    "SQL access control error:\nInsufficient privileges to operate on table 'P'",
    "insert into P values (1)",
    "the role may not do this",
    "engine-permission",
  ],
  [
    "000606",
    "57P03",
    "No active warehouse selected in the current session.",
    "select 1",
    "there is no warehouse to run on",
    "engine-compute",
  ],
  [
    "090073",
    "22000",
    "Warehouse 'W' cannot be resumed because resource monitor 'M' has exceeded its quota.",
    "select 1",
    "the warehouse cannot run: its resource monitor's quota is used up",
    "engine-compute",
  ],
  ["000604", "57014", "SQL execution canceled", "select 1", "the statement was cancelled", "cancelled"],
  [
    "000630",
    "57014",
    "Statement reached its statement or warehouse timeout of 10 second(s) and was canceled.",
    "select 1",
    "the statement took longer than it may",
    "engine-timeout",
  ],
  [
    "000625",
    "57014",
    "Statement '01b' has locked table 'T' in transaction 1 and this lock has not yet been released.",
    "insert into T select 1",
    "another transaction held the same table for as long as this waits",
    "lock-timeout",
  ],
  [
    "000625",
    "57014",
    "Statement '01b' has locked table 'T' in transaction 1 and this lock has not yet been released. Your statement '01c' was aborted because the number of waiters for this lock exceeds the 20 statements limit.",
    "insert into T select 1",
    "another transaction held the same table for too long",
    "conflict",
  ],
  [
    "000008",
    "0A000",
    "Actual statement count 2 did not match the desired statement count 1.",
    "select 1; select 2",
    "there are several statements where one is wanted",
    "engine-syntax",
  ],
  [
    "300002",
    "XX000",
    "Processing aborted due to error 300002:Ada-Lovelace-1815; incident 18151210.",
    "select 1",
    "an internal error of the engine",
    "engine-internal",
  ],
  ["999999", "", "Ada-Lovelace-1815", "select 1", "the engine failed", "engine-error"],
];

describe("errors of Snowflake", () => {
  it.each(known)("%s (%s)", (code, state, text, sql, said, ours) => {
    const error = rewriteError(raised(code, state, text), sql);
    expect(error.problems[0]).toMatchObject({ code: ours });
    expect(error.message.split("\n")[0]).toBe(said);
    const shown = [inspect(error, { depth: 9, showHidden: true }), JSON.stringify(error), String(error.cause)].join();
    for (const sentinel of sentinels) expect(shown).not.toContain(sentinel);
  });

  it("take a name only where the statement has it outside of its literals and comments", () => {
    const text = "SQL compilation error: error line 1 at position 7\ninvalid identifier 'LOVELACE'";
    const error = raised("000904", "42000", text);
    const hidden = "select 'Lovelace', 'it\\'s Lovelace', $$Lovelace$$ // Lovelace\n/* Lovelace */ -- Lovelace";
    expect(problemOf(error, hidden).message).not.toContain("LOVELACE");
    expect(problemOf(error, `${hidden}\n, lovelace`).message).toContain("column LOVELACE");
    expect(problemOf(error, `${hidden}\n, "LOVELACE"`).message).toContain("column LOVELACE");
  });

  it("count the place in the model's own text", () => {
    const sql = "insert overwrite into T\nselect a,\n  nowhere\nfrom P";
    const text = "SQL compilation error: error line 3 at position 2\ninvalid identifier 'NOWHERE'";
    const error = rewriteError(raised("000904", "42000", text), sql, 1);
    expect(error.message).toBe("column NOWHERE does not exist here, at line 2, column 3 of the statement");
    expect(error).toBeInstanceOf(EngineError);
    expect(error instanceof EngineError && error.place).toEqual({
      sql: "select a,\n  nowhere\nfrom P",
      line: 2,
      column: 3,
      message: "column NOWHERE does not exist here",
    });
    // In what was written around it, there is no place to tell.
    expect(rewriteError(raised("000904", "42000", text), sql, 3).message).toBe("column NOWHERE does not exist here");
  });

  it("take no place out of a value", () => {
    const text = "Numeric value 'error line 1 at position 5' is not recognized";
    expect(problemOf(raised("100038", "22018", text), "select 1").message).toBe(
      "a value cannot be converted to NUMBER",
    );
  });
});
