/** Opens the newest snapshot of a warehouse that somebody else holds. */
import { ProblemError, quoteName } from "../../graph/index.js";
import type { Warehouse } from "../contract.js";
import type { OpenOptions } from "./instance.js";
import { openDuckDb } from "./open.js";
import { fileOf, keptSnapshots } from "./snapshot-folder.js";

export interface OpenedSnapshot {
  readonly warehouse: Warehouse;
  /** ISO instant. */
  readonly takenAt: string;
  /** The last run that had published something; null before the first. */
  readonly runId: string | null;
}

/** How often another one is looked for, when the newest was replaced and removed before it was opened. */
const attempts = 5;

/** Undefined where there is none. `options` are those of the warehouse that it is a snapshot of; it is opened for reading. */
export async function openSnapshot(options: OpenOptions): Promise<OpenedSnapshot | undefined> {
  const database = options.database ?? "MEDFORM";
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const [newest] = await keptSnapshots(options.path);
    if (newest === undefined) return undefined;
    try {
      const warehouse = await openDuckDb({ ...options, path: fileOf(newest.folder, database), readOnly: true });
      return { warehouse, ...(await read(warehouse, database)) };
    } catch (error) {
      const gone = error instanceof ProblemError && error.problems.some(({ code }) => code === "no-warehouse");
      if (!gone) throw error;
    }
  }
  return undefined;
}

async function read(warehouse: Warehouse, database: string): Promise<Pick<OpenedSnapshot, "takenAt" | "runId">> {
  try {
    await using session = await warehouse.session();
    const [row] = await session.rows(`select taken_at, run_id from ${quoteName(database)}.MEDFORM.SNAPSHOT`);
    return { takenAt: String(row?.taken_at), runId: row?.run_id == null ? null : String(row.run_id) };
  } catch (error) {
    await warehouse[Symbol.asyncDispose]();
    throw error;
  }
}
