/** Relations as they are in the warehouse now. */
import { type Target, targetKey } from "../../graph/index.js";
import type { Row, Value } from "../contract.js";
import type { ColumnType } from "../shape.js";
import { typeText } from "./catalog.js";
import * as sql from "./statements.js";
import { plain } from "./types.js";
import type { PublishSession } from "./work.js";

export interface Existing {
  readonly kind: sql.Kind;
  readonly transient: boolean;
  /** As Snowflake writes it, such as `LINEAR(ID, TO_DATE(AT))`; empty where there is none. */
  readonly clustering: string;
  readonly description: string;
  readonly columns: readonly (ColumnType & { readonly description: string })[];
}

export const isTable = (found: Existing | undefined): found is Existing => found?.kind === "table";

/** Those of the relations that are there, by key; one statement a database. */
export async function existing(
  session: Pick<PublishSession, "rows">,
  targets: readonly Target[],
  database: string,
): Promise<ReadonlyMap<string, Existing>> {
  const found = new Map<string, Existing>();
  const owners = new Set(targets.map((target) => target.database ?? database));
  for (const owner of owners) {
    const own = targets.filter((target) => (target.database ?? database) === owner);
    const binds = own.flatMap(({ schema, name }): Value[] => [schema, name]);
    const rows = await session.rows(sql.existing(owner, own.length), binds);
    for (const target of own) {
      const columns = rows.filter((row) => row.SCHEMA === target.schema && row.RELATION === target.name);
      const [first] = columns;
      if (first !== undefined) found.set(targetKey(target), relationOf(first, columns));
    }
  }
  return found;
}

/** From what the information schema says of a relation, and of its columns in order. */
export function relationOf(first: Row, columns: readonly Row[]): Existing {
  return {
    kind: kindOf(first.KIND),
    transient: first.TRANSIENT === "YES",
    clustering: String(first.CLUSTERING ?? ""),
    description: String(first.DESCRIPTION ?? ""),
    columns: columns.map((row) => ({
      name: String(row.NAME),
      type: plain(typeText(row)),
      description: String(row.COMMENT ?? ""),
    })),
  };
}

export function kindOf(kind: Value | undefined): sql.Kind {
  const text = String(kind);
  return /^MATERIALIZED VIEW$/.test(text) ? "materialized view" : /VIEW/.test(text) ? "view" : "table";
}

const bare = (key: string) => key.replace(/[\s"]/g, "").toUpperCase();

/** Whether a table is clustered by other keys than these. */
export function clusteredOtherwise({ clustering }: Existing, keys: readonly string[]): boolean {
  return bare(clustering.replace(/^LINEAR\((.*)\)$/is, "$1")) !== bare(keys.join(","));
}
