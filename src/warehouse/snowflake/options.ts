/** What a command knows of the Snowflake that it wants; how to log in is found out from this and from the process. */
import type { SnowflakeConnection } from "../../project/index.js";
import type { LeaseHolder } from "../contract.js";

/** Which compute runs what: a scope's by the first of its tags that is named here, else the command's. */
export interface Compute {
  /** Of what has no tag that `byTag` names; undefined: the user's default. */
  readonly warehouse: string | undefined;
  /** By tag, in the order of environments.json. */
  readonly byTag: Readonly<Record<string, string>>;
}

/** The compute for a scope with these tags; undefined: the user's default. Tags are one tag in whatever case. */
export function warehouseFor({ warehouse, byTag }: Compute, tags: readonly string[]): string | undefined {
  const has = new Set(tags.map((tag) => tag.toLowerCase()));
  return Object.entries(byTag).find(([tag]) => has.has(tag.toLowerCase()))?.[1] ?? warehouse;
}

/** How files are landed; what stands here is for who measures, and for tests. */
export interface LandingSettings {
  /** Part files sent at a time; default 4. */
  readonly parallel?: number;
  /** Bytes of a part before compression; default 128 MiB. */
  readonly partBytes?: number;
  /** Where part files are written; default: the system's folder for such. */
  readonly temporary?: string;
}

export interface SnowflakeOptions {
  /** As environments.json says it. Holds no secret. */
  readonly connection: SnowflakeConnection;
  /** What decides beside the file: MEDFORM_*, SNOWFLAKE_*, HOME. Never printed. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The database of unqualified and of MEDFORM.* names, as the project is compiled: upper case. */
  readonly database: string;
  readonly compute: Compute;
  /** Of the project, for QUERY_TAG. */
  readonly project: string;
  /** For a command that only reads: no lease is taken, and nothing is made. */
  readonly readOnly?: boolean;
  /** False for a command that publishes nothing: its role need not be able to put into place what a dead run has left. */
  readonly publishes?: boolean;
  readonly holder: Pick<LeaseHolder, "command"> & Partial<LeaseHolder>;
  /** Others that targets of the project lie in. */
  readonly databases?: readonly string[];
  /** For tests: seconds between two signs of life, and of silence until another may take the warehouse over. */
  readonly lease?: { readonly beat?: number; readonly silence?: number };
  readonly landing?: LandingSettings;
  /** Called before each statement; what it throws fails the statement. For who watches, and for tests. */
  readonly beforeStatement?: (sql: string) => void | Promise<void>;
  /** Milliseconds during which a service that does not answer a login is asked again. */
  readonly patience?: number;
  /** Sessions that are open at a time, at most; those of a command's own (ledger, lease) come on top. */
  readonly sessions: number;
}
