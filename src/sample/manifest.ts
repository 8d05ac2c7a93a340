/** What is in a sample, and what a sound warehouse finds in it. */

import type { Entity, ExpectedFlag } from "./chart.js";
import type { Readmissions } from "./returns.js";
import { columnsOf, LINKED, linkedHeader, type Table, tables } from "./tables.js";

export type Outcome = "quarantined" | "flagged" | "duplicate" | "superseded" | "rejected";

/** So many rows were written with exactly this one defect. */
export interface DefectCount {
  /** `encounter.orphan_patient`, `medications.unclosed_quote`. */
  readonly id: string;
  /**
   * The rule that finds it; for `duplicate` the word itself, for `superseded` the flag `conflict` that the row which stays
   * gets, for `rejected` what the reason of the rejected line begins with.
   */
  readonly rule: string;
  readonly outcome: Outcome;
  readonly table: Table;
  /** Null for a line that is rejected: it never becomes one. */
  readonly entity: Entity | null;
  readonly count: number;
}

export interface ExpectedFlagCount {
  readonly rule: ExpectedFlag;
  readonly entity: Entity;
  readonly count: number;
}

export interface Manifest {
  readonly medform: "sample";
  /** False while it is being written, or where writing was interrupted. */
  readonly complete: boolean;
  readonly patients: number;
  readonly seed: number;
  readonly rate: number;
  readonly years: number;
  /** Only those that were written. */
  readonly defects: readonly DefectCount[];
  /** Findings on rows that have no defect. */
  readonly expectedFlags: readonly ExpectedFlagCount[];
  /** Rows of which a later version, with the same id and its own time, is in the sample: superseded, and no conflict. */
  readonly versions: readonly { readonly entity: Entity; readonly count: number }[];
  /** Records of each file without its header, malformed lines counted. */
  readonly rows: Readonly<Record<Table, number>>;
  /** Patients who are known twice, under another id: the pairs of `linked_patients.csv`. */
  readonly linkedPatients: number;
  /** Of the sound rows, by patient. */
  readonly readmissions: Readonly<Readmissions>;
  /** Of a sample in daily batches: what is in each, in order. */
  readonly days?: readonly DayManifest[];
}

/** What one day's folder holds. */
export interface DayManifest {
  /** ISO date: the name of the folder. */
  readonly day: string;
  /** Records of each file without its header; tables without any are left out. */
  readonly rows: Readonly<Record<string, number>>;
  /** Rows that an older version of was delivered before, by table. */
  readonly changed: Readonly<Record<string, number>>;
  /** Rows of a register that is delivered whole each time, which were there before and are not any more, by table. */
  readonly absent: Readonly<Record<string, number>>;
  /** Defective rows by the id of their defect. */
  readonly defects: Readonly<Record<string, number>>;
}

export const MANIFEST = "manifest.json";

export const formats = ["csv", "parquet"] as const;
export type Format = (typeof formats)[number];

export const fileOf = (table: SampleFile, format: Format = "csv") => `${table}.${format}`;

/** The tables, and the truth beside them. */
export type SampleFile = Table | typeof LINKED;
export const written: readonly SampleFile[] = [...tables, LINKED];

/** Names of everything that a sample consists of. */
export const sampleFiles: ReadonlySet<string> = new Set([
  MANIFEST,
  ...formats.flatMap((format) => written.map((file) => fileOf(file, format))),
]);

export const columnsIn = (file: SampleFile): readonly string[] =>
  file === LINKED ? linkedHeader.split(",") : columnsOf(file);
