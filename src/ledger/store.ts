/** The ledger's tables and the few statements that touch them; the same text on every engine. */
import { ProblemError, quoteName } from "../graph/index.js";
import { leaseLost, type Row, type Session, type Warehouse } from "../warehouse/index.js";
import { type ChainHead, genesis, type LedgerRecord, seqText } from "./hash.js";
import { ownRelations } from "./tables.js";

export const columns = ["CHAIN", "SEQ", "AT", "KIND", "SUBJECT", "OUTCOME", "BODY", "PREV_HASH", "HASH"] as const;

/** Quoted, for AT is a word of the engines. */
export const listed = columns.map((name) => `"${name}"`).join(", ");

/** Records of one insert; more are split. */
export const groupSize = 200;

export interface Store {
  /** False where nothing was ever written. */
  readonly present: boolean;
  create(): Promise<void>;
  head(name: "main" | "seal"): Promise<ChainHead>;
  /** Moves a head from where it was; false where somebody else has moved it. */
  moveHead(name: "main" | "seal", from: ChainHead, to: ChainHead): Promise<boolean>;
  insert(records: readonly LedgerRecord[]): Promise<void>;
  /** Records of one chain from a number on, in order. */
  from(chain: string, seq: number): Promise<readonly LedgerRecord[]>;
  /** All records of some chains, chain by chain, each in order. */
  chains(ids: readonly string[]): Promise<readonly LedgerRecord[]>;
  /** Records that opened these chains. */
  openings(ids: readonly string[]): Promise<readonly LedgerRecord[]>;
  /** Hash of one record of the main chain. */
  hashAt(seq: string): Promise<string | undefined>;
  loaded(subjects: readonly string[]): Promise<readonly string[]>;
}

const empty: ChainHead = { seq: 0, hash: genesis };

export function toRecord(row: Row): LedgerRecord {
  const text = (name: (typeof columns)[number]) => String(row[name]);
  return {
    chain: text("CHAIN"),
    seq: text("SEQ"),
    at: text("AT"),
    kind: text("KIND"),
    subject: text("SUBJECT"),
    outcome: text("OUTCOME"),
    body: text("BODY"),
    prevHash: text("PREV_HASH"),
    hash: text("HASH"),
  };
}

const placeOf = (database: string) => `${quoteName(database)}.MEDFORM`;

/** Both tables, the second one with both heads at the beginning. */
export function createLedger(database: string): readonly string[] {
  const [ledger, heads] = [`${placeOf(database)}.LEDGER`, `${placeOf(database)}.LEDGER_HEAD`];
  const rows = ["main", "seal"].map((name) => `('${name}', '${seqText(0)}', '${genesis}')`);
  const cast = ["CHAIN", "SEQ", "HASH"].map((name) => `cast(v.${name} as varchar) as ${name}`);
  return [
    `create table if not exists ${ledger} (${columns.map((name) => `"${name}" varchar not null`).join(", ")})`,
    `create table ${heads} as select ${cast.join(", ")} from (values ${rows.join(", ")}) as v(CHAIN, SEQ, HASH)`,
  ];
}

const marks = (count: number) => Array.from({ length: count }, () => "?").join(", ");

