/** The set-up script of docs, read by two parsers, and held to what medform itself would make. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { createLedger } from "../../src/ledger/index.js";
import { createPending } from "../../src/warehouse/snowflake/statements.js";
import { createPublication } from "../../src/warehouse/snowflake/statements-catalog.js";
import { createLease } from "../../src/warehouse/snowflake/statements-lease.js";
import { createStage } from "../../src/warehouse/snowflake/statements-load.js";
import { openPolyglot, openSqlparser } from "./parsers.js";

const script = readFileSync(resolve(import.meta.dirname, "../../docs/snowflake-setup.sql"), "utf8");
const statements = script
  .replaceAll(/^--.*$/gm, "")
  .split(/;\s*$/m)
  .map((text) => text.trim())
  .filter((text) => text !== "");

/** What one of the two does not know; the other one reads it. */
const unknownTo: Readonly<Record<string, readonly RegExp[]>> = {
  sqlparser: [
    /^alter account /,
    /^(create|alter) warehouse /,
    /^create resource monitor /,
    /^grant create (table|view|stage) on schema /,
  ],
  polyglot: [/^grant \w+ on future (tables|views) in schema /],
};

it("is read by both parsers", async () => {
  await using sqlparser = await openSqlparser();
  await using polyglot = openPolyglot();
  const complaints: string[] = [];
  for (const parser of [sqlparser, polyglot]) {
    for (const statement of statements) {
      if (unknownTo[parser.name]?.some((form) => form.test(statement))) continue;
      const complaint = await parser.parse(statement);
      if (complaint !== undefined) complaints.push(`${parser.name}: ${statement}: ${complaint}`);
    }
  }
  expect(complaints).toEqual([]);
  expect(statements.length).toBeGreaterThan(80);
  for (const statement of statements) {
    const readers = Object.values(unknownTo).filter((forms) => !forms.some((form) => form.test(statement)));
    expect(readers, statement).not.toEqual([]);
  }
});

it("makes tables and stage of MEDFORM as medform makes them where nobody has", () => {
  const made = new Set(statements.map((statement) => statement.replaceAll("EHR_PROD.", '"EHR_PROD".')));
  const ledger = createLedger("EHR_PROD").find((statement) => statement.includes("MEDFORM.LEDGER ("));
  for (const each of [ledger, createLease("EHR_PROD"), createPublication("EHR_PROD"), createPending("EHR_PROD")])
    expect(made).toContain(each);
  expect(made).toContain(createStage("EHR_PROD"));
  // Not made from a query, so that it can be run again.
  const heads = createLedger("EHR_PROD").find((statement) => statement.includes("LEDGER_HEAD"));
  const [, values = ""] = /values (.*)\) as v/.exec(heads ?? "") ?? [];
  expect(values).toContain("'seal'");
  expect(statements.find((statement) => statement.startsWith("insert into EHR_PROD.MEDFORM.LEDGER_HEAD"))).toContain(
    values,
  );
});

it("keeps bound values, of which one is a secret, out of what the history of statements shows", () => {
  expect(statements).toContain("alter account set allow_bind_values_access = false");
});

it("gives nobody but its owner the right to change or remove a record", () => {
  const grants = statements.filter((statement) => /^grant .* on table EHR_PROD\.MEDFORM\.LEDGER to /.test(statement));
  expect(grants.length).toBe(3);
  for (const grant of grants) expect(grant).toMatch(/^grant select(, insert)? on table /);
  expect(script).not.toMatch(/grant (role )?ownership on schema EHR_PROD\.MEDFORM|grant all/i);
  expect(
    statements.filter((statement) => statement.includes("MEDFORM_READER") && /insert|update|delete/.test(statement)),
  ).toEqual([]);
});
