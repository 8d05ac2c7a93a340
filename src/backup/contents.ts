/** What a warehouse holds, in figures: each relation's columns, rows and digest, and where its ledger ends. No value of it. */
import { createHash } from "node:crypto";
import { compareText, ProblemError } from "../graph/index.js";
import { type LedgerVerdict, scanLedger, verifyLedger } from "../ledger/index.js";
import { digestOf, type RelationInfo, type Warehouse } from "../warehouse/index.js";

export interface RelationContents {
  /** `EHR.SILVER.PATIENT`. */
  readonly relation: string;
  readonly kind: "table" | "view";
  /** SHA-256 of the names and types of its columns, in their order. */
  readonly shape: string;
  /** Null for a view. */
  readonly rows: number | null;
  /** Null for a view. */
  readonly digest: string | null;
}

export interface LedgerContents {
  readonly verified: boolean;
  readonly records: number;
  /** The last record of the main chain, as LEDGER_HEAD has it; null where that is gone. */
  readonly head: { readonly seq: string; readonly hash: string } | null;
}

export interface Contents {
  /** In the order of their names. */
  readonly relations: readonly RelationContents[];
  /** Null before the first load. */
  readonly ledger: LedgerContents | null;
}

/** Reads everything. `digest` is the one that lasts, unless told otherwise: `quickDigestOf` is for two that are read at once. */
export async function contentsOf(warehouse: Warehouse, signal?: AbortSignal, digest = digestOf): Promise<Contents> {
  const relations: RelationContents[] = [];
  {
    await using session = await warehouse.session();
    const cancel = () => session.cancel();
    signal?.addEventListener("abort", cancel, { once: true });
    for (const info of await warehouse.catalog.relations()) {
      signal?.throwIfAborted();
      const found = info.kind === "view" ? { rows: null, digest: null } : await digest(session, info);
      relations.push({ relation: nameOf(info), kind: info.kind, shape: shapeOf(info), ...found });
    }
    signal?.removeEventListener("abort", cancel);
  }
  relations.sort((a, b) => compareText(a.relation, b.relation));
  return { relations, ledger: await ledgerOf(warehouse) };
}

const nameOf = ({ target: { database, schema, name } }: RelationInfo) =>
  [database, schema, name].filter((part) => part !== undefined).join(".");

function shapeOf({ columns }: RelationInfo): string {
  const hash = createHash("sha256");
  for (const { name, type } of columns) hash.update(`${JSON.stringify([name, type])}\n`);
  return hash.digest("hex");
}

async function ledgerOf(warehouse: Warehouse): Promise<LedgerContents | null> {
  try {
    await using scan = await scanLedger(warehouse);
    const heads = await scan.heads();
    const { verified, records }: LedgerVerdict = await verifyLedger(scan.records(), heads);
    const main = heads.find(({ chain }) => chain === "main");
    return { verified, records, head: main === undefined ? null : { seq: main.seq, hash: main.hash } };
  } catch (error) {
    if (error instanceof ProblemError && error.problems.some(({ code }) => code === "ledger-none")) return null;
    throw error;
  }
}

/** What is not the same, in words without a value. */
export interface Difference {
  readonly relation: string;
  readonly what: "missing" | "unexpected" | "kind" | "columns" | "rows" | "content" | "ledger";
  /** Rows, where those differ. */
  readonly expected?: number;
  readonly found?: number;
}

export function compareContents(expected: Contents, found: Contents): readonly Difference[] {
  const there = new Map(found.relations.map((each) => [each.relation, each]));
  const known = new Set(expected.relations.map(({ relation }) => relation));
  const differences = expected.relations.flatMap((each): readonly Difference[] => {
    const { relation } = each;
    const other = there.get(relation);
    if (other === undefined) return [{ relation, what: "missing" }];
    if (other.kind !== each.kind) return [{ relation, what: "kind" }];
    if (other.shape !== each.shape) return [{ relation, what: "columns" }];
    if (each.rows !== null && other.rows !== null && other.rows !== each.rows)
      return [{ relation, what: "rows", expected: each.rows, found: other.rows }];
    return other.digest === each.digest ? [] : [{ relation, what: "content" }];
  });
  for (const { relation } of found.relations)
    if (!known.has(relation)) differences.push({ relation, what: "unexpected" });
  if (JSON.stringify(expected.ledger) !== JSON.stringify(found.ledger))
    differences.push({ relation: "MEDFORM.LEDGER", what: "ledger" });
  return differences;
}

/** Rows of all tables. */
export const rowsIn = ({ relations }: Pick<Contents, "relations">): number =>
  relations.reduce((sum, { rows }) => sum + (rows ?? 0), 0);
