/**
 * What was published or landed by a process that died before it wrote the record: the warehouse knows it, the ledger does
 * not. Every start appends it, marked as recovered, so that a published table is never unknown.
 */
import { quoteName, quoteTarget, type Target, targetKey } from "../graph/index.js";
import { isLandingSchema, type RelationInfo, type Session, type Warehouse } from "../warehouse/index.js";
import { fileSubject, loadFileEntry, publishEntry } from "./entries.js";
import type { Unsealed } from "./read.js";
import { intentSchema } from "./schema.js";
import type { Entry, Ledger, SourceState } from "./types.js";

const qualified = (target: Target, fallback: string) =>
  quoteTarget({ ...target, database: target.database ?? fallback });

/** What the dead run had said that it was about to publish; without it nothing is known of the inputs, so it is built anew. */
function intentOf(unsealed: readonly Unsealed[], runId: string, target: Target) {
  const chain = unsealed.find((one) => one.chain.id === runId);
  const entry = chain?.entries.findLast(
    ({ kind, outcome, subject }) => kind === "intent" && outcome === "publish" && subject === targetKey(target),
  );
  const intent = intentSchema.safeParse(entry?.body);
  return intent.success ? intent.data : undefined;
}

async function publications(ledger: Ledger, warehouse: Warehouse, relations: readonly RelationInfo[]) {
  const { targets } = await ledger.state();
  const lacking = (await warehouse.publisher.markers()).filter((marker) => {
    const known = targets[targetKey(marker.target)];
    return known === undefined || known.runNumber < marker.token;
  });
  if (lacking.length === 0) return [];
  const unsealed = await ledger.unsealed();
  const at = new Date().toISOString();
  await using session = await warehouse.session();
  const entries: Entry[] = [];
  for (const { target, token, runId, fingerprint } of lacking) {
    const intent = intentOf(unsealed, runId, target);
    const info = relations.find((one) => targetKey(one.target) === targetKey(target));
    const [row] =
      info?.kind === "table"
        ? await session.rows(`select count(*) as n from ${qualified(target, warehouse.database)}`)
        : [];
    entries.push(
      publishEntry(
        {
          at,
          target,
          kind: intent?.kind ?? info?.kind ?? "operation",
          fingerprint,
          rows: row === undefined ? null : Number(row.n ?? row.N),
          columns: info?.columns.map(({ name }) => name) ?? [],
          inputs: intent?.inputs ?? {},
          version: runId,
          runNumber: token,
        },
        "recovered",
      ),
    );
  }
  return entries;
}

/** As many files as the ledger has counted, and the last of them of the batch that it knows as the last. */
async function allRecorded(session: Session, log: string, known: SourceState | undefined): Promise<boolean> {
  const [row] = await session.rows(
    `select count(*) as "n", max(case when loaded_at = (select max(loaded_at) from ${log}) then batch_id end) as "b" from ${log}`,
  );
  return known !== undefined && Number(row?.n) === known.rows && row?.b === known.batchId;
}

async function loadedFiles(ledger: Ledger, warehouse: Warehouse, relations: readonly RelationInfo[]) {
  const logs = relations.filter(
    ({ target }) => target.name.toUpperCase() === "LOADED_FILE" && isLandingSchema(target.schema),
  );
  const entries: Entry[] = [];
  // One join leaves out what is recorded; what it cannot tell is asked below.
  const recorded = relations.some(({ target }) => target.schema === "MEDFORM" && target.name === "LEDGER");
  const unrecorded = recorded
    ? ` where not exists (select 1 from ${quoteName(warehouse.database)}.MEDFORM.LEDGER as l where l.KIND = 'load-file' and l.SUBJECT = ? || f.table_name || ':' || f.content_hash)`
    : "";
  await using session = await warehouse.session();
  const { sources } = await ledger.state();
  for (const { target: log } of logs) {
    const place = qualified(log, warehouse.database);
    if (await allRecorded(session, place, sources[targetKey(log)])) continue;
    const rows = await session.rows(
      `select batch_id as "b", table_name as "t", content_hash as "h", landed_count as "n", rejected_count as "r" from ${place} as f${unrecorded} order by loaded_at, table_name`,
      unrecorded === "" ? [] : [targetKey({ ...log, name: "X" }).slice(0, -1)],
    );
    const files = rows.map((row) => {
      const target: Target = { ...log, name: String(row.t) };
      return {
        target,
        contentHash: String(row.h),
        batchId: String(row.b),
        rows: Number(row.n),
        rejected: Number(row.r),
      };
    });
    const known = await ledger.loaded(files.map((file) => fileSubject(file.target, file.contentHash)));
    const at = new Date().toISOString();
    const lacking = files.filter((file) => !known.has(fileSubject(file.target, file.contentHash)));
    for (const file of lacking) entries.push(loadFileEntry({ at, ...file }, "recovered"));
    // A load also writes its own two tables, and who reads those must see that they changed.
    for (const batchId of new Set(lacking.map((file) => file.batchId))) {
      const batch = lacking.filter((file) => file.batchId === batchId);
      const rejected = batch.reduce((sum, file) => sum + file.rejected, 0);
      const own = (name: string, rows: number) =>
        loadFileEntry({ at, target: { ...log, name }, contentHash: batchId, batchId, rows }, "recovered");
      entries.push(own(log.name, batch.length), own("REJECTED_LINE", rejected));
    }
  }
  return entries;
}

/**
 * Appends to the ledger the publications and landed files that it lacks; says which. Called at every start, before a plan
 * is made, while no chain is open. Safe to repeat. `known` are the warehouse's relations, where somebody has just asked for them.
 */
export async function recoverMarkers(
  ledger: Ledger,
  warehouse: Warehouse,
  known?: readonly RelationInfo[],
): Promise<readonly Entry[]> {
  const relations = known ?? (await warehouse.catalog.relations());
  const entries = [
    ...(await loadedFiles(ledger, warehouse, relations)),
    ...(await publications(ledger, warehouse, relations)),
  ];
  await ledger.recover(entries);
  return entries;
}
