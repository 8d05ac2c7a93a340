/** All new files of a load, read anew and handed to the engine: their rows, rejected lines and counts are seen at once, or none. */
import type { Target } from "../graph/index.js";
import type {
  LandingBatch,
  LandingFile,
  LandScope,
  LoadedFile,
  RepeatedFile,
  TableReady,
  Warehouse,
} from "../warehouse/index.js";
import { type Batch, readCsv } from "./csv.js";
import type { FileLanded, LoadListener, RejectReason } from "./events.js";
import { isParquet, readParquet } from "./parquet.js";
import type { Prepared } from "./prepare.js";
import { verifiedContent } from "./source-file.js";

export interface Landed {
  readonly file: Prepared;
  readonly entry: LoadedFile;
  readonly event: FileLanded;
}

export interface LandOptions {
  readonly files: readonly Prepared[];
  /** Later deliveries of what is there. */
  readonly repeated: readonly RepeatedFile[];
  /** Where the loader's own tables lie. */
  readonly place: Pick<Target, "database" | "schema">;
  readonly source: string;
  readonly batchId: string;
  /** ISO instant. */
  readonly loadedAt: string;
  readonly warehouse: Warehouse;
  readonly listener: LoadListener;
  readonly signal?: AbortSignal;
}

/** Lands all files or none: after any error, a cancel included, no row of them is in the warehouse. */
export async function land(options: LandOptions): Promise<readonly Landed[]> {
  const { place, source, batchId, loadedAt, warehouse, signal } = options;
  const plan = options.files.map((file) => ({ file, landing: landingFile(file) }));
  const files = plan.map(({ landing }) => landing);
  await using scope = await warehouse.lander.open({ place, source, batchId, loadedAt, files });
  const cancel = () => scope.cancel();
  signal?.addEventListener("abort", cancel);
  try {
    signal?.throwIfAborted();
    const landed: Landed[] = [];
    for (const [index, { file, landing }] of plan.entries()) {
      const ready = scope.ready[index] ?? { created: false, added: [] };
      landed.push(await landFile(scope, file, landing, ready, options));
    }
    signal?.throwIfAborted();
    await scope.publish(
      landed.map(({ entry }) => entry),
      options.repeated,
    );
    return landed;
  } catch (error) {
    // The engine says of a cancelled statement that it was cancelled; why is what the signal says.
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", cancel);
  }
}

function landingFile({ target, columns, declared, name, staged }: Prepared): LandingFile {
  const wanted = [...declared, ...columns.filter((column) => !declared.includes(column))];
  return { target, columns, wanted, file: name, staged };
}

async function landFile(
  scope: LandScope,
  file: Prepared,
  landing: LandingFile,
  { created, added }: TableReady,
  options: LandOptions,
): Promise<Landed> {
  const { source, batchId, loadedAt } = options;
  const started = performance.now();
  const table = file.target.name;
  options.listener({ kind: "file-started", file: file.name, table, bytes: file.bytes });
  // In a new table, new is what nobody declared; a table that nobody declared is itself the declaration.
  const undeclared =
    file.declared.length === 0 ? [] : landing.wanted.filter((column) => !file.declared.includes(column));
  const newColumns = created ? undeclared : added.filter((column) => file.columns.includes(column));

  const counts = { landed: 0, rejected: 0 };
  const reasons: Partial<Record<RejectReason, number>> = {};
  const batches = isParquet(file)
    ? readParquet(file, options.signal)
    : readCsv(verifiedContent(file, options.signal), file.columns.length);
  async function* counted(): AsyncGenerator<LandingBatch> {
    for await (const batch of batches) {
      counts.landed += batch.rows.length;
      counts.rejected += batch.rejected.length;
      for (const { reason } of batch.rejected) reasons[reason] = (reasons[reason] ?? 0) + 1;
      yield { columns: batch.columns, rows: batch.rows, rejected: batch.rejected.map(kept) };
    }
  }
  if (file.staged === undefined) await scope.land(landing, counted());
  else {
    const copied = await scope.copy(landing);
    Object.assign(counts, { landed: copied.landed, rejected: copied.rejected });
    Object.assign(reasons, copied.reasons);
  }

  const { landed, rejected } = counts;
  const records = landed + rejected;
  const entry: LoadedFile = {
    batchId,
    source,
    table,
    file: file.name,
    contentHash: file.knownAs,
    deliveredAt: file.deliveredAt,
    loadedAt,
    records,
    landed,
    rejected,
    header: file.columns.map((column, index) => ({ written: file.header[index] ?? "", column })),
  };
  const milliseconds = Math.round(performance.now() - started);
  const absentColumns = file.declared.filter((column) => !file.columns.includes(column));
  return {
    file,
    entry,
    event: {
      kind: "file-landed",
      file: file.name,
      table,
      records,
      landed,
      rejected,
      reasons,
      newColumns,
      absentColumns,
      milliseconds,
    },
  };
}

/** As RAW.REJECTED_LINE has it. */
const kept = ({ line, reason, detail, text }: Batch["rejected"][number]) => ({
  line,
  reason: detail === undefined ? reason : `${reason}: ${detail}`,
  text,
});
