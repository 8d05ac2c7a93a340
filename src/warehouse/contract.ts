/** What every engine gives: four small parts behind one interface. An engine that cannot do a thing says so before a run. */
import type { Problem, Relation, Target } from "../graph/index.js";
import type { Lander } from "./lander.js";

export type Value = string | number | bigint | boolean | null;
export type Row = Readonly<Record<string, Value>>;

/**
 * One connection. Statements run one after another. Every engine error leaves it as a `ProblemError` whose text holds
 * names and positions, never a value from a table.
 */
export interface Session extends AsyncDisposable {
  /** Runs one statement; `changed` is the number of rows that it inserted, updated or deleted (0 for DDL). */
  run(sql: string, binds?: readonly Value[]): Promise<{ readonly changed: number }>;
  /** All rows of a query, keyed by column name as the engine returns it. Timestamps come as ISO text, integers beyond 2^53 as bigint. */
  rows(sql: string, binds?: readonly Value[]): Promise<readonly Row[]>;
  /** The same in chunks, for what can be large. */
  stream(sql: string, binds?: readonly Value[]): AsyncIterable<readonly Row[]>;
  /** Sets a session variable that compiled SQL reads with `getvariable('NAME')`; NAME is upper case. NULL is a NULL text. */
  setVariable(name: string, value: Value): Promise<void>;
  /** Cancels the running statement, which then fails with the code `cancelled`; the session stays usable. */
  cancel(): void;
}

export interface RelationColumn {
  readonly name: string;
  readonly type: string;
  /** Its comment; empty or left out where it has none. */
  readonly description?: string;
}

export interface RelationInfo {
  readonly target: Target;
  readonly kind: "table" | "view";
  readonly columns: readonly RelationColumn[];
  /** Its comment; empty or left out where it has none. */
  readonly description?: string;
  /** Of a table, where the engine's catalog has its size; nothing is counted for it. */
  readonly rows?: number;
  /** As it is stored. */
  readonly bytes?: number;
}

/** A view as the engine keeps it: its whole text, or that of its query. */
export interface ViewText {
  readonly target: Target;
  readonly text: string;
}

export interface Catalog {
  /** Everything in the warehouse, in a constant number of queries. */
  relations(): Promise<readonly RelationInfo[]>;
  /** All views, whoever made them, of which this login may read the text; in a constant number of queries. */
  views(): Promise<readonly ViewText[]>;
  ensureSchemas(schemas: readonly Pick<Target, "database" | "schema">[]): Promise<void>;
}

/** How a relation is built in this run; the plan decides. */
export type BuildMode = "create" | "increment";

export interface Built {
  /** Rows now in the relation (a view: null). */
  readonly rows: number | null;
  /** Rows that this build inserted, updated or deleted; equals `rows` for `create`. */
  readonly changed: number | null;
  /** Of an increment: it left rows and columns as they were, and so did its hooks, wherever they write. */
  readonly unchanged?: true;
  /** The relation's columns, in the catalog's order and spelling. */
  readonly columns: readonly string[];
}

export interface RuleCount {
  readonly rule: string;
  readonly failing: number;
}

/** The publication marker of one target: a row of MEDFORM.PUBLICATION, changed by the last statement before COMMIT. */
export interface Marker {
  readonly target: Target;
  /** Strictly rising over all runs of a warehouse (the run's number). */
  readonly token: number;
  readonly runId: string;
  readonly fingerprint: string;
}

/** A copy of what is published of a table, for statements of the scope that it is built anew in. */
export interface Kept {
  /** Names as they may stand in a statement: of the copy, and of what is built. */
  readonly copy: string;
  readonly built: string;
  drop(): Promise<void>;
}

/** One transaction in one session: what is built in it is seen by its own statements under the final names, by others not. */
export interface PublishScope extends AsyncDisposable {
  readonly session: Session;
  build(relation: Relation, mode: BuildMode): Promise<Built>;
  /** Copies a table before it is built here; the plan of the scope must have named it among its `keeps`. */
  keep(target: Target): Promise<Kept>;
  /** Gives a relation that is there the descriptions of its model, as a build does; its data stays. */
  describe(relation: Relation): Promise<void>;
  /**
   * Counts failing rows, by column RULE where `byRule`, else under `name`. Reads what is staged. Where the query names one of
   * `newRowsOf`, it reads the rows that this scope's build of it inserted or changed; of what was built anew, all.
   */
  evaluate(
    query: string,
    options: { readonly byRule: boolean; readonly name: string; readonly newRowsOf?: readonly Target[] },
  ): Promise<readonly RuleCount[]>;
  /** The names by which the engine's own records know the statements of this scope since this was last asked. */
  statementIds(): readonly string[];
  /** Under which `publish` will send its fence and its COMMIT, where the engine lets that be said before: nothing elsewhere. */
  publishIds(): readonly string[];
  /** Changes the markers (refused, code `fenced`, where a newer token is stored) and commits. */
  publish(markers: readonly Marker[]): Promise<void>;
  discard(): Promise<void>;
}

