/** The ledger in a warehouse: one writer, whose appends are grouped; chains that are opened and sealed in the main one. */
import { randomBytes } from "node:crypto";
import { ProblemError } from "../graph/index.js";
import { isTransient, type Session, type Warehouse } from "../warehouse/index.js";
import type { Anchoring } from "./anchoring.js";
import { viewsEntry } from "./entries.js";
import { type ChainInfo, foldSealed } from "./fold.js";
import { type ChainHead, type LedgerRecord, recordHash, seqText } from "./hash.js";
import { canonicalJson, storedText } from "./json.js";
import { nothingSealed, type OwnChain, parsed, readTail, type Tail, type Unsealed } from "./read.js";
import { aboutRunSchema, openSchema } from "./schema.js";
import { groupSize, ledgerStore, type Store } from "./store.js";
import type { Chain, Entry, Ledger, Owner, RunState, SealOptions, State } from "./types.js";
import { type LedgerViews, ledgerViews } from "./views.js";

/** How often a transaction is tried when somebody else changes the same rows at the same time. */
const attempts = 20;

async function repeated<T>(transaction: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await transaction();
    } catch (error) {
      if (!isTransient(error) || attempt >= attempts) throw error;
      await new Promise((done) => setTimeout(done, attempt * 2));
    }
  }
}

const mayNot = (error: unknown) =>
  error instanceof ProblemError && error.problems.every(({ code }) => code === "engine-permission");

function recordsOf(chain: string, after: ChainHead, entries: readonly Entry[]): readonly LedgerRecord[] {
  const records: LedgerRecord[] = [];
  let last = after;
  for (const entry of entries) {
    const unhashed = {
      chain,
      seq: seqText(last.seq + 1),
      at: storedText(entry.at),
      kind: storedText(entry.kind),
      subject: storedText(entry.subject),
      outcome: storedText(entry.outcome),
      body: storedText(canonicalJson(entry.body)),
      prevHash: last.hash,
    };
    const record = { ...unhashed, hash: recordHash(unhashed) };
    records.push(record);
    last = { seq: last.seq + 1, hash: record.hash };
  }
  return records;
}

const headOf = (records: readonly LedgerRecord[], before: ChainHead): ChainHead => {
  const last = records.at(-1);
  return last === undefined ? before : { seq: Number(last.seq), hash: last.hash };
};

class WarehouseLedger implements Ledger {
  /** Everything that touches the session waits in one line. */
  #line: Promise<unknown> = Promise.resolve();
  readonly #own = new Map<string, OwnChain>();
  readonly #known = nothingSealed();

  constructor(
    private readonly session: Session,
    /** The statement that opens a transaction. */
    private readonly begin: string,
    private readonly engine: { readonly name: string; readonly version: string },
    private readonly store: Store,
    private readonly views: LedgerViews,
    private readonly anchoring: Anchoring | undefined,
  ) {}

