/** What the ledger sends, the same text on every engine but for JSON: recorded from its own functions, and read as templates are. */
import { createLedger, type LedgerRecord, ledgerViewRelations } from "../../src/ledger/index.js";
import { ledgerStore } from "../../src/ledger/store.js";
import type { Session, Warehouse } from "../../src/warehouse/index.js";
import { jsonText } from "../../src/warehouse/snowflake/json.js";
import { isHeld } from "../../src/warehouse/snowflake/statements-lease.js";

const database = "EHR";
const record: LedgerRecord = {
  chain: "c",
  seq: "0",
  at: "a",
  kind: "k",
  subject: "s",
  outcome: "o",
  body: "{}",
  prevHash: "p",
  hash: "h",
};

export async function ledgerStatements(): Promise<readonly { name: string; file: string; sql: string }[]> {
  const sent: string[] = [];
  const session = {
    run: async (sql: string) => {
      sent.push(sql);
      return { changed: 1 };
    },
    rows: async (sql: string) => {
      sent.push(sql);
      return sql.includes("information_schema") ? [{ NAME: "LEDGER_HEAD", TYPE: "BASE TABLE" }] : [];
    },
  } as Partial<Session> as Session;
  const lease = { held: { sql: isHeld(database), binds: [] } };
  const store = await ledgerStore({ database, lease } as unknown as Warehouse, session);
  await store.head("main");
  await store.moveHead("main", { seq: 0, hash: "h" }, { seq: 1, hash: "i" });
  await store.insert([record]);
  await store.from("main", 0);
  await store.chains(["main", "seal"]);
  await store.openings(["r"]);
  await store.hashAt("0");
  await store.loaded(["f"]);
  const of = (file: string, list: readonly string[]) =>
    list.map((sql, i) => ({ name: `${file} ${i + 1}`, file: `src/ledger/${file}.ts`, sql }));
  const views = ledgerViewRelations({ database, jsonText }).map(({ query }) => query);
  return [...of("store", [...createLedger(database), ...sent]), ...of("views", views)];
}
