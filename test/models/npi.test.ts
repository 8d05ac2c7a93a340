/** The check of a National Provider Identifier. */
import { createRequire } from "node:module";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, it } from "vitest";

(globalThis as { dataform?: unknown }).dataform = { projectConfig: { warehouse: "duckdb" } };
const npi = createRequire(import.meta.url)("../../includes/npi.js") as { isValid: (x: string) => string };

it.each([
  // The example of CMS's own paper on the check digit.
  ["1234567893", true],
  ["1234567890", false],
  ["1245319599", true],
  ["1245319590", false],
  // Two digits in each other's place.
  ["1234567983", false],
  // Luhn's formula holds, the first digit is neither 1 nor 2.
  ["3234567899", false],
  ["2234567891", true],
  ["123456789", false],
  ["12345678930", false],
  ["123456789X", false],
  ["", false],
  [null, null],
] as const)("%s: %s", async (text, isValid) => {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const x = text === null ? "cast(null as varchar)" : `'${text}'`;
  const rows = await connection.runAndReadAll(`select ${npi.isValid("x")} from (select ${x} as x) as sent`);
  expect(rows.getRowsJson()).toEqual([[isValid]]);
});