  #next<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#line.then(work);
    this.#line = turn.catch(() => undefined);
    return turn;
  }

  #tail(): Promise<Tail> {
    return readTail(this.store, this.#own, this.#known);
  }

  state(): Promise<State> {
    return this.#next(async () => (await this.#tail()).state);
  }

  unsealed(): Promise<readonly Unsealed[]> {
    return this.#next(async () => (await this.#tail()).unsealed.filter(({ chain }) => !this.#own.has(chain.id)));
  }

  async loaded(subjects: readonly string[]): Promise<ReadonlySet<string>> {
    return this.#next(async () => new Set(await this.store.loaded(subjects)));
  }

  owners(chainIds: readonly string[]): Promise<ReadonlyMap<string, Owner>> {
    return this.#next(async () => {
      const openings = await this.store.openings(chainIds);
      return new Map(openings.map((record) => [record.subject, openSchema.parse(JSON.parse(record.body)).about ?? {}]));
    });
  }

  entries(chainId: string): Promise<readonly Entry[]> {
    return this.#next(async () => (await this.store.chains([chainId])).map(parsed));
  }

  recover(entries: readonly Entry[]): Promise<void> {
    return this.#next(async () => {
      if (entries.length === 0 && this.#interrupted(await this.#tail()).length === 0) return;
      await this.#main(async () => ({ entries: [...this.#interrupted(await this.#tail()), ...entries] }));
    });
  }

  /** One for each chain that a dead process left open, and that nobody noted yet. */
  #interrupted({ unsealed }: Tail): readonly Entry[] {
    const at = new Date().toISOString();
    return unsealed
      .filter((one) => !one.closed && !this.#own.has(one.chain.id))
      .map((one) => ({
        kind: "interrupted",
        subject: one.chain.id,
        outcome: "interrupted",
        at,
        body: { records: one.head.seq, lastHash: one.head.hash },
      }));
  }

  open(kind: RunState["kind"], about: Readonly<Record<string, unknown>>): Promise<Chain> {
    return this.#next(async () => {
      const startedAt = new Date().toISOString();
      const { commit } = aboutRunSchema.parse(about);
      let chain: ChainInfo = { id: "", number: 0, kind, startedAt, commit };
      const views = await this.#remakeViews();
      const records = await this.#main(async () => {
        const tail = await this.#tail();
        const number = tail.state.number + 1;
        chain = {
          id: `${kind}-${String(number).padStart(6, "0")}-${randomBytes(4).toString("hex")}`,
          number,
          kind,
          startedAt,
          commit,
        };
        const opened: Entry = {
          kind: "open",
          subject: chain.id,
          outcome: kind,
          at: startedAt,
          body: { about, engine: this.engine, kind, number },
        };
        return { entries: [...this.#interrupted(tail), opened, ...views] };
      });
      const start = records.find(({ kind }) => kind === "open")?.hash ?? "";
      return this.#chain(chain, start);
    });
  }

  /** Makes the views over the ledger where they are missing or their text is another one; returns what to record of that. */
  async #remakeViews(): Promise<readonly Entry[]> {
    await this.store.create();
    const { fingerprint } = this.views;
    const known = (await this.#tail()).state.views;
    if (known === fingerprint && (await this.views.present(this.session))) return [];
    try {
      await repeated(() => this.views.create(this.session));
    } catch (error) {
      // They are a reading, and no reason not to run.
      if (mayNot(error)) return [];
      throw error;
    }
    return known === fingerprint ? [] : [viewsEntry(new Date().toISOString(), fingerprint)];
  }

  #chain(info: ChainInfo, start: string): Chain {
    const own: OwnChain = { entries: [], head: { seq: 0, hash: start } };
    this.#own.set(info.id, own);
    let sealed = false;
    let waiting: { entries: readonly Entry[]; done: () => void; failed: (error: unknown) => void }[] = [];

    const refuseSealed = () => {
      if (!sealed) return;
      throw new ProblemError({ code: "ledger-sealed", message: `${info.id} is sealed: nothing can be appended to it` });
    };

    /** Takes all that waits into one statement, whoever asked for it. */
    const flush = async () => {
      const group = waiting;
      waiting = [];
      if (group.length === 0) return;
      try {
        const records = recordsOf(
          info.id,
          own.head,
          group.flatMap(({ entries }) => entries),
        );
        for (let at = 0; at < records.length; at += groupSize) {
          const some = records.slice(at, at + groupSize);
          await this.store.insert(some);
          own.head = headOf(some, own.head);
          own.entries.push(...some.map(parsed));
        }
        for (const { done } of group) done();
      } catch (error) {
        for (const { failed } of group) failed(error);
      }
    };

    return {
      id: info.id,
      number: info.number,
      append: async (entries) => {
        refuseSealed();
        if (entries.length === 0) return;
        await new Promise<void>((done, failed) => {
          waiting.push({ entries, done, failed });
          void this.#next(flush);
        });
      },
      seal: async (outcome, { state, counts }: SealOptions = {}) => {
        refuseSealed();
        sealed = true;
        await this.#next(async () => {
          await flush();
          const records = await this.#main(async () => {
            const at = new Date().toISOString();
            const known = state ?? (await this.#tail()).state;
            const body = {
              records: own.head.seq,
              lastHash: own.head.hash,
              ...(counts === undefined ? {} : { counts }),
              state: foldSealed(known, info, outcome, at),
            };
            return { entries: [{ kind: "seal", subject: info.id, outcome, at, body }], seals: true };
          });
          this.#own.delete(info.id);
          const end = records.at(-1);
          if (this.anchoring === undefined || end === undefined) return;
          const { seq, hash } = end;
          await this.anchoring.sealed({
            run: info.id,
            number: info.number,
            seq,
            hash,
            hashAt: (other) => this.store.hashAt(other),
          });
        });
      },
    };
  }

  /** Appends to the main chain in one transaction with the move of its head; tried again where somebody was faster. */
  async #main(
    make: () => Promise<{ readonly entries: readonly Entry[]; readonly seals?: boolean }>,
  ): Promise<readonly LedgerRecord[]> {
    await this.store.create();
    return await repeated(async () => {
      await this.session.run(this.begin);
      try {
        const head = await this.store.head("main");
        const { entries, seals = false } = await make();
        const records = recordsOf("main", head, entries);
        await this.store.insert(records);
        const moved = await this.store.moveHead("main", head, headOf(records, head));
        const sealMoved =
          !seals || (await this.store.moveHead("seal", await this.store.head("seal"), headOf(records, head)));
        if (!moved || !sealMoved) throw new ProblemError({ code: "conflict", message: "the ledger's head has moved" });
        await this.session.run("commit");
        return records;
      } catch (error) {
        await this.session.run("rollback").catch(() => undefined);
        throw error;
      }
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#line;
    await this.session[Symbol.asyncDispose]();
  }
}

export interface LedgerOptions {
  /** Told of each seal. */
  readonly anchoring?: Anchoring;
}

/** Opens the ledger of a warehouse. Its tables are made by the first write. Dispose it before the warehouse. */
export async function openLedger(warehouse: Warehouse, options: LedgerOptions = {}): Promise<Ledger> {
  const session = await warehouse.session();
  const engine = { name: warehouse.engine, version: warehouse.engineVersion };
  return new WarehouseLedger(
    session,
    warehouse.lease.begin,
    engine,
    await ledgerStore(warehouse, session),
    ledgerViews(warehouse),
    options.anchoring,
  );
}
