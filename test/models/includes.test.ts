/** The helpers that models call: what their SQL answers, and that they refuse what they cannot say. */
import { createRequire } from "node:module";
import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { afterEach, beforeAll, describe, expect, it } from "vitest";

interface Types {
  readonly instant: (x: string, zone: string) => string;
  readonly day: (x: string, zone: string) => string;
  readonly localDate: (x: string, zone: string) => string;
  readonly asText: (x: string, type: string) => string;
  readonly monthsBefore: (date: string, months: number) => string;
  readonly hours: (seconds: string) => string;
}
interface Keys {
  readonly hash: (...parts: readonly string[]) => string;
}

const require = createRequire(import.meta.url);
const useWarehouse = (warehouse: string) => {
  (globalThis as { dataform?: unknown }).dataform = { projectConfig: { warehouse } };
};
useWarehouse("duckdb");
const types = require("../../includes/types.js") as Types;
const keys = require("../../includes/keys.js") as Keys;
afterEach(() => useWarehouse("duckdb"));

let ask: (sql: string) => Promise<string | null>;
beforeAll(async () => {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  // Nothing may hang on the zone of the session.
  await connection.run("set timezone = 'Asia/Tokyo'");
  ask = async (sql) => {
    const [row] = (await connection.runAndReadAll(`select cast(${sql} as varchar)`)).getRowsJson();
    return (row?.[0] ?? null) as string | null;
  };
});

const quoted = (text: string | null) => (text === null ? "cast(null as varchar)" : `'${text.replaceAll("'", "''")}'`);
const newYork = "'America/New_York'";

describe("times", () => {
  const read: readonly (readonly [text: string, instant: string | null, day: string | null])[] = [
    ["2023-01-27T16:17:47Z", "2023-01-27 16:17:47", "2023-01-27"],
    ["2023-01-27T02:17:47Z", "2023-01-27 02:17:47", "2023-01-26"],
    ["2023-07-01T23:30:00-04:00", "2023-07-02 03:30:00", "2023-07-01"],
    ["2023-01-27T16:17:47.125+05:30", "2023-01-27 10:47:47.125", "2023-01-27"],
    ["2023-01-27 16:17:47", "2023-01-27 21:17:47", "2023-01-27"],
    ["2023-07-27T16:17:47", "2023-07-27 20:17:47", "2023-07-27"],
    ["2023-01-27", "2023-01-27 05:00:00", "2023-01-27"],
    ["2023-07-01", "2023-07-01 04:00:00", "2023-07-01"],
    ["2023-02-30", null, null],
    ["01/27/2023", null, null],
    ["1674836267", null, null],
    ["20230127", null, null],
    ["abcd-ef-gh", null, null],
    ["2023-01-27Tnoon", null, null],
  ];
  it.each(read)("reads %s as an instant in UTC and a day in New York", async (text, instant, day) => {
    expect(await ask(types.instant(quoted(text), newYork))).toBe(instant);
    expect(await ask(types.day(quoted(text), newYork))).toBe(day);
  });

  it("knows the day of an instant on both sides of a change of clocks", async () => {
    expect(await ask(types.localDate("timestamp '2023-03-12 04:59:59'", newYork))).toBe("2023-03-11");
    expect(await ask(types.localDate("timestamp '2023-11-05 04:00:00'", newYork))).toBe("2023-11-05");
    expect(await ask(types.localDate("timestamp '2023-11-06 04:30:00'", newYork))).toBe("2023-11-05");
  });
});

describe("spans", () => {
  it("go back whole months, to the last day of a month that is too short", async () => {
    expect(await ask(types.monthsBefore("date '2024-08-31'", 6))).toBe("2024-02-29");
    expect(await ask(types.monthsBefore("date '2023-08-31'", 6))).toBe("2023-02-28");
    expect(await ask(types.monthsBefore("date '2024-06-30'", 6))).toBe("2023-12-30");
    useWarehouse("snowflake");
    expect(types.monthsBefore("d", 6)).toBe("dateadd('month', -6, d)");
  });

  it("keep the fraction of an hour", async () => {
    expect(await ask(types.hours("cast(1200 as bigint)"))).toBe("0.3333333333333333");
  });
});

describe("hashes", () => {
  it("differ where the parts differ, however they are split, NULL and nothing included", async () => {
    const part = fc.option(fc.constantFrom("", "a", "1:a", "-", "a-", ":", "é", "11", "1"), { nil: null });
    await fc.assert(
      fc.asyncProperty(
        fc.array(part, { minLength: 3, maxLength: 3 }),
        fc.array(part, { minLength: 3, maxLength: 3 }),
        async (a, b) => {
          const one = await ask(keys.hash(...a.map((x) => `nullif(${quoted(x)}, 'no such part')`)));
          const other = await ask(keys.hash(...b.map((x) => `nullif(${quoted(x)}, 'no such part')`)));
          expect(one === other).toBe(JSON.stringify(a) === JSON.stringify(b));
          expect(one).toMatch(/^[0-9a-f]{32}$/);
        },
      ),
      { numRuns: 200 },
    );
  });

  it("are the same for a literal and for a value", async () => {
    expect(await ask(keys.hash("'patient'", "'x'"))).toBe(await ask(keys.hash("trim('patient ')", "'x'")));
  });
});

describe("engines", () => {
  it("refuse a warehouse for which a helper has no words, and a type without one text", () => {
    expect(() => types.asText("x", "number")).toThrow(/number/);
    useWarehouse("bigquery");
    expect(() => types.localDate("x", newYork)).toThrow(/bigquery/);
  });
});
