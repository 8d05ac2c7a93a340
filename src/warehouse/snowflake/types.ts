/** Which of Snowflake's types hold every value of another, and what a column becomes that medform makes. */
import type { ColumnType, Types } from "../shape.js";
import { find } from "../shape.js";

interface Read {
  readonly kind: string;
  /** Digits in all and behind the point, or length, or digits of a second; absent where the type has none. */
  readonly size?: number;
  readonly scale?: number;
}

/** What a text or binary holds that says no length, and how finely an instant is told that does not say it. */
const unsaid: Readonly<Record<string, number>> = {
  VARCHAR: 16_777_216,
  BINARY: 8_388_608,
  TIME: 9,
  TIMESTAMP_NTZ: 9,
  TIMESTAMP_LTZ: 9,
  TIMESTAMP_TZ: 9,
};

function read(type: string): Read {
  const [, kind = type, size, scale] = /^(\w+)\((\d+)(?:,\s*(\d+))?\)$/.exec(type) ?? [];
  const sized = size === undefined ? unsaid[kind] : Number(size);
  return {
    kind,
    ...(sized === undefined ? {} : { size: sized }),
    ...(scale === undefined ? {} : { scale: Number(scale) }),
  };
}

const isNumber = ({ kind }: Read) => kind === "NUMBER";
const scaleOf = ({ scale = 0 }: Read) => scale;
const wholeOf = ({ size = 38, scale = 0 }: Read) => size - scale;

/** Digits that a FLOAT holds exactly. */
const floatDigits = 15;

function holds(to: Read, from: Read): boolean {
  if (isNumber(to) && isNumber(from)) return wholeOf(to) >= wholeOf(from) && scaleOf(to) >= scaleOf(from);
  if (to.kind === "FLOAT" && isNumber(from)) return scaleOf(from) === 0 && wholeOf(from) <= floatDigits;
  if (to.kind === "TIMESTAMP_NTZ" && from.kind === "DATE") return true;
  return to.kind === from.kind && (to.size ?? 0) >= (from.size ?? 0);
}

/** Whether a column of type `from` can become one of type `to`, each value staying what it is. Not of a type to itself. */
export function widens(from: string, to: string): boolean {
  return plain(from) !== plain(to) && holds(read(to), read(from));
}

/** Whether a value of type `from` can be put into a column of type `to` without loss: also anything written as a text. */
export function stores(from: string, to: string): boolean {
  return plain(from) === plain(to) || plain(to) === "VARCHAR" || widens(from, to);
}

export function common(one: string, other: string): string | undefined {
  if (plain(one) === plain(other) || widens(other, one)) return one;
  if (widens(one, other)) return other;
  const [a, b] = [read(one), read(other)];
  if (!isNumber(a) || !isNumber(b)) return undefined;
  const scale = Math.max(scaleOf(a), scaleOf(b));
  const size = Math.max(wholeOf(a), wholeOf(b)) + scale;
  return size <= 38 ? `NUMBER(${size},${scale})` : undefined;
}

export const snowflakeTypes: Types = { widens, stores, common, shown: (type) => type, untyped: "VARCHAR" };

/** A type without what goes without saying. */
export function plain(type: string): string {
  const { kind, size } = read(type);
  return kind in unsaid && (size ?? 0) >= (unsaid[kind] ?? 0) ? kind : type.replace(/,\s+/, ",");
}

/**
 * What a column becomes that medform makes of a query's. A literal is as wide as its digits, so `1` and `10`, 'a' and 'ab' are
 * of two types: whole numbers get 38 digits and texts no length, which costs nothing, for values are stored as they are.
 */
export function made(type: string): string {
  const { kind, scale } = read(type);
  if (kind === "NUMBER") return scaleOf({ kind, scale: scale ?? 0 }) === 0 ? "NUMBER(38,0)" : plain(type);
  return kind in unsaid ? kind : type;
}

/** Whether a column as it is takes all that the query returns for it, and as what it is. */
export function fits(stored: string, returned: string): boolean {
  const [to, from] = [read(stored), read(returned)];
  if (to.kind !== from.kind || scaleOf(to) !== scaleOf(from)) return false;
  return (to.size ?? 0) >= (from.size ?? 0);
}

/**
 * The columns of a query as they are compared with a table's: of the stored type where they fit it, and whole numbers with
 * their own digits where the table's have a fraction too.
 */
export function against(table: readonly ColumnType[], returned: readonly ColumnType[]): readonly ColumnType[] {
  return returned.map(({ name, type }) => {
    const stored = find(table, name)?.type;
    if (stored === undefined) return { name, type: made(type) };
    if (fits(stored, type)) return { name, type: stored };
    const fractional = isNumber(read(type)) && scaleOf(read(stored)) > 0;
    return { name, type: fractional ? plain(type) : made(type) };
  });
}

/** Whether a column can become the other type in its place; else its table is copied. */
export function alterable(from: string, to: string): boolean {
  const [a, b] = [read(from), read(to)];
  return a.kind === b.kind && scaleOf(a) === scaleOf(b) && (isNumber(a) || a.kind === "VARCHAR");
}
