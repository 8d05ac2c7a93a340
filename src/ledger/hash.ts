/**
 * The chain: each record's hash covers the former one's and every stored column. Pure; docs/ledger.md gives the same layout
 * in words and as a query, so that it can be verified without this code.
 */
import { createHash } from "node:crypto";

/** A record as it is stored: nine columns, all text. */
export interface LedgerRecord {
  readonly chain: string;
  /** 1, 2, … within its chain, in decimal, padded to eight digits. */
  readonly seq: string;
  readonly at: string;
  readonly kind: string;
  readonly subject: string;
  readonly outcome: string;
  /** Canonical JSON. */
  readonly body: string;
  readonly prevHash: string;
  /** SHA-256 in lower-case hex. */
  readonly hash: string;
}

/** What the first record of the main chain follows. */
export const genesis = "0".repeat(64);

export const seqText = (seq: number): string => String(seq).padStart(8, "0");

/** SHA-256 over `<length in bytes>:<UTF-8 bytes>` of prev_hash, chain, seq, at, kind, subject, outcome and body, in this order. */
export function recordHash(record: Omit<LedgerRecord, "hash">): string {
  const hash = createHash("sha256");
  const { prevHash, chain, seq, at, kind, subject, outcome, body } = record;
  for (const text of [prevHash, chain, seq, at, kind, subject, outcome, body]) {
    const bytes = Buffer.from(text, "utf8");
    hash.update(`${bytes.length}:`);
    hash.update(bytes);
  }
  return hash.digest("hex");
}

export interface ChainHead {
  /** Number of the last record; 0 where there is none. */
  readonly seq: number;
  /** Its hash; of an empty chain what its first record will follow. */
  readonly hash: string;
}

export type Verdict =
  | { readonly ok: true; readonly head: ChainHead }
  | {
      readonly ok: false;
      /** Index of the first record that is wrong; the number of records where the end is missing. */
      readonly index: number;
      /** `chain`: of another chain; `seq`: a gap or a repeat; `previous`: does not follow the one before; `hash`: changed; `head`: ends elsewhere than expected. */
      readonly reason: "chain" | "seq" | "previous" | "hash" | "head";
    };

/**
 * Verifies records of one chain, in their order. `after` is what the first of them follows (the start of the main chain by
 * default), `head` where they must end; without it records cut off at the end are not noticed.
 */
export function verifyChain(
  records: readonly LedgerRecord[],
  after: ChainHead = { seq: 0, hash: genesis },
  head?: ChainHead,
): Verdict {
  let last = after;
  for (const [index, record] of records.entries()) {
    if (record.chain !== records[0]?.chain) return { ok: false, index, reason: "chain" };
    if (record.seq !== seqText(last.seq + 1)) return { ok: false, index, reason: "seq" };
    if (record.prevHash !== last.hash) return { ok: false, index, reason: "previous" };
    if (record.hash !== recordHash(record)) return { ok: false, index, reason: "hash" };
    last = { seq: last.seq + 1, hash: record.hash };
  }
  if (head !== undefined && (head.seq !== last.seq || head.hash !== last.hash)) {
    return { ok: false, index: records.length, reason: "head" };
  }
  return { ok: true, head: last };
}
