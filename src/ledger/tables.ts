/** Which of the ledger's tables and views are there. */
import type { Session } from "../warehouse/index.js";

export interface OwnRelation {
  readonly name: string;
  readonly kind: "table" | "view";
}

/** Those of these names that are in the schema MEDFORM of a database, and that may be read. */
export async function ownRelations(
  session: Session,
  database: string,
  names: readonly string[],
): Promise<readonly OwnRelation[]> {
  const marks = names.map(() => "?").join(", ");
  const rows = await session.rows(
    `select table_name as "NAME", table_type as "TYPE" from information_schema.tables where table_catalog = ? and table_schema = 'MEDFORM' and table_name in (${marks})`,
    [database, ...names],
  );
  return rows.map((row) => ({ name: String(row.NAME), kind: row.TYPE === "VIEW" ? "view" : "table" }));
}
