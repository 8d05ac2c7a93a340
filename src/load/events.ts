/** What a load says while it works: names of files, tables and columns, counts and reasons; never a value of a row. */

import type { FolderFormat } from "./tables.js";

/** Why a line cannot be a row; the words stand in RAW.REJECTED_LINE and in events alike. */
export type RejectReason =
  | "wrong number of fields"
  | "unclosed quote"
  | "text after a closing quote"
  | "not UTF-8"
  | "NUL byte"
  /** Of a file that the engine read itself, out of a stage; its own records say more. */
  | "rejected by COPY";

export interface LoadStarted {
  readonly kind: "load-started";
  /** ISO instant. */
  readonly at: string;
  readonly format: FolderFormat["name"] | "csv";
  readonly source: string;
  /** Files that belong to a table. */
  readonly files: number;
}

export interface TableAbsent {
  readonly kind: "table-absent";
  /** Landing table: `SYNTHEA_CLAIMS`. */
  readonly table: string;
}

export interface FileIgnored {
  readonly kind: "file-ignored";
  readonly file: string;
  /** `no table of this format`. */
  readonly reason: string;
}

export interface FileSkipped {
  readonly kind: "file-skipped";
  readonly file: string;
  readonly table: string;
  /** `loaded-before`: this content is in the table already. `same-content`: another file of this load has it. */
  readonly reason: "loaded-before" | "same-content";
  /** The batch that landed it, where known. */
  readonly batchId?: string;
  /** ISO instant, where known. */
  readonly loadedAt?: string;
  /** ISO instant: of another delivery than is known of that content, which RAW.REPEATED_FILE keeps. */
  readonly deliveredAt?: string;
}

/** What the file holds is likely not what its system exported. It lands as it is. */
export interface FileSuspect {
  readonly kind: "file-suspect";
  readonly file: string;
  readonly table: string;
  readonly reason: "spreadsheet dates";
  readonly columns: readonly string[];
}

/** A file is being read; it has landed only with its `file-landed`, after the commit of them all. */
export interface FileStarted {
  readonly kind: "file-started";
  readonly file: string;
  readonly table: string;
  /** Decompressed; of a file in a stage as it lies there. */
  readonly bytes: number;
}

export interface FileLanded {
  readonly kind: "file-landed";
  readonly file: string;
  readonly table: string;
  /** Records in the file without its header: `landed` + `rejected`. */
  readonly records: number;
  readonly landed: number;
  readonly rejected: number;
  /** How often each reason occurred; the numbers add up to `rejected`. */
  readonly reasons: Readonly<Partial<Record<RejectReason, number>>>;
  /** Columns that the landing table did not have: added as text. */
  readonly newColumns: readonly string[];
  /** Columns that are declared and not in the file: NULL in its rows. */
  readonly absentColumns: readonly string[];
  readonly milliseconds: number;
}

/** A load found after a crash: committed, but not recorded. It is now. */
export interface LoadRecovered {
  readonly kind: "load-recovered";
  readonly files: number;
}

export interface LoadFinished {
  readonly kind: "load-finished";
  /** ISO instant. */
  readonly at: string;
  /** Null where nothing was new. */
  readonly batchId: string | null;
  /** Files landed and files skipped. */
  readonly files: number;
  readonly skipped: number;
  readonly records: number;
  readonly landed: number;
  readonly rejected: number;
  readonly milliseconds: number;
}

export type LoadEvent =
  | LoadStarted
  | TableAbsent
  | FileIgnored
  | FileSkipped
  | FileSuspect
  | FileStarted
  | FileLanded
  | LoadRecovered
  | LoadFinished;

export type LoadListener = (event: LoadEvent) => void;
