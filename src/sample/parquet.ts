/** Text of a sample's tables to Parquet, by DuckDB: every column text, an empty cell NULL, the rows in their order. */
import { quoteText } from "../graph/index.js";

export interface ParquetWriter extends AsyncDisposable {
  /** `csv` has no header line. */
  convert(csv: string, columns: readonly string[], out: string): Promise<void>;
  /** The rows of all parts, one part after the other. */
  merge(parts: readonly string[], out: string): Promise<void>;
}

/** Each thread holds a row group and more; what they hold together does not depend on the machine. */
const LIMITS = { memory_limit: "1GiB", threads: "2" };

export async function openParquet(): Promise<ParquetWriter> {
  const api = await import("@duckdb/node-api");
  const instance = await api.DuckDBInstance.create(":memory:", LIMITS);
  const connection = await instance.connect();
  const copy = async (select: string, out: string) => {
    await connection.run(`copy (${select}) to ${quoteText(out)} (format parquet, compression zstd)`);
  };
  return {
    async convert(csv, columns, out) {
      const types = columns.map((column) => `${quoteText(column)}: 'VARCHAR'`).join(", ");
      await copy(
        `from read_csv(${quoteText(csv)}, columns = {${types}}, auto_detect = false, header = false, delim = ',', quote = '"', escape = '"', new_line = '\\n')`,
        out,
      );
    },
    async merge(parts, out) {
      await copy(`from read_parquet([${parts.map(quoteText).join(", ")}])`, out);
    },
    [Symbol.asyncDispose]() {
      connection.disconnectSync();
      instance.closeSync();
      return Promise.resolve();
    },
  };
}
