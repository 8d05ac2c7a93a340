/** What the parts of one publishing scope share. */
import type { Target } from "../../graph/index.js";
import type { Session, Value } from "../contract.js";
import { type Place, type Reading, redirect } from "../redirect.js";
import type { ColumnType } from "../shape.js";
import type { Looked } from "./looked.js";
import { qualified } from "./names.js";
import type { Kind } from "./statements.js";
import type { Step } from "./steps.js";

/** What publishing asks of a session beside the contract's. */
export interface PublishSession extends Session {
  setVariables(variables: Readonly<Record<string, Value>>): Promise<void>;
  /** As `run`; `linesBefore` are lines above the text that the place of an error is counted in. */
  execute(
    sql: string,
    options: { readonly binds?: readonly Value[]; readonly linesBefore?: number },
  ): Promise<{ readonly changed: number }>;
  rows(sql: string, binds?: readonly Value[], linesBefore?: number): ReturnType<Session["rows"]>;
  /** Names and types of what a query returns, as the engine would; nothing is carried out. */
  describe(query: string): Promise<readonly ColumnType[]>;
  /** What the engine calls the statements since this was last asked. */
  statementIds(): readonly string[];
  /** Under which the next statements will be sent. */
  nextRequestIds(count: number): readonly string[];
}

export interface Work {
  readonly session: PublishSession;
  /** The one of names without one, and of MEDFORM. */
  readonly database: string;
  /** The lease's. */
  readonly token: number;
  readonly looked: Looked;
  /** Names what this scope leaves to be done after its commit. */
  readonly batch: string;
  /** Where relations stand until they are published, for those that are not made in their place. */
  readonly places: Place[];
  /** After the commit, in this order. */
  readonly steps: Step[];
  /** What was made beside relations, for when it is of no use any more. What is temporary the session drops itself. */
  readonly beside: {
    readonly kind: Kind;
    readonly name: string /** Gone when it is published. */;
    readonly taken: boolean;
  }[];
}

export const nameOf = ({ database }: Work, target: Target): string => qualified(target, database);

export const readingOf = ({ database }: Pick<Work, "database">): Reading => ({ database, engine: "snowflake" });

/** A text as it reads what this scope makes. */
export const redirected = (work: Work, text: string): string => redirect(text, work.places, readingOf(work));

export function placeAt(work: Work, target: Target, stand: Target): Place {
  return { target, place: qualified(stand, work.database), name: stand.name };
}
