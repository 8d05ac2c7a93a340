/** Whether there is room for what is about to be written: asked before, because a full disk in the middle wastes all of it. */
import { existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ProblemError, type Target } from "../../graph/index.js";
import { same } from "../shape.js";
import type { DuckDbSession } from "./session.js";

/** Bytes that whoever runs this may still write to the file system of a folder. */
export type FreeBytes = (folder: string) => Promise<number>;

const freeBytesOf: FreeBytes = async (folder) => {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
};

/** What a warehouse needs to go on at all: the log of what commits is moved into the file when it has 16 MB. */
const defaultReserve = 64 * 1024 ** 2;

/** Tables of fewer rows are made anew without asking; what they take is within the reserve. */
export const largeTable = 1_000_000;

export interface DiskOptions {
  /** Default: as the file system says. */
  readonly freeBytes?: FreeBytes;
  /** Bytes that must stay free beside what is known to be needed; default `defaultReserve`. */
  readonly diskReserve?: number;
}

export interface Disk {
  /**
   * Refuses where the file systems of the warehouse and of its temporary files have not so many bytes free, and some to go on.
   *
   * @throws ProblemError `disk-low`, exit 3.
   */
  ensure(bytes: number, what?: string): Promise<void>;
}

/** The disk under a warehouse file; nothing to ask for `:memory:`. */
export function diskUnder(path: string, { freeBytes = freeBytesOf, diskReserve = defaultReserve }: DiskOptions): Disk {
  const folder = dirname(path);
  const spilled = join(folder, "tmp");
  return {
    async ensure(bytes, what = "a run") {
      if (path === ":memory:") return;
      const needed = Math.ceil(bytes) + diskReserve;
      for (const place of existsSync(spilled) ? [folder, spilled] : [folder]) {
        const free = await freeBytes(place);
        if (free >= needed) continue;
        throw new ProblemError(
          {
            code: "disk-low",
            message: `${what} needs about ${shown(needed)} in ${place}, where ${shown(free)} are free; it was not begun`,
            hint: "Make room there, or keep the warehouse elsewhere: MEDFORM_DUCKDB, or the environment's `connection`.",
          },
          3,
        );
      }
    },
  };
}

function shown(bytes: number): string {
  const megabytes = bytes / 1024 ** 2;
  return megabytes < 1024 ? `${Math.floor(megabytes)} MB` : `${(megabytes / 1024).toFixed(1)} GB`;
}

/**
 * Bytes by which the file of a database grows when these tables are made anew, each beside its former self, as they are now:
 * their part of the file by rows and columns, less what is free within the file. Those that are not there count nothing.
 */
export async function bytesToRemake(
  session: DuckDbSession,
  targets: readonly Target[],
  database: string,
): Promise<number> {
  const owners = new Set(targets.map((target) => target.database ?? database));
  let bytes = 0;
  for (const owner of owners) {
    const tables = await session.rows(
      "select schema_name, table_name, estimated_size * column_count as cells from duckdb_tables() where database_name = ? and not temporary",
      [owner],
    );
    const [file] = await session.rows(
      "select block_size * used_blocks as used, block_size * free_blocks as free from pragma_database_size() where database_name = ?",
      [owner],
    );
    const cells = (rows: typeof tables) => rows.reduce((sum, row) => sum + Number(row.cells), 0);
    const wanted = targets.filter((target) => (target.database ?? database) === owner);
    const mine = tables.filter((row) =>
      wanted.some(({ schema, name }) => same(schema, String(row.schema_name)) && same(name, String(row.table_name))),
    );
    const all = cells(tables);
    if (all > 0) bytes += Math.max(0, (Number(file?.used ?? 0) * cells(mine)) / all - Number(file?.free ?? 0));
  }
  return bytes;
}
