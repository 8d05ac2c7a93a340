/** What a warehouse file holds, said so shortly that two can be compared: a checksum for each table, markers, the ledger's verdict. */
import { existsSync } from "node:fs";
import { quoteTarget, targetKey } from "../../src/graph/index.js";
import { openDuckDb } from "../../src/warehouse/index.js";
import { type LedgerOf, ledgerOf, noLedger } from "../support/ledger-of.js";

export interface Table {
  /** Of all rows and columns, in any order. */
  readonly full: string;
  /** The same without the columns that say which run or load wrote a row. */
  readonly content: string;
}

export interface Snapshot extends LedgerOf {
  /** By target key; what medform keeps for itself aside. */
  readonly tables: Readonly<Record<string, Table>>;
  /** The run that published each target last. */
  readonly markers: Readonly<Record<string, string>>;
}

const provenance = new Set(
  // The last three are drawn, once each.
  "run_id judged_run built_run emitted_run loaded_at _loaded_at recorded_at safe_harbor_id shifted_dates_id shift_days".split(
    " ",
  ),
);

/** Reads a file that nobody writes, changing nothing. */
export async function snapshot(path: string): Promise<Snapshot> {
  if (!existsSync(path)) return { tables: {}, markers: {}, ...noLedger };
  await using warehouse = await openDuckDb({
    path,
    database: "EHR",
    readOnly: true,
    threads: 1,
    holder: { command: "test" },
  });
  await using session = await warehouse.session();
  const relations = (await warehouse.catalog.relations()).filter(
    ({ target, kind }) => kind === "table" && target.schema !== "MEDFORM",
  );
  const tables: Record<string, Table> = {};
  const hashed = (names: readonly string[]) =>
    names.length === 0 ? "0" : `coalesce(sum(hash(${names.map((name) => `"${name}"`).join(", ")})::hugeint), 0)`;
  const queries = relations.map(({ target, columns }, i) => {
    const names = columns.map(({ name }) => name);
    const kept = names.filter((name) => !provenance.has(name.toLowerCase()));
    return `select ${i} as "i", count(*) as "n", (${hashed(names)})::varchar as "f", (${hashed(kept)})::varchar as "c" from ${quoteTarget(target)}`;
  });
  const rows = queries.length === 0 ? [] : await session.rows(queries.join("\nunion all "));
  for (const { i, n, f, c } of rows) {
    const info = relations[Number(i)];
    if (info === undefined) continue;
    const shape = info.columns.map(({ name, type }) => `${name} ${type}`).join(", ");
    tables[targetKey(info.target)] = { full: `${n} ${f} ${shape}`, content: `${n} ${c} ${shape}` };
  }
  const markers = Object.fromEntries(
    (await warehouse.publisher.markers()).map(({ target, runId }) => [targetKey(target), runId]),
  );
  return { tables, markers, ...(await ledgerOf(warehouse)) };
}
