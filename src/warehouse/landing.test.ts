import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Session, Warehouse } from "./contract.js";
import { openDuckDb } from "./duckdb/open.js";
import { ensureLanding, ensureLandingLog, landingColumns } from "./landing.js";

const table = { database: "EHR", schema: "RAW", name: "SYNTHEA_PATIENTS" };
const provenance = ["_SOURCE_SYSTEM", "_BATCH_ID", "_FILE", "_ROW", "_LOADED_AT"];

describe("landing tables", () => {
  let warehouse: Warehouse;
  let session: Session;

  beforeAll(async () => {
    warehouse = await openDuckDb({ path: ":memory:", database: "EHR", holder: { command: "test" } });
    await warehouse.catalog.ensureSchemas([table]);
    session = await warehouse.session();
  });
  afterAll(() => warehouse[Symbol.asyncDispose]());

  const columns = async (name: string) => {
    const found = (await warehouse.catalog.relations()).find((info) => info.target.name === name);
    return found?.columns.map((column) => `${column.name} ${column.type}`);
  };

  it("hold source columns as text, upper case, then provenance, each name once", () => {
    const made = landingColumns(["Id", "START", "id", "_row", "_BATCH_ID"]);
    expect(made.map(({ name }) => name)).toEqual(["ID", "START", ...provenance]);
    expect(made.slice(0, 2).every(({ type }) => type === "varchar")).toBe(true);
  });

  it("are made where they are missing, and widened where a delivery has more columns", async () => {
    expect(await ensureLanding(session, table, ["ID", ...provenance])).toEqual({ created: true, added: [] });
    await session.run(`insert into "EHR"."RAW"."SYNTHEA_PATIENTS" (id, _row) values ('a', 1)`);
    expect(await ensureLanding(session, table, ["id"])).toEqual({ created: false, added: [] });
    expect(await ensureLanding(session, table, ["ID", 'A "B"', "SUFFIX"])).toEqual({
      created: false,
      added: ['A "B"', "SUFFIX"],
    });
    expect(await columns("SYNTHEA_PATIENTS")).toEqual([
      "ID VARCHAR",
      "_SOURCE_SYSTEM VARCHAR",
      "_BATCH_ID VARCHAR",
      "_FILE VARCHAR",
      "_ROW BIGINT",
      "_LOADED_AT TIMESTAMP",
      'A "B" VARCHAR',
      "SUFFIX VARCHAR",
    ]);
    const [row] = await session.rows('select id, suffix from "EHR"."RAW"."SYNTHEA_PATIENTS"');
    expect(Object.values(row ?? {})).toEqual(["a", null]);
  });

  it("are made within a transaction, and are gone with it", async () => {
    await using scope = await warehouse.publisher.open({});
    await ensureLanding(scope.session, { ...table, name: "OTHER" }, ["A"]);
    await scope.discard();
    expect(await columns("OTHER")).toBeUndefined();
  });

  it("have a log of files and of rejected lines", async () => {
    await ensureLandingLog(session, { database: "EHR", schema: "RAW" });
    await ensureLandingLog(session, { database: "EHR", schema: "RAW" });
    expect((await columns("LOADED_FILE"))?.length).toBe(11);
    expect((await columns("REJECTED_LINE"))?.length).toBe(7);
    expect((await columns("REPEATED_FILE"))?.length).toBe(6);
  });

  it("are found without a database name too", async () => {
    await using plain = await openDuckDb({ path: ":memory:", holder: { command: "test" } });
    await plain.catalog.ensureSchemas([{ schema: "RAW" }]);
    await using own = await plain.session();
    const target = { schema: "RAW", name: "T" };
    expect(await ensureLanding(own, target, ["A"])).toEqual({ created: true, added: [] });
    expect(await ensureLanding(own, target, ["A"])).toEqual({ created: false, added: [] });
    expect((await plain.catalog.relations()).map((info) => info.target)).toContainEqual(target);
  });
});
