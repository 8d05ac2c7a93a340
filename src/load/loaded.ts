/** What RAW.LOADED_FILE knows of earlier loads. */
import { quoteTarget, type Target } from "../graph/index.js";
import type { LoadedFile, Session, Value } from "../warehouse/index.js";

/** All of it, oldest first. */
export async function loadedFiles(session: Session, target: Target): Promise<readonly LoadedFile[]> {
  const rows = await session.rows(
    `select batch_id as "batch", source_system as "source", table_name as "landing", file as "name", content_hash as "hash",
       delivered_at as "delivered", loaded_at as "loaded", record_count as "records", landed_count as "landed",
       rejected_count as "rejected"
     from ${quoteTarget(target)} order by loaded_at, table_name, file`,
  );
  const text = (value: Value | undefined) => String(value ?? "");
  const instant = (value: Value | undefined) => `${text(value)}Z`;
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
