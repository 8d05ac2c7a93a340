/** Reads what the ledger knows now: the last seal and what follows it, so that the cost does not grow with history. */
import { ProblemError } from "../graph/index.js";
import { type ChainInfo, emptyState, foldEntries, foldEntry, foldOpened } from "./fold.js";
import { type ChainHead, genesis, type LedgerRecord } from "./hash.js";
import { openSchema, sealSchema } from "./schema.js";
import type { Store } from "./store.js";
import type { Entry, State } from "./types.js";

/** A chain that was opened and not sealed: its process died, or it is still at work. */
export interface Unsealed {
  readonly chain: ChainInfo;
  readonly entries: readonly Entry[];
  readonly head: ChainHead;
  /** A later chain has noted that it will not go on. */
  readonly closed: boolean;
}

export interface Tail {
  readonly state: State;
  readonly unsealed: readonly Unsealed[];
}

export function parsed(record: LedgerRecord): Entry {
  const { kind, subject, outcome, at } = record;
  return { kind, subject, outcome, at, body: JSON.parse(record.body) };
}

/** What this process has written to a chain of its own, as it is stored. */
export interface OwnChain {
  readonly entries: Entry[];
  head: ChainHead;
}

/** The state in a seal, so that it is read and parsed once. */
export interface KnownSeal {
  hash: string;
  state: State;
}

function opening(record: LedgerRecord): ChainInfo {
  const { number, kind, about } = openSchema.parse(JSON.parse(record.body));
  return { id: record.subject, number, kind, startedAt: record.at, commit: about?.commit };
}

/** The state of the last seal, and what follows it in the main chain. */
async function sinceSeal(store: Store, known: KnownSeal) {
  const seal = await store.head("seal");
  if (seal.hash === known.hash) return { base: known.state, later: await store.from("main", seal.seq + 1) };
  const [first, ...later] = await store.from("main", seal.seq);
  known.state = sealSchema.parse(JSON.parse(first?.body ?? "")).state;
  known.hash = seal.hash;
  return { base: known.state, later };
}

async function read(store: Store, own: ReadonlyMap<string, OwnChain>, known: KnownSeal): Promise<Tail> {
  const { base, later } = await sinceSeal(store, known);
  const opened = later.filter(({ kind }) => kind === "open").map((record) => ({ record, chain: opening(record) }));
  const records = await store.chains(opened.map(({ chain }) => chain.id).filter((id) => !own.has(id)));
  const unsealed = opened.map(({ record, chain }): Unsealed => {
    const closed = later.some(({ kind, subject }) => kind === "interrupted" && subject === chain.id);
    const mine = own.get(chain.id);
    if (mine !== undefined) return { chain, closed, ...mine };
    const entries = records.filter((entry) => entry.chain === chain.id);
    const last = entries.at(-1);
    return {
      chain,
      entries: entries.map(parsed),
      head: last === undefined ? { seq: 0, hash: record.hash } : { seq: entries.length, hash: last.hash },
      closed,
    };
  });
  let state = base;
  for (const record of later) {
    const chain = unsealed.find((one) => record.kind === "open" && one.chain.id === record.subject);
    if (chain === undefined) {
      state = foldEntry(state, parsed(record), { id: "main", number: state.number, kind: "run", startedAt: record.at });
      continue;
    }
    const { lastRun } = state;
    state = foldEntries(foldOpened(state, chain.chain), chain.entries, chain.chain);
    // A chain that is being written here is neither interrupted nor the last run yet.
    if (own.has(chain.chain.id)) state = { ...state, lastRun };
  }
  return { state, unsealed };
}

/** Before anything was sealed. */
export const nothingSealed = (): KnownSeal => ({ hash: genesis, state: emptyState });

/** `own`: chains that this process is writing, by id. `known` is kept for the next time. */
export async function readTail(store: Store, own: ReadonlyMap<string, OwnChain>, known: KnownSeal): Promise<Tail> {
  try {
    return await read(store, own, known);
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    throw new ProblemError(
      {
        code: "ledger-unreadable",
        message: "the ledger holds a record that cannot be read",
        hint: "Somebody may have changed it. Restore the warehouse from a backup, or build a new one under another path.",
      },
      4,
    );
  }
}
