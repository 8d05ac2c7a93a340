/** The SQL that asks what is there, and makes the few things that medform itself needs. Pure text. */
import { quoteName } from "../../graph/index.js";

export const engineVersion = 'select current_version() as "VERSION"';

/** The databases that the role may use. */
export function databases(database: string): string {
  return `select DATABASE_NAME as "DATABASE" from ${quoteName(database)}.information_schema.databases`;
}

const everyDatabase = (names: readonly string[], select: (from: string) => string) =>
  names.map((name) => select(`${quoteName(name)}.information_schema`)).join("\nunion all\n");

/** All schemas of some databases. */
export function schemas(names: readonly string[]): string {
  return everyDatabase(
    names,
    (from) => `select CATALOG_NAME as "DATABASE", SCHEMA_NAME as "SCHEMA" from ${from}.schemata`,
  );
}

/** All tables and views of some databases, with what people said of them. */
export function relations(names: readonly string[]): string {
  return everyDatabase(
    names,
    (from) =>
      `select TABLE_CATALOG as "DATABASE", TABLE_SCHEMA as "SCHEMA", TABLE_NAME as "NAME", TABLE_TYPE as "KIND", ROW_COUNT as "ROWS", BYTES as "BYTES", IS_TRANSIENT as "TRANSIENT", CLUSTERING_KEY as "CLUSTERING", COMMENT as "DESCRIPTION" from ${from}.tables where TABLE_SCHEMA <> 'INFORMATION_SCHEMA'`,
  );
}

/** All views of some databases whose text the role may read: those that it owns. */
export function textsOfViews(names: readonly string[]): string {
  return everyDatabase(
    names,
    (from) =>
      `select TABLE_CATALOG as "DATABASE", TABLE_SCHEMA as "SCHEMA", TABLE_NAME as "NAME", VIEW_DEFINITION as "TEXT" from ${from}.views where VIEW_DEFINITION is not null`,
  );
}

/** All their columns, in order. */
export function columns(names: readonly string[]): string {
  const all = everyDatabase(
    names,
    (from) =>
      `select TABLE_CATALOG as "DATABASE", TABLE_SCHEMA as "SCHEMA", TABLE_NAME as "RELATION", COLUMN_NAME as "NAME", DATA_TYPE as "TYPE", CHARACTER_MAXIMUM_LENGTH as "LENGTH", NUMERIC_PRECISION as "PRECISION", NUMERIC_SCALE as "SCALE", DATETIME_PRECISION as "FRACTION", COMMENT as "COMMENT", ORDINAL_POSITION as "POSITION" from ${from}.columns where TABLE_SCHEMA <> 'INFORMATION_SCHEMA'`,
  );
  return `${all}\norder by "DATABASE", "SCHEMA", "RELATION", "POSITION"`;
}

export function createSchema(database: string, schema: string): string {
  return `create schema if not exists ${quoteName(database)}.${quoteName(schema)}`;
}

/** Which of medform's own tables are there. */
export function ownTables(database: string): string {
  return `select TABLE_NAME as "NAME" from ${quoteName(database)}.information_schema.tables where TABLE_SCHEMA = 'MEDFORM'`;
}

/** A row for each publication; the last one of a target stands for it. */
export function createPublication(database: string): string {
  return `create table if not exists ${quoteName(database)}.MEDFORM.PUBLICATION (DATABASE_NAME varchar not null, SCHEMA_NAME varchar not null, NAME varchar not null, TOKEN number(38, 0) not null, RUN_ID varchar not null, FINGERPRINT varchar not null, REVISION number(38, 0) not null)`;
}
