/**
 * Verifies a whole ledger, record by record as it comes, so that its size does not matter. Pure; docs/verify.md gives the
 * same checks as a script that needs nothing of this code.
 */
import { z } from "zod";
import { type ChainHead, genesis, type LedgerRecord, recordHash, seqText } from "./hash.js";

/** A row of `MEDFORM.LEDGER_HEAD`, as stored. */
export interface HeadRow {
  readonly chain: string;
  readonly seq: string;
  readonly hash: string;
}

/** The first thing that is wrong. Holds names of the ledger only: what does not look like one is left out. */
export interface LedgerProblem {
  readonly chain: string;
  readonly seq: string;
  /** Absent where there is no record to have one. */
  readonly kind?: string;
  readonly what: "altered" | "removed" | "inserted" | "reordered";
  readonly message: string;
}

export interface LedgerVerdict {
  readonly verified: boolean;
  readonly records: number;
  /** The main chain and all that it opened. */
  readonly chains: number;
  /** Chains without a seal. */
  readonly interrupted: number;
  readonly problem?: LedgerProblem;
}

interface Opened {
  /** What its first record follows: the record that opened it. */
  readonly start: string;
  /** Where it stood when it was noted as interrupted. */
  noted?: ChainHead;
  sealed?: ChainHead;
  met: boolean;
}

const endSchema = z.object({ records: z.number().int().min(0), lastHash: z.string() });

/** How far around its number a record is sought that stands under another one. */
const reach = 1000;

const chainName = /^(main|(run|load|assert)-\d{6,}-[0-9a-f]{8})$/;

/** Somebody else may have written there: only what cannot be anything but a name is told on. */
const named = (text: string, pattern: RegExp, otherwise: string) => (pattern.test(text) ? text : otherwise);

class Found extends Error {
  constructor(readonly problem: LedgerProblem) {
    super(problem.message);
  }
}

/** Throws what was found, so that checks read from top to bottom. */
function found(
  what: LedgerProblem["what"],
  at: { readonly chain: string; readonly seq: string; readonly kind?: string },
  why: string,
): never {
  const chain = named(at.chain, chainName, "(a chain with a name that medform never gives)");
  const seq = named(at.seq, /^\d{1,12}$/, "(no number)");
  const kind = at.kind === undefined ? undefined : named(at.kind, /^[a-z-]{1,30}$/, "(unknown)");
  const about = kind === undefined ? "" : ` (${kind})`;
  throw new Found({
    chain,
    seq,
    ...(kind === undefined ? {} : { kind }),
    what,
    message: `Record ${seq}${about} of ${chain} was ${what}: ${why}.`,
  });
}

/** Where a chain has to end, as far as another record or a row says so. */
interface Bound {
  readonly head: ChainHead;
  readonly by: string;
}

/** The chain that is being read. */
interface Reading {
  readonly id: string;
  last: ChainHead;
  kind: string | undefined;
  readonly bounds: readonly Bound[];
  /** Whether nothing may follow the last bound. */
  readonly closed: boolean;
}

class Verification {
  records = 0;
  readonly #opened = new Map<string, Opened>();
  readonly #heads: { readonly main: ChainHead; readonly seal: ChainHead };
  #lastSeal: ChainHead = { seq: 0, hash: genesis };
  #reading: Reading;

  constructor(heads: readonly HeadRow[]) {
    this.#heads = { main: this.#head(heads, "main"), seal: this.#head(heads, "seal") };
    if (heads.length !== 2) {
      found("inserted", { chain: "main", seq: seqText(0) }, "LEDGER_HEAD has rows that medform never writes");
    }
    this.#reading = {
      id: "main",
      last: { seq: 0, hash: genesis },
      kind: undefined,
      bounds: [{ head: this.#heads.main, by: "LEDGER_HEAD" }],
      closed: true,
    };
  }

  get chains(): number {
    return this.#opened.size + 1;
  }

  get interrupted(): number {
    return [...this.#opened.values()].filter(({ sealed }) => sealed === undefined).length;
  }

  #head(heads: readonly HeadRow[], name: "main" | "seal"): ChainHead {
    const rows = heads.filter(({ chain }) => chain === name);
    const [row] = rows;
    const at = { chain: "main", seq: seqText(0) };
    if (row === undefined) found("removed", at, `LEDGER_HEAD has no row "${name}", which says where the chain ends`);
    if (rows.length > 1) found("inserted", at, `LEDGER_HEAD has more than one row "${name}"`);
    if (!/^\d{8,12}$/.test(row.seq)) found("altered", at, `the row "${name}" of LEDGER_HEAD has no number`);
    return { seq: Number(row.seq), hash: row.hash };
  }

  add(record: LedgerRecord): void {
    if (record.chain !== this.#reading.id) {
      this.#finish();
      this.#reading = this.#begin(record);
    }
    this.#follow(record);
    if (record.chain === "main") this.#main(record);
    this.records += 1;
  }

  #begin(record: LedgerRecord): Reading {
    const { id } = this.#reading;
    const opened = this.#opened.get(record.chain);
    if (opened === undefined && record.chain !== "main") {
      if (record.hash !== recordHash(record)) found("altered", record, "its content does not give its hash");
      found("inserted", record, "no record of the main chain opens its chain");
    }
    if (opened === undefined || (id !== "main" && record.chain < id)) {
      found("reordered", record, "its chain stands after one that it comes before");
    }
    opened.met = true;
    return {
      id: record.chain,
      last: { seq: 0, hash: opened.start },
      kind: undefined,
      bounds: [
        ...(opened.noted === undefined ? [] : [{ head: opened.noted, by: "the note of its interruption" }]),
        ...(opened.sealed === undefined ? [] : [{ head: opened.sealed, by: "its seal" }]),
      ],
      closed: opened.noted !== undefined || opened.sealed !== undefined,
    };
  }

