import { expect, it } from "vitest";
import * as sql from "./statements-catalog.js";

it("asks for the whole catalog in these statements", () => {
  const all = [
    sql.databases("EHR"),
    sql.schemas(["EHR", 'OF "US"']),
    sql.relations(["EHR", 'OF "US"']),
    sql.columns(["EHR", 'OF "US"']),
    sql.createSchema("EHR", "SILVER"),
    sql.ownTables("EHR"),
    sql.createPublication("EHR"),
  ];
  expect(all.join("\n\n")).toMatchInlineSnapshot(`
    "select DATABASE_NAME as "DATABASE" from "EHR".information_schema.databases

    select CATALOG_NAME as "DATABASE", SCHEMA_NAME as "SCHEMA" from "EHR".information_schema.schemata
    union all
    select CATALOG_NAME as "DATABASE", SCHEMA_NAME as "SCHEMA" from "OF ""US""".information_schema.schemata

    select TABLE_CATALOG as "DATABASE", TABLE_SCHEMA as "SCHEMA", TABLE_NAME as "NAME", TABLE_TYPE as "KIND", ROW_COUNT as "ROWS", BYTES as "BYTES", IS_TRANSIENT as "TRANSIENT", CLUSTERING_KEY as "CLUSTERING", COMMENT as "DESCRIPTION" from "EHR".information_schema.tables where TABLE_SCHEMA <> 'INFORMATION_SCHEMA'
    union all
    select TABLE_CATALOG as "DATABASE", TABLE_SCHEMA as "SCHEMA", TABLE_NAME as "NAME", TABLE_TYPE as "KIND", ROW_COUNT as "ROWS", BYTES as "BYTES", IS_TRANSIENT as "TRANSIENT", CLUSTERING_KEY as "CLUSTERING", COMMENT as "DESCRIPTION" from "OF ""US""".information_schema.tables where TABLE_SCHEMA <> 'INFORMATION_SCHEMA'

    select TABLE_CATALOG as "DATABASE", TABLE_SCHEMA as "SCHEMA", TABLE_NAME as "RELATION", COLUMN_NAME as "NAME", DATA_TYPE as "TYPE", CHARACTER_MAXIMUM_LENGTH as "LENGTH", NUMERIC_PRECISION as "PRECISION", NUMERIC_SCALE as "SCALE", DATETIME_PRECISION as "FRACTION", COMMENT as "COMMENT", ORDINAL_POSITION as "POSITION" from "EHR".information_schema.columns where TABLE_SCHEMA <> 'INFORMATION_SCHEMA'
    union all
    select TABLE_CATALOG as "DATABASE", TABLE_SCHEMA as "SCHEMA", TABLE_NAME as "RELATION", COLUMN_NAME as "NAME", DATA_TYPE as "TYPE", CHARACTER_MAXIMUM_LENGTH as "LENGTH", NUMERIC_PRECISION as "PRECISION", NUMERIC_SCALE as "SCALE", DATETIME_PRECISION as "FRACTION", COMMENT as "COMMENT", ORDINAL_POSITION as "POSITION" from "OF ""US""".information_schema.columns where TABLE_SCHEMA <> 'INFORMATION_SCHEMA'
    order by "DATABASE", "SCHEMA", "RELATION", "POSITION"

    create schema if not exists "EHR"."SILVER"

    select TABLE_NAME as "NAME" from "EHR".information_schema.tables where TABLE_SCHEMA = 'MEDFORM'

    create table if not exists "EHR".MEDFORM.PUBLICATION (DATABASE_NAME varchar not null, SCHEMA_NAME varchar not null, NAME varchar not null, TOKEN number(38, 0) not null, RUN_ID varchar not null, FINGERPRINT varchar not null, REVISION number(38, 0) not null)"
  `);
});