/** What a scope is opened for. An engine that cannot do everything within one transaction makes ready before it. */
export interface ScopePlan {
  readonly runId: string;
  /** The token of its markers, also of a scope that writes none. */
  readonly runNumber?: number;
  /** The project's name, as the engine's own records shall know it. */
  readonly project: string;
  /** Target keys of what the scope is about; with the two above they are what its statements are tagged with. */
  readonly actions: readonly string[];
  /** Tags of those actions: by them an environment may choose the compute that runs it. */
  readonly tags: readonly string[];
  /** 1 for the first attempt at this unit in this run; a repeated one has other statements. */
  readonly attempt: number;
  /** What will be built, in this order, and nothing else. */
  readonly builds: readonly { readonly relation: Relation; readonly mode: BuildMode }[];
  /** Views through which the scope's rules read what it builds, each after those that it reads. */
  readonly between: readonly Relation[];
  /** Of which tables that are built what is published is wanted as well. */
  readonly keeps?: readonly Target[];
}

export interface Publisher {
  /** Without a plan nothing may be built whose shape is not what it is now. */
  open(variables: Readonly<Record<string, Value>>, plan?: ScopePlan): Promise<PublishScope>;
  markers(): Promise<readonly Marker[]>;
  /**
   * Drops a relation that was published as `kind`, and its marker; where it is gone already, the marker alone, and so where
   * `kind` is null. What a commit has left to be done for it is given up first, and the marker goes last: where it is not one
   * transaction and is cut short, it may be done again.
   *
   * @returns whether there was a relation to drop.
   * @throws ProblemError `relation-changed` where something of another kind has its name: nothing is touched then.
   */
  withdraw(target: Target, kind: RelationInfo["kind"] | null): Promise<boolean>;
}

/** A condition of a statement, with its own binds. */
export interface Condition {
  readonly sql: string;
  readonly binds: readonly Value[];
}

export interface LeaseHolder {
  /** Empty before a run has its id. */
  readonly runId: string;
  readonly pid: number;
  readonly host: string;
  readonly command: string;
  /** ISO instant. */
  readonly since: string;
}

/** One writer for a warehouse at a time; opening a warehouse takes it. */
export interface Lease {
  readonly holder: LeaseHolder;
  /** Who died while holding it, before us. */
  readonly previous: LeaseHolder | undefined;
  /** Holds as long as this process has the lease; undefined where the engine itself shuts others out for that long. */
  readonly held: Condition | undefined;
  /** Begins a transaction of a session so that it ends with the lease, whatever becomes of this process. */
  readonly begin: string;
  /** Tells those whom the lease shuts out which run holds it now. */
  hold(runId: string): Promise<void>;
}

/** A copy of the warehouse as it was at one moment, whole, for processes that the lease shuts out. */
export interface Snapshot {
  /** Absolute: the name under which the newest one is always found. Who has the former one open keeps that. */
  readonly file: string;
  /** Absolute: where this one stays for as long as it is kept. */
  readonly folder: string;
  /** The last run that had published something; null before the first. */
  readonly runId: string | null;
  /** ISO instant. */
  readonly takenAt: string;
  readonly bytes: number;
  /** How many there are now, this one too. */
  readonly kept: number;
}

/** A file that holds one database of a warehouse. */
export interface DatabaseFile {
  readonly database: string;
  /** Absolute. */
  readonly file: string;
  readonly bytes: number;
}

export interface Snapshots {
  /**
   * Copies the warehouse, and of all snapshots keeps the newest `keep` (1 or more). With `onlyNew` undefined, and none taken,
   * where nothing was published since the last. The former one stays where this fails.
   *
   * @throws ProblemError `snapshot-…`, and the signal's reason.
   */
  take(options: {
    readonly keep: number;
    readonly onlyNew?: boolean;
    readonly signal?: AbortSignal;
  }): Promise<Snapshot | undefined>;
  /**
   * Copies every database as it is now into a folder that is there, each to a file of its name, for the owner's eyes only and on
   * the disk when it ends. What it had copied when it fails stays there.
   *
   * @throws the system's errors as they are (`code` ENOSPC), and the signal's reason.
   */
  copyTo(
    folder: string,
    signal?: AbortSignal,
  ): Promise<{ readonly takenAt: string; readonly runId: string | null; readonly files: readonly DatabaseFile[] }>;
}

/** A relation that a run committed and could not put into place. */
export interface Unfinished {
  readonly target: Target;
  /** What is left to be done for it, in order, in a few words each. */
  readonly steps: readonly string[];
}

/** What commits have left to be done, and was not done. Who opens the warehouse to publish is refused while it cannot be done. */
export interface PendingWork {
  list(): Promise<readonly Unfinished[]>;
  /** Forgets what is left to be done for a relation, and that it was published: what is there stays. */
  giveUp(target: Target): Promise<void>;
}

export interface Warehouse extends AsyncDisposable {
  readonly engine: "duckdb" | "snowflake";
  /** As the engine says it of itself. */
  readonly engineVersion: string;
  /** The database that unqualified and MEDFORM.* names live in. */
  readonly database: string;
  session(): Promise<Session>;
  /** SQL for the text at a path in an expression of JSON text: plain for a scalar, JSON for more, NULL for null and nothing. */
  jsonText(json: string, path: readonly string[]): string;
  readonly catalog: Catalog;
  readonly publisher: Publisher;
  readonly lander: Lander;
  readonly lease: Lease;
  /** Undefined where a commit leaves nothing to be done. */
  readonly pending: PendingWork | undefined;
  /** What people have to know of how it was found, each told once. */
  readonly notices: readonly Problem[];
  readonly snapshots: Snapshots;
  /**
   * Refuses, before anything is touched, where the disk has no room to make these relations anew, each beside its former
   * self. Those that are not there yet count nothing: nobody knows how large they become.
   *
   * @throws ProblemError `disk-low`, exit 3, with what is free, what is needed, and where.
   */
  ensureRoom(remade: readonly Target[]): Promise<void>;
}
