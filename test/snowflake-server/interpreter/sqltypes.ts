/** Types: as Snowflake's DDL names them, as DuckDB has them, and as the wire and the information schema show them. */

/** A NUMBER without a scale is a BIGINT, as the texts of a project have it; wider.ts says what becomes of a value beyond. */
const plain: Readonly<Record<string, string>> = {
  BIGINT: "BIGINT",
  BINARY: "BLOB",
  BOOLEAN: "BOOLEAN",
  BYTEINT: "BIGINT",
  CHAR: "VARCHAR",
  CHARACTER: "VARCHAR",
  DATE: "DATE",
  DATETIME: "TIMESTAMP",
  DOUBLE: "DOUBLE",
  FLOAT: "DOUBLE",
  FLOAT4: "DOUBLE",
  FLOAT8: "DOUBLE",
  INT: "BIGINT",
  INTEGER: "BIGINT",
  NVARCHAR: "VARCHAR",
  REAL: "DOUBLE",
  SMALLINT: "BIGINT",
  STRING: "VARCHAR",
  TEXT: "VARCHAR",
  TIME: "TIME",
  TIMESTAMP: "TIMESTAMP",
  TIMESTAMP_LTZ: "TIMESTAMPTZ",
  TIMESTAMP_NTZ: "TIMESTAMP",
  TIMESTAMP_TZ: "TIMESTAMPTZ",
  TINYINT: "BIGINT",
  VARBINARY: "BLOB",
  VARCHAR: "VARCHAR",
  VARIANT: "JSON",
  OBJECT: "JSON",
  ARRAY: "JSON",
};

/** Of `NUMBER(38, 0)`, `varchar`, …; undefined for what is no type of Snowflake. */
export function duckType(text: string): string | undefined {
  const match = /^([a-z_0-9]+(?:\s+precision)?)\s*(?:\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\))?$/i.exec(text.trim());
  const name = match?.[1]?.toUpperCase().replace(/\s+PRECISION$/, "") ?? "";
  if (name !== "NUMBER" && name !== "DECIMAL" && name !== "NUMERIC") return plain[name];
  const scale = Number(match?.[3] ?? 0);
  return scale === 0 ? "BIGINT" : `DECIMAL(${match?.[2] ?? 38}, ${scale})`;
}

/** SQL over a column that holds DuckDB's name of a type: the name that Snowflake's information schema has for it. */
export const snowflakeType = (type: string): string => `case
  when ${type} in ('TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'HUGEINT', 'UTINYINT', 'USMALLINT', 'UINTEGER', 'UBIGINT', 'UHUGEINT') or ${type} like 'DECIMAL%' then 'NUMBER'
  when ${type} in ('DOUBLE', 'FLOAT') then 'FLOAT'
  when ${type} in ('BOOLEAN', 'DATE', 'TIME') then ${type}
  when ${type} in ('TIMESTAMP', 'TIMESTAMP_S', 'TIMESTAMP_MS', 'TIMESTAMP_NS') then 'TIMESTAMP_NTZ'
  when ${type} = 'TIMESTAMP WITH TIME ZONE' then 'TIMESTAMP_LTZ'
  when ${type} = 'BLOB' then 'BINARY'
  when ${type} = 'JSON' then 'VARIANT'
  when ${type} like '%[]' then 'ARRAY'
  when ${type} like 'STRUCT%' or ${type} like 'MAP%' then 'OBJECT'
  else 'TEXT'
end`;

/** A column's definition in parts. */
export interface ColumnDefinition {
  readonly name: string;
  readonly type: string;
  readonly notNull: boolean;
  readonly comment: string | undefined;
}
