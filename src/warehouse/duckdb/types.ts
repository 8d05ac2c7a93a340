/** Which of the engine's types hold every value of another, so that a column can change its type and lose nothing. */
import type { Types } from "../shape.js";

interface Integer {
  readonly kind: "integer";
  readonly bits: number;
  readonly signed: boolean;
}

interface Decimal {
  readonly kind: "decimal";
  /** Digits before and after the point. */
  readonly whole: number;
  readonly fraction: number;
}

interface Floating {
  readonly kind: "floating";
  /** Bits of whole numbers that it holds exactly. */
  readonly bits: number;
}

type Numeric = Integer | Decimal | Floating;

const integerBits: Readonly<Record<string, number>> = {
  TINYINT: 8,
  SMALLINT: 16,
  INTEGER: 32,
  BIGINT: 64,
  HUGEINT: 128,
};

function numeric(type: string): Numeric | undefined {
  if (type === "DOUBLE") return { kind: "floating", bits: 53 };
  if (type === "FLOAT") return { kind: "floating", bits: 24 };
  const signed = integerBits[type];
  if (signed !== undefined) return { kind: "integer", bits: signed, signed: true };
  const unsigned = type.startsWith("U") ? integerBits[type.slice(1)] : undefined;
  if (unsigned !== undefined) return { kind: "integer", bits: unsigned, signed: false };
  const [, precision, scale] = /^DECIMAL\((\d+),\s*(\d+)\)$/.exec(type) ?? [];
  if (precision === undefined) return undefined;
  return { kind: "decimal", whole: Number(precision) - Number(scale), fraction: Number(scale) };
}

/** Bits of the largest absolute value. */
const magnitude = ({ bits, signed }: Integer) => (signed ? bits - 1 : bits);

const digits = (integer: Integer) => Math.ceil(magnitude(integer) * Math.log10(2));

function holds(to: Numeric, from: Numeric): boolean {
  switch (from.kind) {
    case "integer":
      if (to.kind === "integer") return (to.signed || !from.signed) && magnitude(to) >= magnitude(from);
      if (to.kind === "decimal") return to.whole >= digits(from);
      // The lowest value of a signed integer is a power of two, and so exact.
      return to.bits >= magnitude(from);
    case "decimal":
      if (to.kind === "decimal") return to.whole >= from.whole && to.fraction >= from.fraction;
      return to.kind === "integer" && from.fraction === 0 && 2 ** magnitude(to) >= 10 ** from.whole;
    case "floating":
      return to.kind === "floating" && to.bits >= from.bits;
  }
}

/** What each of these holds, apart from numbers. A text holds anything, but is another kind of column. */
const held: Readonly<Record<string, readonly string[]>> = {
  TIMESTAMP: ["DATE", "TIMESTAMP_S", "TIMESTAMP_MS"],
  TIMESTAMP_MS: ["TIMESTAMP_S"],
  VARCHAR: ["JSON", "ENUM"],
};

const plainName = (type: string) => (type.startsWith("ENUM(") ? "ENUM" : type);

/** Whether a column of type `from` can become one of type `to`, each value staying what it is. Not of a type to itself. */
export function widens(from: string, to: string): boolean {
  if (from === to) return false;
  const element = /^(.*)\[\]$/;
  const [list, other] = [element.exec(from)?.[1], element.exec(to)?.[1]];
  if (list !== undefined && other !== undefined) return widens(list, other);
  const [less, more] = [numeric(from), numeric(to)];
  if (less && more) return holds(more, less);
  return held[to]?.includes(plainName(from)) === true;
}

/** Whether a value of type `from` can be put into a column of type `to` without loss: also anything written as a text. */
export function stores(from: string, to: string): boolean {
  return from === to || to === "VARCHAR" || widens(from, to);
}

/** The narrower type that holds both, if one of the two does, or the smallest decimal for two decimals. */
export function common(one: string, other: string): string | undefined {
  if (one === other || widens(other, one)) return one;
  if (widens(one, other)) return other;
  const [a, b] = [numeric(one), numeric(other)];
  if (!a || !b || a.kind === "floating" || b.kind === "floating") return undefined;
  if (a.kind === "integer" && b.kind === "integer") return undefined;
  const asDecimal = (each: Integer | Decimal) =>
    each.kind === "decimal" ? each : { whole: digits(each), fraction: 0 };
  const [x, y] = [asDecimal(a), asDecimal(b)];
  const [whole, fraction] = [Math.max(x.whole, y.whole), Math.max(x.fraction, y.fraction)];
  return whole + fraction <= 38 ? `DECIMAL(${whole + fraction},${fraction})` : undefined;
}

/** A type as it may be shown: the labels of an enumeration are values. */
export function shownType(type: string): string {
  return type.replace(/ENUM\((?:'(?:[^']|'')*'|[^')])*\)/g, "ENUM");
}

export const duckDbTypes: Types = { widens, stores, common, shown: shownType, untyped: "INTEGER" };
