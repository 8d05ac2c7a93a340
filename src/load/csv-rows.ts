/** A CSV file as a load would read it, for who wants to look at it first. */
import { type Batch, readCsv } from "./csv.js";
import { discoverFile } from "./discover.js";
import { columnNames } from "./header.js";
import { readHeader } from "./sniff.js";
import { fingerprint, verifiedContent } from "./source-file.js";

export interface CsvRows {
  /** As a load would call them. */
  readonly columns: readonly string[];
  /** To be read once. */
  readonly batches: AsyncIterable<Batch>;
}

/**
 * Reads the file twice.
 *
 * @throws ProblemError as a load would refuse it: `load-not-csv`, `load-no-header`, `load-damaged-gzip`, …
 */
export async function csvRows(path: string, signal?: AbortSignal): Promise<CsvRows> {
  const file = await fingerprint(await discoverFile(path), signal);
  const columns = columnNames(readHeader(file), file.name);
  return { columns, batches: readCsv(verifiedContent(file, signal), columns.length) };
}
