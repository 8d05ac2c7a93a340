/** What a load would make of a file's first line. */
import { discoverFile } from "./discover.js";
import { columnNames } from "./header.js";
import { readHeader } from "./sniff.js";
import { fingerprint } from "./source-file.js";

/**
 * Names of the columns of a CSV file as a load would call them. Reads the file once.
 *
 * @throws ProblemError as a load would refuse it: `load-not-csv`, `load-no-header`, `load-damaged-gzip`, …
 */
export async function csvColumns(path: string, signal?: AbortSignal): Promise<readonly string[]> {
  const file = await fingerprint(await discoverFile(path), signal);
  return columnNames(readHeader(file), file.name);
}
