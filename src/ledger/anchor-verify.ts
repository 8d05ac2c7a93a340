/** What signed anchors say of a main chain. Pure. */
import { type KeyObject, verify } from "node:crypto";
import { type Anchor, type AnchorLine, signedText } from "./anchor.js";
import type { LedgerRecord } from "./hash.js";

/** What is known of the main chain: all that anchors can be compared with. */
export interface MainChain {
  /** Hash of its first record; absent where it has none. */
  readonly ledger: string | undefined;
  /** Number of its last record, as stored; absent where it has none. */
  readonly head: string | undefined;
  /** Hashes of the records that anchors name, by number; those that it lacks are absent. */
  readonly hashes: ReadonlyMap<string, string>;
  /** It is of a copy: what was anchored since it was taken says nothing of it. */
  readonly older?: boolean;
}

export interface AnchorProblem {
  /**
   * `truncated`: the chain ends before a record that is anchored. `rewritten`: such a record has another hash. `forged`: an
   * anchor was not written by the holder of a key that was given. `removed`: an anchor is missing, stands twice or elsewhere.
   * `foreign`: the file has anchors, all of other ledgers.
   */
  readonly what: "truncated" | "rewritten" | "forged" | "removed" | "foreign";
  /** Of the anchor file, from 1; absent where it is about all of them. */
  readonly line?: number;
  readonly message: string;
}

export interface AnchorVerdict {
  /**
   * `anchored`: the last anchor names the last record. `behind`: records follow the one that it names. `unanchored`: there is
   * no anchor. `unchecked`: there are anchors, and no public key to check them with. `broken`: see `problem`.
   */
  readonly status: "anchored" | "behind" | "unanchored" | "unchecked" | "broken";
  /** Anchors of this ledger. */
  readonly anchors: number;
  /** Anchors of other ledgers in the same file. */
  readonly others: number;
  /** Lines of the file that break off. */
  readonly torn: readonly number[];
  /** The last anchor of this ledger that holds. */
  readonly last?: Pick<Anchor, "seq" | "run" | "at">;
  /** Records of the main chain after the one that the last anchor names. */
  readonly after?: number;
  readonly problem?: AnchorProblem;
}

/** Public keys by their fingerprint. */
export type PublicKeys = ReadonlyMap<string, KeyObject>;

const isSigned = (anchor: Anchor, keys: PublicKeys): boolean => {
  const key = keys.get(anchor.key);
  return key !== undefined && verify(null, signedText(anchor), key, Buffer.from(anchor.signature, "hex"));
};

interface Located {
  readonly line: number;
  readonly anchor: Anchor;
}

/** The first thing wrong with the file itself: every line of it was signed, those of other ledgers too. */
function forgery(lines: readonly AnchorLine[], keys: PublicKeys): AnchorProblem | undefined {
  for (const each of lines) {
    if (each.kind === "unreadable") {
      return { what: "forged", line: each.line, message: `Line ${each.line} of the anchor file is no anchor.` };
    }
    if (each.kind === "torn" || isSigned(each.anchor, keys)) continue;
    const { line, anchor } = each;
    const why = keys.has(anchor.key)
      ? "its signature is not that of its content"
      : `it names a key that was not given, ${anchor.key.slice(0, 16)}…`;
    return { what: "forged", line, message: `Line ${line} of the anchor file cannot be trusted: ${why}.` };
  }
  return undefined;
}

/** The anchors of one ledger, one after another: each names the one before, and a later record. */
function gap(own: readonly Located[]): AnchorProblem | undefined {
  for (const [index, { line, anchor }] of own.entries()) {
    const before = own[index - 1]?.anchor;
    if (before !== undefined && Number(anchor.seq) <= Number(before.seq)) {
      const message = `Line ${line} of the anchor file stands twice or elsewhere: it names record ${anchor.seq} of main, after an anchor of ${before.seq}.`;
      return { what: "removed", line, message };
    }
    // One that follows none was the first in its file.
    if (anchor.previous === "" || anchor.previous === before?.hash) continue;
    return { what: "removed", line, message: `An anchor is missing before line ${line} of the anchor file.` };
  }
  return undefined;
}

