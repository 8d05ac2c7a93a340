/** What RAW.LOADED_FILE and RAW.REPEATED_FILE know of earlier loads. */
import { quoteTarget, type Target } from "../graph/index.js";
import type { LoadedFile, RepeatedFile, Session, Value } from "../warehouse/index.js";

const text = (value: Value | undefined) => String(value ?? "");
const instant = (value: Value | undefined) => `${text(value)}Z`;

/** All of it, oldest first. */
export async function loadedFiles(session: Session, target: Target): Promise<readonly Omit<LoadedFile, "header">[]> {
  const rows = await session.rows(
    `select batch_id as "batch", source_system as "source", table_name as "landing", file as "name", content_hash as "hash",
       delivered_at as "delivered", loaded_at as "loaded", record_count as "records", landed_count as "landed",
       rejected_count as "rejected"
     from ${quoteTarget(target)} order by loaded_at, table_name, file`,
  );
  return rows.map((row) => ({
    batchId: text(row.batch),
    source: text(row.source),
    table: text(row.landing),
    file: text(row.name),
    contentHash: text(row.hash),
    deliveredAt: instant(row.delivered),
    loadedAt: instant(row.loaded),
    records: Number(row.records),
    landed: Number(row.landed),
    rejected: Number(row.rejected),
  }));
}

/** All of it. */
export async function repeatedFiles(
  session: Session,
  target: Target,
): Promise<readonly Pick<RepeatedFile, "source" | "table" | "contentHash" | "deliveredAt">[]> {
  const rows = await session.rows(
    `select source_system as "source", table_name as "landing", content_hash as "hash", delivered_at as "delivered" from ${quoteTarget(target)}`,
  );
  return rows.map((row) => ({
    source: text(row.source),
    table: text(row.landing),
    contentHash: text(row.hash),
    deliveredAt: instant(row.delivered),
  }));
}
