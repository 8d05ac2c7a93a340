/** What DuckDB answers, as the wire has it. */
import {
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalType,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTimeValue,
  type DuckDBType,
  type DuckDBValue,
  DuckDBTypeId as id,
  JsonDuckDBValueConverter,
} from "@duckdb/node-api";
import type { Rows } from "./duck.js";
import { quoted } from "./lex.js";
import type { Answer, WireColumn, WireType } from "./types.js";

export const statementType = {
  select: 0x1000,
  insert: 0x3100,
  update: 0x3200,
  delete: 0x3300,
  merge: 0x3400,
  multiInsert: 0x3500,
  copy: 0x3600,
  set: 0x4000,
  begin: 0x5400,
  commit: 0x5500,
  rollback: 0x5600,
  ddl: 0x6000,
  show: 0x7000,
} as const;

const integers: ReadonlySet<number> = new Set([
  id.TINYINT,
  id.SMALLINT,
  id.INTEGER,
  id.BIGINT,
  id.HUGEINT,
  id.UTINYINT,
  id.USMALLINT,
  id.UINTEGER,
  id.UBIGINT,
  id.UHUGEINT,
]);

function wireType(type: DuckDBType): WireType {
  if (integers.has(type.typeId)) return "fixed";
  switch (type.typeId) {
    case id.DECIMAL:
      return "fixed";
    case id.DOUBLE:
    case id.FLOAT:
      return "real";
    case id.BOOLEAN:
      return "boolean";
    case id.DATE:
      return "date";
    case id.TIME:
      return "time";
    case id.TIMESTAMP:
    case id.TIMESTAMP_S:
    case id.TIMESTAMP_MS:
    case id.TIMESTAMP_NS:
      return "timestamp_ntz";
    case id.TIMESTAMP_TZ:
      return "timestamp_ltz";
    case id.BLOB:
      return "binary";
    case id.LIST:
    case id.ARRAY:
      return "array";
    case id.STRUCT:
    case id.MAP:
      return "object";
    default:
      return type.alias === "JSON" ? "variant" : "text";
  }
}

function wireColumn(name: string, type: DuckDBType): WireColumn {
  const wire = wireType(type);
  const base = { name, type: wire, nullable: true };
  if (wire === "fixed") {
    const decimal = type instanceof DuckDBDecimalType;
    return { ...base, precision: decimal ? type.width : 38, scale: decimal ? type.scale : 0 };
  }
  if (wire === "time" || wire.startsWith("timestamp")) return { ...base, precision: 0, scale: 9 };
  if (wire === "text" || wire === "variant") return { ...base, length: 16_777_216 };
  if (wire === "binary") return { ...base, length: 8_388_608 };
  return base;
}

/** Seconds with nine places, from microseconds. */
function seconds(micros: bigint): string {
  const sign = micros < 0n ? "-" : "";
  const size = micros < 0n ? -micros : micros;
  return `${sign}${size / 1_000_000n}.${String(size % 1_000_000n).padStart(6, "0")}000`;
}

const perMicro: Readonly<Record<number, (value: bigint) => bigint>> = {
  [id.TIMESTAMP_S]: (value) => value * 1_000_000n,
  [id.TIMESTAMP_MS]: (value) => value * 1_000n,
  [id.TIMESTAMP_NS]: (value) => value / 1_000n,
};

function cell(value: DuckDBValue, type: DuckDBType): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "boolean") return value ? "1" : "0";
  if (typeof value === "bigint" || typeof value === "string") return String(value);
  if (typeof value === "number") {
    if (Number.isNaN(value)) return "NaN";
    return Number.isFinite(value) ? String(value) : value > 0 ? "inf" : "-inf";
  }
  if (value instanceof DuckDBDateValue) return String(value.days);
  if (value instanceof DuckDBTimeValue) return seconds(value.micros);
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue) return seconds(value.micros);
  if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes).toString("hex").toUpperCase();
  const scaled = perMicro[type.typeId];
  if (scaled !== undefined) {
    const held = value as {
      seconds?: bigint;
      milliseconds?: bigint;
      millis?: bigint;
      nanoseconds?: bigint;
      nanos?: bigint;
    };
    return seconds(scaled(held.seconds ?? held.milliseconds ?? held.millis ?? held.nanoseconds ?? held.nanos ?? 0n));
  }
  switch (type.typeId) {
    case id.LIST:
    case id.ARRAY:
    case id.STRUCT:
    case id.MAP:
      return JSON.stringify(JsonDuckDBValueConverter(value, type, JsonDuckDBValueConverter));
    default:
      return String(value);
  }
}

/** Unquoted names are upper case; those that stand quoted in the text are as they stand there. */
export function folded(name: string, sql: string): string {
  const upper = name.toUpperCase();
  return name === upper || sql.includes(quoted(name)) ? name : upper;
}

export function answerOf(reader: Rows, sql: string): Answer {
  const types = reader.columnTypes();
  return {
    columns: reader.columnNames().map((name, at) => wireColumn(folded(name, sql), types[at] as DuckDBType)),
    rows: reader.getRows().map((row) => row.map((value, at) => cell(value, types[at] as DuckDBType))),
    statementTypeId: statementType.select,
  };
}

const textColumn = (name: string): WireColumn => ({ name, type: "text", nullable: true, length: 16_777_216 });

export const texts = (
  names: readonly string[],
  rows: readonly (readonly (string | null)[])[],
  statementTypeId: number,
): Answer => ({ columns: names.map(textColumn), rows, statementTypeId });

export const done = (
  status = "Statement executed successfully.",
  statementTypeId: number = statementType.ddl,
): Answer => texts(["status"], [[status]], statementTypeId);

/** Of DML: a column for each kind of change, and one row. */
export const counted = (counts: Readonly<Record<string, number>>, statementTypeId: number): Answer => ({
  columns: Object.keys(counts).map((name) => ({ name, type: "fixed", nullable: false, precision: 38, scale: 0 })),
  rows: [Object.values(counts).map(String)],
  statementTypeId,
});
