/** The set-up that the documentation gives to an owner: what medform itself would make, and all that a runner needs. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import type { ProblemError } from "../../src/graph/index.js";
import { createLedger, openLedger, scanLedger, verifyLedger } from "../../src/ledger/index.js";
import { createPending } from "../../src/warehouse/snowflake/statements.js";
import { createPublication } from "../../src/warehouse/snowflake/statements-catalog.js";
import { createLease } from "../../src/warehouse/snowflake/statements-lease.js";
import { startSnowflake } from "../snowflake-server/client.js";
import { openOn, optionsFor } from "./opened.js";
import { ledgerPairs } from "./twice.js";

const page = readFileSync(resolve(import.meta.dirname, "../../docs/ledger.md"), "utf8");
const script = /## On Snowflake[\s\S]*?```sql\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
const statements = script
  .split(";\n")
  .map((text) => text.trim())
  .filter((text) => text !== "");

describe("the set-up of the documentation", () => {
  it("makes the tables as medform makes them where nobody has", () => {
    const made = [...createLedger("EHR"), createLease("EHR"), createPublication("EHR"), createPending("EHR")];
    expect(made.filter((statement) => !statements.includes(statement))).toEqual([]);
  });

  it("lets a runner add to the ledger, and change nothing in it", async () => {
    await using server = await startSnowflake();
    await server.know(ledgerPairs("EHR"));
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
    for (const tampering of [
      `update "EHR".MEDFORM.LEDGER set OUTCOME = 'x' where KIND = 'note'`,
      `delete from "EHR".MEDFORM.LEDGER where KIND = 'note'`,
    ]) {
      const error = await session.run(tampering).catch((thrown: unknown) => thrown);
      expect((error as ProblemError).problems?.[0]?.code).toBe("engine-permission");
    }
  });
});
