/** Landing, as every engine gives it: the rows of a load with where each came from, visible all at once or not at all. */
import type { Target } from "../graph/index.js";

/** A record that could not be a row. */
export interface RejectedRecord {
  /** 1-based line of the file on which it begins. */
  readonly line: number;
  /** Without a value. */
  readonly reason: string;
  readonly text: string;
}

/** Some rows of a file, by column. */
export interface LandingBatch {
  /** One array for each column of the file, all as long as `rows`. */
  readonly columns: readonly (readonly (string | null)[])[];
  /** Record number in the file of each row. */
  readonly rows: readonly number[];
  readonly rejected: readonly RejectedRecord[];
}

/** What is the same for all rows of one file. */
export interface LandingFile {
  readonly target: Target;
  /** Names of its columns, upper case, one a field. */
  readonly columns: readonly string[];
  /** What its table shall have at least, `columns` among them. */
  readonly wanted: readonly string[];
  /** Name without its folder; of one in a stage its path there. */
  readonly file: string;
  readonly staged?: StagedFile;
}

/** A file that lies in a stage of the engine's, and that it reads itself. */
export interface StagedFile {
  /** Its name in all parts, quoted. */
  readonly stage: string;
  /** Path of the file in it. */
  readonly path: string;
  readonly bytes: number;
  /** As the engine knows the content: `md5:…`. */
  readonly contentHash: string;
  readonly modified: Date;
}

/** What became of its records. */
export interface CopiedFile {
  readonly landed: number;
  readonly rejected: number;
  /** How often each reason occurred; the numbers add up to `rejected`. */
  readonly reasons: Readonly<Record<string, number>>;
}

/** What is the same for all files of one load. */
export interface LandingPlan {
  /** Where LOADED_FILE and REJECTED_LINE lie. */
  readonly place: Pick<Target, "database" | "schema">;
  readonly source: string;
  readonly batchId: string;
  /** ISO instant. */
  readonly loadedAt: string;
  readonly files: readonly LandingFile[];
}

/** A column of a file: its name as the file has it, and as its landing table does. */
export interface HeaderColumn {
  readonly written: string;
  readonly column: string;
}

/** A row of LOADED_FILE. */
export interface LoadedFile {
  readonly batchId: string;
  readonly source: string;
  /** Landing table, without schema. */
  readonly table: string;
  readonly file: string;
  readonly contentHash: string;
  /** ISO instants. */
  readonly deliveredAt: string;
  readonly loadedAt: string;
  readonly records: number;
  readonly landed: number;
  readonly rejected: number;
  readonly header: readonly HeaderColumn[];
}

/** A row of REPEATED_FILE. */
export interface RepeatedFile {
  readonly source: string;
  /** Landing table, without schema. */
  readonly table: string;
  readonly file: string;
  readonly contentHash: string;
  /** ISO instants. */
  readonly deliveredAt: string;
  readonly loadedAt: string;
}

/** What was done to a table so that a file fits in. */
export interface TableReady {
  readonly created: boolean;
  readonly added: readonly string[];
}

/** One load. Disposed without `publish`, it leaves no row, no line and no file. */
export interface LandScope extends AsyncDisposable {
  /** In the order of the plan's files. An engine whose DDL commits has made the tables by now; empty or wider is all they are. */
  readonly ready: readonly TableReady[];
  /** Takes the rows of one file of the plan; nobody else sees them yet. Nothing of the file is held beyond a few batches. */
  land(file: LandingFile, batches: AsyncIterable<LandingBatch>): Promise<void>;
  /** The same of a file of the plan that lies in a stage. */
  copy(file: LandingFile): Promise<CopiedFile>;
  /**
   * Makes everything visible, with a row of LOADED_FILE for each file, and of REPEATED_FILE for each delivery of a content
   * that is there: none where that table, content and time of delivery have one.
   *
   * @throws ProblemError `load-raced`, exit 3, where the table has one of the contents by now, and those of the engine.
   */
  publish(files: readonly LoadedFile[], repeated: readonly RepeatedFile[]): Promise<void>;
  /** Cancels what the engine is doing for it now, which then fails. */
  cancel(): void;
}

export interface Lander {
  open(plan: LandingPlan): Promise<LandScope>;
  /**
   * The files of a stage whose path begins as that of the location does, `@SCHEMA.STAGE/path`. `place` completes its name.
   *
   * @throws ProblemError `load-stage` where the engine has no stages, or the location is none.
   */
  staged(location: string, place: LandingPlan["place"]): Promise<readonly StagedFile[]>;
  /** The first line of each, as it is; empty where there is none. */
  firstLines(files: readonly StagedFile[], place: LandingPlan["place"]): Promise<readonly string[]>;
}
