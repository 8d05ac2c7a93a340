/** Values on their way in and out of Snowflake: the same plain JavaScript as on DuckDB, nothing lost on the way. */
import { ProblemError } from "../../graph/index.js";
import type { Value } from "../contract.js";
import type { Column } from "./driver.js";

/** What the driver hands over as the text that was on the wire: numbers would lose digits, documents their spelling. */
export const asText: ("Number" | "JSON")[] = ["Number", "JSON"];

/**
 * Has the driver hand over numbers as they came. It would make JavaScript's of each first, and tell Snowflake's telemetry of
 * every result that holds one with more digits than these have, though we take the text.
 */
export function leaveNumbers(columns: readonly Column[]): void {
  for (const column of columns) {
    const inner = column as unknown as {
      _getRowValueAsString?: (row: { readonly values: readonly unknown[] }) => unknown;
    };
    if (!column.isNumber() || typeof inner._getRowValueAsString !== "function") continue;
    const index = column.getIndex();
    inner._getRowValueAsString = ({ values }) => values[index] ?? null;
  }
}

/** The driver's dates: a number of seconds since the epoch, and of nanoseconds beyond it. */
interface Instant {
  getEpochSeconds(): number;
  getNanoSeconds(): number;
}

const isInstant = (value: unknown): value is Instant =>
  typeof value === "object" && value !== null && "getEpochSeconds" in value && "getNanoSeconds" in value;

const isSafe = (value: bigint) => value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER);

/** Integers as numbers as far as these are exact, else as bigint; decimals of up to 15 digits as numbers, else as text. */
function fixed(text: string): Value {
  if (/^-?\d+$/.test(text)) {
    const value = BigInt(text);
    return isSafe(value) ? Number(value) : value;
  }
  return text.replace(/\D/g, "").length <= 15 ? Number(text) : text;
}

function real(text: string): Value {
  const infinite = /^([-+]?)inf(?:inity)?$/i.exec(text);
  if (infinite !== null) return infinite[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(text);
}

/** A year beyond four digits has a sign in JavaScript's text of it, but not in the engines'. */
const isoOf = (seconds: number) => new Date(seconds * 1000).toISOString().replace(/^\+0*/, "");

/** `2024-01-02T03:04:05.12`: no zeros at the end of the fraction; what has a zone is in UTC and ends in Z. */
function instant(value: Instant, zoned: boolean): string {
  const fraction = String(value.getNanoSeconds()).padStart(9, "0").replace(/0+$/, "");
  const whole = isoOf(value.getEpochSeconds()).replace(/\.\d+Z$/, "");
  return `${whole}${fraction === "" ? "" : `.${fraction}`}${zoned ? "Z" : ""}`;
}

/** What a column's cells become. */
export function converter(column: Column): (cell: unknown) => Value {
  const orNull = (convert: (cell: NonNullable<unknown>) => Value) => (cell: unknown) =>
    cell === null || cell === undefined ? null : convert(cell);
  switch (column.getType().toLowerCase()) {
    case "fixed":
      return orNull((cell) => fixed(String(cell)));
    case "real":
      return orNull((cell) => real(String(cell)));
    case "boolean":
      return orNull((cell) => cell === true);
    case "date":
      return orNull((cell) => (isInstant(cell) ? isoOf(cell.getEpochSeconds()).replace(/T.*$/, "") : String(cell)));
    case "timestamp_ntz":
      return orNull((cell) => (isInstant(cell) ? instant(cell, false) : String(cell)));
    case "timestamp_ltz":
    case "timestamp_tz":
      return orNull((cell) => (isInstant(cell) ? instant(cell, true) : String(cell)));
    case "time":
      return orNull((cell) => String(cell).replace(/\.(\d*?)0*$/, (_, digits) => (digits === "" ? "" : `.${digits}`)));
    case "binary":
      return orNull((cell) => (Buffer.isBuffer(cell) ? cell.toString("hex") : String(cell).toLowerCase()));
    default:
      return orNull((cell) => (typeof cell === "string" ? cell : JSON.stringify(cell)));
  }
}

/** Names of columns, each once: a second NAME is `NAME:1`. */
export function namesOf(columns: readonly Column[]): readonly string[] {
  const seen = new Map<string, number>();
  return columns.map((column) => {
    const name = column.getName();
    const before = seen.get(name) ?? 0;
    seen.set(name, before + 1);
    return before === 0 ? name : `${name}:${before}`;
  });
}

/** A column's type as SQL writes it, such as `NUMBER(38,0)`. */
export function typeOf(column: Column): string {
  const type = column.getType().toLowerCase();
  if (type === "fixed") return `NUMBER(${column.getPrecision() ?? 38},${column.getScale() ?? 0})`;
  if (type === "text") return "VARCHAR";
  if (type === "real") return "FLOAT";
  if (/^time/.test(type)) return `${type.toUpperCase()}(${column.getScale() ?? 9})`;
  return type.toUpperCase();
}

/** The driver knows no bigint; as text every digit arrives, and the engine casts it where a number is wanted. */
export function bindsFor(values: readonly Value[]): (string | number | boolean | null)[] {
  return values.map((value) => {
    if (typeof value === "bigint") return value.toString();
    if (typeof value === "number" && !Number.isFinite(value)) {
      throw new ProblemError({ code: "bind-not-finite", message: "a number that is bound is not finite" });
    }
    return value;
  });
}
