import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDuckDb, type Session, type Warehouse } from "../warehouse/index.js";
import { openLedger } from "./ledger.js";
import { exportLine, scanLedger } from "./scan.js";
import { verifyLedger } from "./verify.js";

describe("a ledger whose main chain is read in parts", () => {
  const runs = 70;
  let warehouse: Warehouse;
  let session: Session;

  beforeAll(async () => {
    warehouse = await openDuckDb({ path: ":memory:", database: "EHR", holder: { command: "test" } });
    session = await warehouse.session();
    await using ledger = await openLedger(warehouse);
    for (let run = 0; run < runs; run += 1) {
      const chain = await ledger.open("run", {});
      await chain.append([{ kind: "discard", subject: "a", outcome: "discarded", at: "t", body: { text: "\u2028é" } }]);
      await chain.seal("succeeded");
    }
  });
  afterAll(() => warehouse[Symbol.asyncDispose]());

  const verdict = async () => {
    await using scan = await scanLedger(warehouse);
    return await verifyLedger(scan.records(), await scan.heads());
  };

  it("verifies, and is read whole and in order", async () => {
    expect(await verdict()).toEqual({ verified: true, records: 3 * runs + 1, chains: runs + 1, interrupted: 0 });
    await using scan = await scanLedger(warehouse);
    const main: string[] = [];
    for await (const group of scan.records()) main.push(...group.filter((r) => r.chain === "main").map((r) => r.seq));
    expect(main.length).toBe(2 * runs + 1);
    expect(main).toEqual(main.toSorted());
  });

  it.each(["", "zzz", "00000064", "00000065", "99999999"])(
    "leaves out no record, numbered %j as it may be",
    async (seq) => {
      await session.run("begin transaction");
      await session.run(`create table EHR.MEDFORM.KEPT as from EHR.MEDFORM.LEDGER`);
      await session.run(
        `insert into EHR.MEDFORM.LEDGER select * replace (? as "SEQ") from EHR.MEDFORM.LEDGER limit 1`,
        [seq],
      );
      await session.run("commit");
      expect((await verdict()).verified).toBe(false);
      await session.run("begin transaction");
      await session.run("delete from EHR.MEDFORM.LEDGER");
      await session.run("insert into EHR.MEDFORM.LEDGER from EHR.MEDFORM.KEPT");
      await session.run("drop table EHR.MEDFORM.KEPT");
      await session.run("commit");
      expect((await verdict()).verified).toBe(true);
    },
  );

  it("is exported with a record on each line, whoever ends lines where", async () => {
    await using scan = await scanLedger(warehouse);
    for await (const group of scan.records()) {
      for (const record of group) {
        const line = exportLine(record);
        expect(line.slice(0, -1)).not.toMatch(/[\n\r\u2028\u2029]/);
        expect(Object.values(JSON.parse(line) as object)).toEqual(Object.values(record));
      }
    }
  });
});
