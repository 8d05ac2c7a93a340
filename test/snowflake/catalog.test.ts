/** The catalog of a project on Snowflake, in as many statements as for nothing. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ProblemError } from "../../src/graph/index.js";
import type { Warehouse } from "../../src/warehouse/index.js";
import { type SnowflakeServer, startSnowflake } from "../snowflake-server/client.js";
import { openOn } from "./opened.js";

let server: SnowflakeServer;
let warehouse: Warehouse;

beforeAll(async () => {
  server = await startSnowflake();
  warehouse = await openOn(server);
});
afterAll(async () => {
  await warehouse[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const texts = async () => (await server.statements()).map(({ sqlText }) => sqlText);

describe("the catalog on Snowflake", () => {
  it("makes only what is missing, and once", async () => {
    const schemas = ["SILVER", "GOLD", "SILVER"].map((schema) => ({ database: "EHR", schema }));
    await Promise.all([warehouse.catalog.ensureSchemas(schemas), warehouse.catalog.ensureSchemas(schemas)]);
    const made = (await texts()).filter((text) => /^create schema/.test(text));
    expect(made.sort()).toEqual([
      'create schema if not exists "EHR"."GOLD"',
      'create schema if not exists "EHR"."MEDFORM"',
      'create schema if not exists "EHR"."SILVER"',
    ]);
  });

  it("says relations, columns, types and comments in a constant number of statements", async () => {
    await using session = await warehouse.session();
    const statementsOfCatalog = async () => {
      await server.forgetStatements();
      const relations = await warehouse.catalog.relations();
      return { relations, count: (await texts()).length };
    };
    const before = await statementsOfCatalog();
    for (let i = 0; i < 20; i += 1) {
      await session.run(
        `create or replace table "EHR"."SILVER"."T${i}" ("ID" NUMBER(38,0) comment 'by whom it is known', "Mixed" VARCHAR, "AT" TIMESTAMP_NTZ(9), "DAY" DATE) comment = 'one of many'`,
      );
    }
    const after = await statementsOfCatalog();
    expect(after.count).toBe(before.count);
    expect(after.relations.length).toBe(before.relations.length + 20);
    expect(after.relations.find(({ target }) => target.name === "T3")).toMatchObject({
      target: { database: "EHR", schema: "SILVER", name: "T3" },
      kind: "table",
      description: "one of many",
      columns: [
        { name: "ID", type: "NUMBER(38,0)", description: "by whom it is known" },
        { name: "Mixed", type: "VARCHAR(16777216)", description: "" },
        { name: "AT", type: "TIMESTAMP_NTZ(9)" },
        { name: "DAY", type: "DATE" },
      ],
    });
  });

  it("says which database is missing, and makes none", async () => {
    const error = await warehouse.catalog
      .ensureSchemas([{ database: "ELSEWHERE", schema: "S" }])
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ProblemError);
    expect((error as ProblemError).problems[0]).toMatchObject({ code: "database-missing" });
    expect((error as ProblemError).message).toContain('"ELSEWHERE"');
    expect((await texts()).filter((text) => /create database/i.test(text))).toEqual([]);
  });

  it("needs no snapshots, and has its own words for JSON", async () => {
    expect(warehouse.engine).toBe("snowflake");
    expect(warehouse.engineVersion).toMatch(/^\d/);
    const error = await warehouse.snapshots.take({ keep: 1 }).catch((thrown: unknown) => thrown);
    expect((error as ProblemError).problems[0]?.code).toBe("snapshot-not-needed");
    await using session = await warehouse.session();
    const json = warehouse.jsonText("T", ["a", "b"]);
    const text = (said: string) => `select ${said} as "X" from (values (?), (?), (?)) as v(T)`;
    await server.know([{ snowflake: text(json), duckdb: text(`json_extract_string(try_cast(T as json), '$.a.b')`) }]);
    const rows = await session.rows(text(json), ['{"a":{"b":"x"}}', '{"a":{"b":null}}', "no json"]);
    expect(rows.map(({ X }) => X)).toEqual(["x", null, null]);
  });
});
