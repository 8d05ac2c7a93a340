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

/** A type of DuckDB as the information schema of Snowflake shows it. */
export interface ShownType {
  readonly name: string;
  readonly length?: number;
  readonly precision?: number;
  readonly scale?: number;
  readonly fraction?: number;
}

const shown: Readonly<Record<string, ShownType>> = {
  DOUBLE: { name: "FLOAT" },
  FLOAT: { name: "FLOAT" },
  BOOLEAN: { name: "BOOLEAN" },
  DATE: { name: "DATE" },
  TIME: { name: "TIME", fraction: 9 },
  TIMESTAMP: { name: "TIMESTAMP_NTZ", fraction: 9 },
  TIMESTAMP_S: { name: "TIMESTAMP_NTZ", fraction: 9 },
  TIMESTAMP_MS: { name: "TIMESTAMP_NTZ", fraction: 9 },
  TIMESTAMP_NS: { name: "TIMESTAMP_NTZ", fraction: 9 },
  "TIMESTAMP WITH TIME ZONE": { name: "TIMESTAMP_LTZ", fraction: 9 },
  BLOB: { name: "BINARY", length: 8_388_608 },
  JSON: { name: "VARIANT" },
};

export function shownType(duckdb: string): ShownType {
  const decimal = /^DECIMAL\((\d+),\s*(\d+)\)$/.exec(duckdb);
  if (decimal !== null) return { name: "NUMBER", precision: Number(decimal[1]), scale: Number(decimal[2]) };
  if (/^U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER)?$/.test(duckdb)) return { name: "NUMBER", precision: 38, scale: 0 };
  if (duckdb.endsWith("[]")) return { name: "ARRAY" };
  if (/^(?:STRUCT|MAP)/.test(duckdb)) return { name: "OBJECT" };
  return shown[duckdb] ?? { name: "TEXT", length: 16_777_216 };
}

/** A column's definition in parts. */
export interface ColumnDefinition {
  readonly name: string;
  readonly type: string;
  readonly notNull: boolean;
  readonly comment: string | undefined;
}
