/** Anchors each seal, in the one place through which runs, loads and assertions pass. What fails here undoes nothing. */
import { type Problem, ProblemError } from "../graph/index.js";
import { signAnchor } from "./anchor.js";
import { anchorFileSize, appendAnchor, lastAnchorOf } from "./anchor-file.js";
import { seqText } from "./hash.js";
import type { SigningKey } from "./keys.js";

/** The main chain as it stands after a seal. */
export interface SealedChain {
  /** The chain that was sealed. */
  readonly run: string;
  /** Of that chain: 1 for the first of its ledger. */
  readonly number: number;
  /** Of the seal, in the main chain. */
  readonly seq: string;
  readonly hash: string;
  /** Hash of a record of the main chain, where it is there. */
  hashAt(seq: string): Promise<string | undefined>;
}

export interface Anchoring {
  /** Never throws: what it cannot do it tells. */
  sealed(chain: SealedChain): Promise<void>;
}

/** It may be so, or the file was replaced, or the ledger was written anew from its first record: people have to know it. */
function firstAnchor(number: number, empty: boolean): Problem | undefined {
  if (number === 1 && empty) return undefined;
  return {
    code: "anchor-first",
    message: empty
      ? `The anchor file is new, and this ledger is not: nothing was kept of the ${number === 2 ? "run or load" : `${number - 1} runs and loads`} before.`
      : "The anchor file has lines, and none of them is of this ledger.",
    hint: "That is right where anchors were just set up, or where warehouses share the file. Else the file or the ledger was replaced: compare them with other copies.",
  };
}

const hint = "The run stands. The next one anchors all that is recorded until then, if it can write the file.";

/** Signs the end of the chain and appends it to `file`; `notify` hears loudly what went wrong. */
export function fileAnchoring({
  file,
  key,
  notify,
}: {
  readonly file: string;
  readonly key: SigningKey;
  readonly notify: (problem: Problem) => void;
}): Anchoring {
  return {
    async sealed(chain) {
      try {
        const ledger = (await chain.hashAt(seqText(1))) ?? "";
        const last = await lastAnchorOf(file, ledger);
        const first = last === undefined ? firstAnchor(chain.number, (await anchorFileSize(file)) === 0) : undefined;
        if (first !== undefined) notify(first);
        if (last !== undefined && (await chain.hashAt(last.seq)) !== last.hash) {
          notify({
            code: "ledger-rewritten",
            message: `The ledger no longer goes through the record that the anchor of ${last.at} names (${last.seq} of main).`,
            hint: "medform audit verify says more. After a restore from a backup, begin a new anchor file and keep the old one.",
          });
        }
        const { run, seq, hash } = chain;
        const at = new Date().toISOString();
        await appendAnchor(file, signAnchor({ ledger, seq, hash, run, at, previous: last?.hash ?? "" }, key));
      } catch (error) {
        const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
        const [problem] = error instanceof ProblemError ? error.problems : [];
        const why = problem === undefined ? code : ` (${problem.code})`;
        notify({ code: "anchor-failed", message: `The end of the ledger could not be anchored${why}.`, hint });
      }
    },
  };
}
