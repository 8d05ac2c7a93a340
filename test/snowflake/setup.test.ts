/** The set-up that the documentation gives to an owner is what medform itself would make. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { createLedger } from "../../src/ledger/index.js";
import { createPending } from "../../src/warehouse/snowflake/statements.js";
import { createPublication } from "../../src/warehouse/snowflake/statements-catalog.js";
import { createLease } from "../../src/warehouse/snowflake/statements-lease.js";

it("makes the tables as medform makes them where nobody has", () => {
  const page = readFileSync(resolve(import.meta.dirname, "../../docs/ledger.md"), "utf8");
  const made = [...createLedger("EHR"), createLease("EHR"), createPublication("EHR"), createPending("EHR")];
  expect(made.filter((statement) => !page.includes(`\n${statement};\n`))).toEqual([]);
});