  /** The record is the next of its chain, is what it was when it was hashed, and follows the one before. */
  #follow(record: LedgerRecord): void {
    const reading = this.#reading;
    const { last } = reading;
    const expected = seqText(last.seq + 1);
    const number = /^\d{1,12}$/.test(record.seq) ? Number(record.seq) : undefined;
    if (number !== undefined && number > last.seq + 1) {
      found("removed", { chain: record.chain, seq: expected }, `the next one there is ${record.seq}`);
    }
    if (record.hash !== recordHash(record)) {
      const own = ownNumber(record, last.seq + 1);
      if (own !== undefined) found("reordered", record, `it was written as ${own}`);
      found("altered", record, "its content does not give its hash");
    }
    if (record.seq !== expected) found("inserted", record, "its number stands there already");
    const end = reading.bounds.at(-1);
    if (reading.closed && end !== undefined && last.seq >= end.head.seq) {
      found("inserted", record, `by ${end.by} the chain ends before it`);
    }
    if (record.prevHash !== last.hash) {
      const before = { chain: record.chain, seq: seqText(last.seq), kind: reading.kind };
      if (last.seq === 0) found("altered", record, "it does not follow what begins its chain");
      found("altered", before, `it was hashed anew, and ${record.seq} follows another one`);
    }
    reading.last = { seq: last.seq + 1, hash: record.hash };
    reading.kind = record.kind;
    for (const { head, by } of reading.bounds) {
      if (head.seq !== reading.last.seq || head.hash === record.hash) continue;
      found("altered", record, `it was hashed anew, and ${by} has another hash`);
    }
  }

  /** The chain that was read is not shorter than it has to be. */
  #finish(): void {
    const { id, last, bounds } = this.#reading;
    const end = bounds.findLast(({ head }) => head.seq > last.seq);
    if (end === undefined) return;
    const { by, head } = end;
    found("removed", { chain: id, seq: seqText(last.seq + 1) }, `by ${by} the chain goes on to ${seqText(head.seq)}`);
  }

  #main(record: LedgerRecord): void {
    const { kind, subject } = record;
    if (kind !== "open" && kind !== "seal" && kind !== "interrupted") return;
    const opened = this.#opened.get(subject);
    if (kind === "open") {
      if (opened !== undefined || subject === "main") found("inserted", record, "its chain was opened before");
      this.#opened.set(subject, { start: record.hash, met: false });
      return;
    }
    if (opened === undefined) found("inserted", record, "it ends a chain that was never opened");
    if (opened.sealed !== undefined) found("inserted", record, "its chain was sealed before");
    const end = endOf(record.body);
    if (end === undefined) found("altered", record, "it does not say where its chain ends");
    if (end.seq === 0 && end.hash !== opened.start) found("altered", record, "the chain that it ends begins elsewhere");
    if (opened.noted !== undefined && opened.noted.seq > end.seq) {
      found("altered", record, "its chain was longer when it was noted as interrupted");
    }
    if (kind === "interrupted") {
      opened.noted = end;
      return;
    }
    opened.sealed = end;
    this.#lastSeal = this.#reading.last;
  }

  end(): void {
    this.#finish();
    for (const [chain, { met, noted, sealed }] of this.#opened) {
      const records = Math.max(noted?.seq ?? 0, sealed?.seq ?? 0);
      if (met || records === 0) continue;
      found("removed", { chain, seq: seqText(1) }, `by the main chain there are ${records} records of its chain`);
    }
    const { seal } = this.#heads;
    if (seal.seq !== this.#lastSeal.seq || seal.hash !== this.#lastSeal.hash) {
      const at = { chain: "main", seq: seqText(this.#lastSeal.seq), kind: "seal" };
      found("altered", at, 'the row "seal" of LEDGER_HEAD is not the last seal of the main chain');
    }
  }
}

/** The number with which the record gives its hash, where it stands under another one. */
function ownNumber(record: LedgerRecord, around: number): string | undefined {
  for (let seq = Math.max(1, around - reach); seq <= around + reach; seq += 1) {
    const text = seqText(seq);
    if (recordHash({ ...record, seq: text }) === record.hash) return text;
  }
  return undefined;
}

function endOf(body: string): ChainHead | undefined {
  try {
    const { records, lastHash } = endSchema.parse(JSON.parse(body));
    return { seq: records, hash: lastHash };
  } catch {
    return undefined;
  }
}

/**
 * Verifies all records against each other and against the heads. They come in the order of an export: the main chain, then
 * the others by id, each by number. What is cut off at the end of a chain that was never sealed, nor noted as interrupted,
 * cannot be seen; nor can a ledger that was written anew as a whole, heads included.
 */
export async function verifyLedger(
  groups: AsyncIterable<readonly LedgerRecord[]> | Iterable<readonly LedgerRecord[]>,
  heads: readonly HeadRow[],
): Promise<LedgerVerdict> {
  let verification: Verification | undefined;
  try {
    verification = new Verification(heads);
    for await (const group of groups) for (const record of group) verification.add(record);
    verification.end();
  } catch (error) {
    if (!(error instanceof Found)) throw error;
    const { records = 0, chains = 0, interrupted = 0 } = verification ?? {};
    return { verified: false, records, chains, interrupted, problem: error.problem };
  }
  const { records, chains, interrupted } = verification;
  return { verified: true, records, chains, interrupted };
}