/** The first anchor that the chain does not keep; `last` is the one before it. */
function breach(
  own: readonly Located[],
  main: MainChain,
): { readonly problem?: AnchorProblem; readonly last?: Anchor } {
  let last: Anchor | undefined;
  for (const { line, anchor } of own) {
    const found = main.hashes.get(anchor.seq);
    if (found === anchor.hash) {
      last = anchor;
      continue;
    }
    const named = `The anchor of ${anchor.at} (line ${line}) names record ${anchor.seq} of main`;
    const problem: AnchorProblem =
      found === undefined
        ? {
            what: "truncated",
            line,
            message: `${named}, and the ledger ends at ${main.head ?? "nothing"}: its end was cut off.`,
          }
        : {
            what: "rewritten",
            line,
            message: `${named} with another hash: the ledger was written anew, ${
              last === undefined ? "from its second record at the earliest" : `somewhere after record ${last.seq}`
            }.`,
          };
    return { problem, ...(last === undefined ? {} : { last }) };
  }
  return last === undefined ? {} : { last };
}

/** Compares a main chain that verifies by itself with the lines of an anchor file. `keys` is absent where none was given. */
export function verifyAnchors(
  lines: readonly AnchorLine[],
  keys: PublicKeys | undefined,
  main: MainChain,
): AnchorVerdict {
  const anchors = lines.filter((each) => each.kind === "anchor");
  const since = ({ seq }: Anchor) => main.older === true && Number(seq) > Number(main.head ?? 0);
  const own = anchors.filter(({ anchor }) => anchor.ledger === main.ledger && !since(anchor));
  const counts = {
    anchors: own.length,
    others: anchors.filter(({ anchor }) => anchor.ledger !== main.ledger).length,
    torn: lines.filter(({ kind }) => kind === "torn").map(({ line }) => line),
  };
  if (lines.every(({ kind }) => kind === "torn")) return { status: "unanchored", ...counts };
  if (keys === undefined) return { status: "unchecked", ...counts };
  const wrong = forgery(lines, keys) ?? gap(own);
  if (wrong !== undefined) return { status: "broken", ...counts, problem: wrong };
  if (own.length === 0 && counts.others < anchors.length) return { status: "unanchored", ...counts };
  if (own.length === 0) {
    const message = `The anchor file has ${counts.others} anchor${counts.others === 1 ? "" : "s"}, none of this ledger: it belongs to another warehouse, or this ledger was written anew from its first record.`;
    return { status: "broken", ...counts, problem: { what: "foreign", message } };
  }
  const { problem, last } = breach(own, main);
  const named = last === undefined ? {} : { last: { seq: last.seq, run: last.run, at: last.at } };
  if (problem !== undefined) return { status: "broken", ...counts, ...named, problem };
  const after = Number(main.head) - Number(last?.seq);
  return { status: after === 0 ? "anchored" : "behind", ...counts, ...named, after };
}

/** Takes down of the main chain, as its records pass, what anchors are compared with. */
export function mainChainOf(lines: readonly AnchorLine[]): {
  readonly watch: (record: LedgerRecord) => void;
  readonly seen: () => MainChain;
} {
  const wanted = new Set(lines.flatMap((each) => (each.kind === "anchor" ? [each.anchor.seq] : [])));
  const hashes = new Map<string, string>();
  let ledger: string | undefined;
  let head: string | undefined;
  return {
    watch: ({ chain, seq, hash }) => {
      if (chain !== "main") return;
      ledger ??= hash;
      head = seq;
      if (wanted.has(seq)) hashes.set(seq, hash);
    },
    seen: () => ({ ledger, head, hashes }),
  };
}
