/** The set-up that the documentation gives to an owner: what medform itself would make, and all that a runner needs. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import type { ProblemError } from "../../src/graph/index.js";
import { createLedger, openLedger, scanLedger, verifyLedger } from "../../src/ledger/index.js";
import type { SnowflakeOptions } from "../../src/warehouse/index.js";
import { createPending } from "../../src/warehouse/snowflake/statements.js";
import { createPublication } from "../../src/warehouse/snowflake/statements-catalog.js";
import { createLease } from "../../src/warehouse/snowflake/statements-lease.js";
import { startSnowflake } from "../snowflake-server/client.js";
import { ledgerPairs } from "../snowflake-server/pairs.js";
import { marker, planOf, relation } from "../warehouse/engines.js";
import { openOn, optionsFor, tell } from "./opened.js";

const page = readFileSync(resolve(import.meta.dirname, "../../docs/ledger.md"), "utf8");
const script = /## On Snowflake[\s\S]*?```sql\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
const statements = script
  .split(";\n")
  .map((text) => text.trim())
  .filter((text) => text !== "");

const tampering = [
  `update "EHR".MEDFORM.LEDGER set OUTCOME = 'x' where KIND = 'note'`,
  `delete from "EHR".MEDFORM.LEDGER where KIND = 'note'`,
];

describe("the set-up of the documentation", () => {
  it("makes the tables as medform makes them where nobody has", () => {
    const made = [...createLedger("EHR"), createLease("EHR"), createPublication("EHR"), createPending("EHR")];
    expect(made.filter((statement) => !statements.includes(statement))).toEqual([]);
  });

  it("lets a runner add to the ledger, and change nothing in it", async () => {
    await using server = await startSnowflake();
    await server.know(ledgerPairs("EHR"));
    await tell(server, ...statements, ...tampering);
    const as = (role: string) => ({ connection: { ...optionsFor(server).connection, role } });
    {
      await using owner = await openOn(server, { ...as("MEDFORM_OWNER"), readOnly: true });
      await using session = await owner.session();
      // The test Snowflake has grants on tables only.
      for (const statement of statements) if (!/ on schema /.test(statement)) await session.run(statement);
    }
    await server.forgetStatements();
    await using runner = await openOn(server, as("MEDFORM_RUNNER"));
    await using ledger = await openLedger(runner);
    const chain = await ledger.open("run", {});
    await chain.append([{ kind: "note", subject: "s", outcome: "o", at: new Date().toISOString(), body: {} }]);
    await chain.seal("succeeded");
    const made = (await server.statements()).filter(({ sqlText }) =>
      /^create (?:or replace )?(?:table|schema)\b/i.test(sqlText),
    );
    expect(made.map(({ sqlText }) => sqlText)).toEqual([]);

    await using scan = await scanLedger(runner);
    expect(await verifyLedger(scan.records(), await scan.heads())).toMatchObject({ verified: true, records: 4 });
    await using session = await runner.session();
    for (const statement of tampering) {
      const error = await session.run(statement).catch((thrown: unknown) => thrown);
      expect((error as ProblemError).problems?.[0]?.code).toBe("engine-permission");
    }
  });

  it("lets a loader load when a run was cut short, and leaves what that published to the next run", async () => {
    await using server = await startSnowflake();
    const read = 'select * from "EHR"."SILVER"."CUT"';
    await server.know(["select 1 as x", read].map((text) => ({ snowflake: text, duckdb: text })));
    const as = (role: string, more: Partial<SnowflakeOptions> = {}) =>
      openOn(server, { connection: { ...optionsFor(server).connection, role }, ...more });
    {
      await using owner = await as("MEDFORM_OWNER", { readOnly: true });
      await using session = await owner.session();
      for (const statement of readFileSync(resolve(import.meta.dirname, "../../docs/snowflake-setup.sql"), "utf8")
        .replaceAll(/^--.*$/gm, "")
        .replaceAll("EHR_PROD", "EHR")
        .split(/;\s*$/m)
        .map((text) => text.trim())) {
        if (!/^create (?:table|schema .*MEDFORM$)|^grant .* on table /.test(statement)) continue;
        await tell(server, statement);
        await session.run(statement);
      }
    }
    const built = relation("CUT", "select 1 as x");
    {
      await using runner = await as("MEDFORM_RUNNER");
      await runner.catalog.ensureSchemas([{ database: "EHR", schema: "SILVER" }]);
      const effect = { kind: "error", code: "000603", sqlState: "XX000" } as const;
      const hook = await server.hook({ on: "statement", matches: "rename to", effect });
      await using scope = await runner.publisher.open({}, planOf([built]));
      await scope.build(built, "create");
      await expect(scope.publish([marker("CUT", 1)])).rejects.toThrow();
      await hook.remove();
    }
    {
      await using _loader = await as("MEDFORM_LOADER", { publishes: false });
    }
    await using runner = await as("MEDFORM_RUNNER");
    await using session = await runner.session();
    expect(await session.rows(read)).toEqual([{ X: 1 }]);
  });
});
