/** One kind of defect, and what a sound warehouse makes of it. */
import type { Entity } from "../chart.js";
import type { Outcome } from "../manifest.js";
import type { Table } from "../tables.js";
import type { Maker } from "./makers.js";

export interface Kind {
  readonly id: string;
  readonly rule: string;
  readonly outcome: Outcome;
  /** Where the defective row is written. */
  readonly table: Table;
  /** The table whose rows it is made from, where that is another. */
  readonly from?: Table;
  /** Of a table that feeds several entities, the rows that it is made from. */
  readonly host?: Entity;
  /** Whose rows the rule judges; null for a line that is rejected. */
  readonly entity: Entity | null;
  /** Other entities that take the same row, and what they find in it. */
  readonly also?: readonly { readonly id: string; readonly entity: Entity; readonly rule: string }[];
  readonly make: Maker;
}

type Write = (name: string, rule: string, make: Maker) => Kind;

export interface Writer {
  readonly quarantined: Write;
  readonly flagged: Write;
  readonly duplicate: () => Kind;
  readonly conflict: (make: Maker) => Kind;
}

/** Kinds of one table. `host`: made from the rows of one of its entities only; `prefix` of the ids where it is not the entity. */
export function kindsOf(
  entity: Entity,
  table: Table,
  duplicate: Maker,
  { prefix = entity, ...rest }: { readonly prefix?: string } & Partial<Pick<Kind, "host" | "from">> = {},
): Writer {
  const write =
    (outcome: Outcome): Write =>
    (name, rule, make) => ({ id: `${prefix}.${name}`, rule, outcome, table, entity, make, ...rest });
  return {
    quarantined: write("quarantined"),
    flagged: write("flagged"),
    duplicate: () => write("duplicate")("exact_duplicate", "duplicate", duplicate),
    conflict: (make) => write("superseded")("conflict", "conflict", make),
  };
}