export async function ledgerStore(warehouse: Warehouse, session: Session): Promise<Store> {
  const place = placeOf(warehouse.database);
  const ledger = `${place}.LEDGER`;
  const heads = `${place}.LEDGER_HEAD`;
  const select = `select ${listed} from ${ledger}`;
  const { held } = warehouse.lease;
  const tables = async () => {
    const found = await ownRelations(session, warehouse.database, ["LEDGER", "LEDGER_HEAD"]);
    return new Set(found.map(({ name }) => name));
  };
  const exists = async () => (await tables()).has("LEDGER_HEAD");
  let present = await exists();

  /** Records whose heads are gone: begun anew, the chain would hold its numbers twice. */
  const refuseHeadless = async () => {
    if (!(await tables()).has("LEDGER")) return;
    const [row] = await session.rows(`select count(*) as "N" from ${ledger}`);
    if (Number(row?.N) === 0) return;
    throw new ProblemError(
      {
        code: "ledger-headless",
        message: "MEDFORM.LEDGER holds records, and MEDFORM.LEDGER_HEAD, which says where they end, is gone.",
        hint: "Somebody removed it. Restore both tables from a backup.",
      },
      4,
    );
  };

  const store: Store = {
    get present() {
      return present;
    },
    async create() {
      for (let attempt = 1; !present; attempt += 1) {
        await warehouse.catalog.ensureSchemas([{ database: warehouse.database, schema: "MEDFORM" }]);
        await refuseHeadless();
        await session.run(warehouse.lease.begin);
        try {
          // Where creating a table commits, the second one is what counts: it has its rows from the first moment.
          for (const statement of createLedger(warehouse.database)) await session.run(statement);
          await session.run("commit");
          present = true;
        } catch (error) {
          await session.run("rollback").catch(() => undefined);
          // Somebody else may have made them at the same time: then they are there now, or in a moment.
          present = await exists();
          if (!present && attempt >= 20) throw error;
          if (!present) await new Promise((done) => setTimeout(done, attempt * 5));
        }
      }
    },
    async head(name) {
      if (!present) return empty;
      const [row] = await session.rows(`select seq, hash from ${heads} where chain = ?`, [name]);
      if (row === undefined) return empty;
      return { seq: Number(row.SEQ), hash: String(row.HASH) };
    },
    async moveHead(name, from, to) {
      const { changed } = await session.run(
        `update ${heads} set seq = ?, hash = ? where chain = ? and seq = ? and hash = ?`,
        [seqText(to.seq), to.hash, name, seqText(from.seq), from.hash],
      );
      return changed === 1;
    },
    async insert(records) {
      const rows = records.map(() => `(${marks(columns.length)})`).join(", ");
      const binds = records.flatMap((record) => [
        record.chain,
        record.seq,
        record.at,
        record.kind,
        record.subject,
        record.outcome,
        record.body,
        record.prevHash,
        record.hash,
      ]);
      if (held === undefined) {
        await session.run(`insert into ${ledger} (${listed}) values ${rows}`, binds);
        return;
      }
      // Who has lost the warehouse is noted as interrupted, with the records that there are: none may follow them.
      const { changed } = await session.run(
        `insert into ${ledger} (${listed}) select ${listed} from (values ${rows}) as v(${listed}) where ${held.sql}`,
        [...binds, ...held.binds],
      );
      if (changed !== records.length) throw leaseLost();
    },
    async from(chain, seq) {
      if (!present) return [];
      const rows = await session.rows(`${select} where chain = ? and seq >= ? order by seq`, [chain, seqText(seq)]);
      return rows.map(toRecord);
    },
    async chains(ids) {
      if (!present || ids.length === 0) return [];
      const rows = await session.rows(`${select} where chain in (${marks(ids.length)}) order by chain, seq`, ids);
      return rows.map(toRecord);
    },
    async openings(ids) {
      if (!present) return [];
      const found: LedgerRecord[] = [];
      for (let at = 0; at < ids.length; at += 500) {
        const some = ids.slice(at, at + 500);
        const rows = await session.rows(
          `${select} where chain = 'main' and kind = 'open' and subject in (${marks(some.length)})`,
          some,
        );
        found.push(...rows.map(toRecord));
      }
      return found;
    },
    async hashAt(seq) {
      const [row] = await session.rows(`select "HASH" as "HASH" from ${ledger} where chain = 'main' and seq = ?`, [
        seq,
      ]);
      return row === undefined ? undefined : String(row.HASH);
    },
    async loaded(subjects) {
      if (!present) return [];
      const known: string[] = [];
      for (let at = 0; at < subjects.length; at += 500) {
        const some = subjects.slice(at, at + 500);
        const rows = await session.rows(
          `select distinct subject from ${ledger} where kind = 'load-file' and subject in (${marks(some.length)})`,
          some,
        );
        known.push(...rows.map((row) => String(row.SUBJECT)));
      }
      return known;
    },
  };
  return store;
}
