/** What stands behind the protocol: one of these answers the statements of one session. The protocol knows no SQL. */

/** Types as the driver's wire protocol names them. */
export type WireType =
  | "fixed"
  | "real"
  | "text"
  | "boolean"
  | "date"
  | "time"
  | "timestamp_ntz"
  | "timestamp_tz"
  | "timestamp_ltz"
  | "variant"
  | "array"
  | "object"
  | "binary";

export interface WireColumn {
  readonly name: string;
  readonly type: WireType;
  readonly nullable: boolean;
  readonly precision?: number;
  readonly scale?: number;
  readonly length?: number;
}

/** Cells as the wire has them: days for a date, `seconds.nanos` for a timestamp, hex for binary, NULL as null. */
export interface Answer {
  readonly columns: readonly WireColumn[];
  readonly rows: readonly (readonly (string | null)[])[];
  /** What kind of statement it was, as the driver's `statementTypeId` counts them (0x1000 select, 0x3100 insert, …). */
  readonly statementTypeId: number;
  /** For a PUT or GET: what the driver is told to do with files; the rest is then empty. */
  readonly transfer?: Readonly<Record<string, unknown>>;
}

export interface Bind {
  /** `TEXT`, `FIXED`, `REAL`, `BOOLEAN`, … as the driver says. */
  readonly type: string;
  /** An array where rows are bound at once. */
  readonly value: string | null | readonly (string | null)[];
}

export interface Request {
  readonly sqlText: string;
  readonly binds: readonly Bind[];
  /** Only the columns are wanted; nothing is carried out. */
  readonly describeOnly: boolean;
  /** Parameters of this statement alone, such as QUERY_TAG. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly queryId: string;
  /** Aborted by a cancel: the statement then fails with 000604 / 57014. */
  readonly signal: AbortSignal;
}

/** What the real service answers with `success: false`. */
export class SnowflakeError extends Error {
  constructor(
    /** Six digits, such as `002003`. */
    readonly code: string,
    readonly sqlState: string,
    message: string,
  ) {
    super(message);
  }
}

/** What a session has in use, and the parameters that its statements set. */
export interface InUse {
  readonly role: string;
  readonly warehouse: string;
  readonly database: string;
  readonly schema: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

export interface InterpreterSession {
  /** @throws SnowflakeError */
  execute(request: Request): Promise<Answer>;
  inUse(): InUse;
  /** The session ends: an open transaction is rolled back, temporary tables go. */
  close(): Promise<void>;
}

/** Two renderings of the same statement of a project, or of a test's own. */
export interface Pair {
  readonly snowflake: string;
  /** Without: a test's own statement about relations, grants or a session, read as one of medform's own would be. */
  readonly duckdb?: string;
}

export interface Interpreter {
  /** `id` is what `current_session()` says. */
  connect(session: {
    readonly id: string;
    readonly user: string;
    readonly role: string;
    readonly warehouse: string;
    readonly database: string;
    readonly schema: string;
  }): Promise<InterpreterSession>;
  /** From now on the Snowflake rendering is known, to the letter, and answered by the other. */
  know(pairs: readonly Pair[]): void;
  close(): Promise<void>;
}
