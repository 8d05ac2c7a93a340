/** Reads the ledger as a whole, as it is stored, in chunks: for who verifies or exports it. */
import { ProblemError, quoteName } from "../graph/index.js";
import type { Warehouse } from "../warehouse/index.js";
import { type LedgerRecord, seqText } from "./hash.js";
import { columns, listed, toRecord } from "./store.js";
import { ownRelations } from "./tables.js";
import type { HeadRow } from "./verify.js";

/** Records of the main chain that are read at a time; about half of them are seals, each with a whole state. */
const mainGroup = 64;

export interface LedgerScan extends AsyncDisposable {
  /** Both of its tables are there. */
  readonly complete: boolean;
  heads(): Promise<readonly HeadRow[]>;
  /** The main chain, then the others by id, each by number. One at a time. */
  records(): AsyncIterable<readonly LedgerRecord[]>;
  /** Stops what is being read. */
  cancel(): void;
}

/** @throws ProblemError `ledger-none` where nothing was ever recorded. A single table that is gone reads as an empty one. */
export async function scanLedger(warehouse: Warehouse): Promise<LedgerScan> {
  const session = await warehouse.session();
  const found = await ownRelations(session, warehouse.database, ["LEDGER", "LEDGER_HEAD"]);
  const tables = new Set(found.map(({ name }) => name));
  if (tables.size === 0) {
    await session[Symbol.asyncDispose]();
    throw new ProblemError({
      code: "ledger-none",
      message: "The warehouse has no ledger.",
      hint: "The first load or run writes it. If there was one, it was removed: restore the warehouse from a backup.",
    });
  }
  const place = `${quoteName(warehouse.database)}.MEDFORM`;
  return {
    complete: tables.size === 2,
    async heads() {
      if (!tables.has("LEDGER_HEAD")) return [];
      const rows = await session.rows(`select chain as "C", seq as "S", hash as "H" from ${place}.LEDGER_HEAD`);
      return rows.map((row) => ({ chain: String(row.C), seq: String(row.S), hash: String(row.H) }));
    },
    async *records() {
      if (!tables.has("LEDGER")) return;
      const select = `select ${listed} from ${place}.LEDGER`;
      // A chunk of the engine has 2,048 rows, too many where seals are among them: the main chain is read some numbers at a
      // time. The first and the last part are open, so that no text that stands where a number should is left out, nor a NULL
      // where somebody changed the table.
      const [row] = await session.rows(`select count(*) as "N" from ${place}.LEDGER where "CHAIN" = 'main'`);
      const count = Number(row?.N);
      for (let from = 1; from <= count; from += mainGroup) {
        const bounds = [
          ...(from === 1 ? [] : [{ sql: ` and ("SEQ" >= ? or "SEQ" is null)`, value: seqText(from) }]),
          ...(from + mainGroup > count ? [] : [{ sql: ` and "SEQ" < ?`, value: seqText(from + mainGroup) }]),
        ];
        const where = `"CHAIN" = 'main'${bounds.map(({ sql }) => sql).join("")}`;
        const binds = bounds.map(({ value }) => value);
        yield (await session.rows(`${select} where ${where} order by "SEQ"`, binds)).map(toRecord);
      }
      for await (const rows of session.stream(
        `${select} where "CHAIN" is distinct from 'main' order by "CHAIN", "SEQ"`,
      )) {
        yield rows.map(toRecord);
      }
    },
    cancel: () => session.cancel(),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}

/** A record as one line of JSON, its line feed included: columns under their names, in their order, no blanks. */
export function exportLine(record: LedgerRecord): string {
  const { chain, seq, at, kind, subject, outcome, body, prevHash, hash } = record;
  const values = [chain, seq, at, kind, subject, outcome, body, prevHash, hash];
  const line = JSON.stringify(Object.fromEntries(columns.map((name, index) => [name, values[index]])));
  // Some readers take these two for the end of a line.
  return `${line.replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029")}\n`;
}
