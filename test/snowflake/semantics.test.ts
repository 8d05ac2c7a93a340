/** Where one text has two answers, the helpers of includes/ have one: Snowflake's documented one, on DuckDB too. */
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { denials } from "./deny/index.js";
import { dates, json, numbers, patterns, types, useWarehouse } from "./helpers.js";
import { openPolyglot, openSqlparser, type Parser } from "./parsers.js";
import { deniedInstead, table } from "./semantics-table.js";

let ask: (sql: string) => Promise<string | null>;
let parsers: readonly Parser[];
beforeAll(async () => {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  await connection.run("set timezone = 'Asia/Tokyo'");
  ask = async (sql) => {
    const [row] = (await connection.runAndReadAll(`select cast((${sql}) as varchar)`)).getRowsJson();
    return (row?.[0] ?? null) as string | null;
  };
  parsers = [await openSqlparser(), openPolyglot()];
});
afterAll(async () => {
  for (const parser of parsers) await parser[Symbol.asyncDispose]();
});
afterEach(() => useWarehouse("duckdb"));

/** The list of what was found to differ; each has a row. */
const differing = [
  "1/0",
  "integer /",
  "week difference",
  "date + interval",
  "date_trunc of a date",
  "edit distance",
  "concat with NULL",
  "concat_ws with NULL",
  "greatest and least with NULL",
  "order by x desc",
  "regexp_replace",
  "no match",
  "regexp_like",
  "listagg of nothing",
  "array_agg of nothing",
  "merge with duplicate source keys",
  "text of JSON",
  "timestamps",
  "a SEMI JOIN b",
  "date_diff('hour', …)",
  "flatten of JSON",
];

describe("what differs between the engines", () => {
  it("has a helper for each, or is denied", () => {
    const held = new Set([...table.map(({ of }) => of), ...Object.keys(deniedInstead)]);
    expect(differing.filter((each) => !held.has(each))).toEqual([]);
    const names = denials.map(({ name }) => name);
    expect(Object.values(deniedInstead).filter((name) => !names.includes(name))).toEqual([]);
  });

  it.each(table.map((row, i) => [`${i + 1} ${row.of}`, row] as const))(
    "%s: as Snowflake documents it",
    async (_, row) => {
      expect(await ask(row.said())).toBe(row.answer);
      useWarehouse("snowflake");
      const sql = row.said();
      expect(sql).toBe(row.snowflake);
      const statement = sql.startsWith("select") ? sql : `select ${sql}`;
      for (const parser of parsers)
        expect(`${parser.name}: ${await parser.parse(statement)}`).toBe(`${parser.name}: undefined`);
    },
  );
});

describe("a helper refuses when the project is compiled what it cannot say on both", () => {
  it.each([
    ["a part of a date", () => dates.plus("d", "1", "fortnight")],
    ["hours of a date", () => dates.plus("d", "1", "hour")],
    ["a part to cut to", () => dates.firstOf("hour", "d")],
    ["a part to count", () => dates.between("millisecond", "a", "b")],
    ["a token of a format", () => dates.formatted("d", "YYYY-Mon-DD")],
    ["a word in a format", () => dates.parsed("x", "YYYY at HH24")],
    ["an instant in another form", () => dates.at("2024-01-01")],
    ["a group without a number", () => patterns.matches("x", "(?:a|b)")],
    ["what lies ahead", () => patterns.finds("x", "a(?=b)")],
    ["a lazy quantifier", () => patterns.extracted("x", "a+?")],
    ["a back-reference", () => patterns.matches("x", "(a)\\1")],
    ["a class of Unicode", () => patterns.matches("x", "\\p{L}")],
    ["a backslash in brackets", () => patterns.matches("x", "[\\d.]")],
    ["alternatives that begin alike", () => patterns.extracted("x", "(m|mg)")],
    ["a group that is not there", () => patterns.extracted("x", "(a)", 2)],
    ["a replacement by a group that is not there", () => patterns.replaced("x", "(a)", "\\2")],
    ["a pattern that fits nothing at all", () => patterns.replaced("x", "a*", "b")],
    ["brackets that do not end", () => patterns.matches("x", "[a")],
    ["parentheses that do not end", () => patterns.matches("x", "(a")],
    ["a path that is none", () => json.text("x", ["a b"])],
    ["a type without one text", () => types.asText("x", "number")],
  ])("%s", (_, say) => {
    for (const warehouse of ["duckdb", "snowflake"]) {
      useWarehouse(warehouse);
      expect(say).toThrow();
    }
  });

  it("anything, for a warehouse that it does not know", () => {
    useWarehouse("bigquery");
    expect(() => numbers.greatest("1", "2")).toThrow(/bigquery/);
  });
});
