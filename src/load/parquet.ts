/** Parquet files: their columns, and their rows as text, read by a DuckDB of its own whatever the warehouse is. */
import { ProblemError, quoteText } from "../graph/index.js";
import type { Batch } from "./csv.js";
import { changed, type Fingerprinted, fingerprint, type SourceFile } from "./source-file.js";

/** Rows that are handed on together. */
const ROWS = 8192;

export const isParquet = ({ name }: SourceFile): boolean => /\.parquet$/i.test(name);

/** Names of the columns as written. Errors: `load-damaged-parquet`. */
export async function parquetColumns(file: SourceFile): Promise<readonly string[]> {
  await using reader = await open(file);
  const result = await reader.rows("limit 0");
  return result.columnNames();
}

/**
 * Every value as text: what is no text, as DuckDB writes it (`2024-05-31`, `2024-05-31 14:00:00`, `1.5`). Rows in their order;
 * one that holds a NUL byte is rejected, as in a CSV file. Errors: `load-damaged-parquet`, `load-changed`, the signal's reason.
 */
export async function* readParquet(file: Fingerprinted, signal?: AbortSignal): AsyncGenerator<Batch> {
  await using reader = await open(file);
  const result = await reader.rows();
  let batch = emptyBatch(result.columnCount);
  let record = 0;
  for (;;) {
    signal?.throwIfAborted();
    const chunk = await result.fetchChunk().catch((error: unknown) => {
      throw damaged(file, error);
    });
    if (chunk === null || chunk.rowCount === 0) break;
    for (const row of chunk.getRows() as (string | null)[][]) {
      record += 1;
      if (row.some((value) => value?.includes("\0"))) {
        const text = row.map((value) => value ?? "").join(",");
        batch.rejected.push({ line: record, reason: "NUL byte", text: text.replaceAll("\0", "\\x00") });
        continue;
      }
      batch.rows.push(record);
      row.forEach((value, index) => {
        batch.columns[index]?.push(value);
      });
    }
    if (batch.rows.length < ROWS) continue;
    yield batch;
    batch = emptyBatch(result.columnCount);
  }
  if (batch.rows.length > 0 || batch.rejected.length > 0) yield batch;
  if ((await fingerprint(file, signal)).hash !== file.hash) throw changed(file);
}

interface Filling {
  readonly columns: (string | null)[][];
  readonly rows: number[];
  readonly rejected: Batch["rejected"][number][];
}

const emptyBatch = (width: number): Filling => ({
  columns: Array.from({ length: width }, () => []),
  rows: [],
  rejected: [],
});

async function open(file: SourceFile) {
  const api = await import("@duckdb/node-api");
  const instance = await api.DuckDBInstance.create(":memory:", { threads: "1", memory_limit: "1GiB" });
  const connection = await instance.connect();
  return {
    rows: (rest = "") =>
      connection
        .stream(
          `select columns(*)::varchar from read_parquet(${quoteText(file.path)}, hive_partitioning = false) ${rest}`,
        )
        .catch((error: unknown) => {
          throw damaged(file, error);
        }),
    [Symbol.asyncDispose]() {
      connection.disconnectSync();
      instance.closeSync();
      return Promise.resolve();
    },
  };
}

/** The engine's own message is left out: it can hold values. */
function damaged(file: SourceFile, cause: unknown): ProblemError {
  if (cause instanceof ProblemError) return cause;
  return new ProblemError({
    code: "load-damaged-parquet",
    message: `${file.name} is no Parquet file, or a damaged or incomplete one`,
    at: { file: file.name },
    hint: "Fetch it again, and compare its size with the original.",
  });
}
