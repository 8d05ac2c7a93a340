/** Rules over new rows only: they read the rows that came in, under the names of their tables. */
import { quoteName, type Target } from "../../graph/index.js";
import { named, type Place, type Reading, refuseViews } from "../redirect.js";
import { unknownNewRows } from "../refuse.js";
import type { Staged } from "./increment.js";
import type { DuckDbSession } from "./session.js";
import * as sql from "./statements.js";

export const reading = (database: string): Reading => ({ database, engine: "duckdb" });

/** @throws ProblemError `rows-new-view` where the query reads one of the relations through a view. */
export async function refuseThroughViews(
  session: DuckDbSession,
  query: string,
  targets: readonly Target[],
  database: string,
): Promise<void> {
  const from = "from duckdb_views() where not internal and not temporary";
  const targetOf = (row: Readonly<Record<string, unknown>>): Target => ({
    database: String(row.database_name),
    schema: String(row.schema_name),
    name: String(row.view_name),
  });
  const names = await session.rows(`select database_name, schema_name, view_name ${from}`);
  // Mostly no view is named: the engine then need not write down the text of each.
  if (named(query, names.map(targetOf), reading(database)).length === 0) return;
  const rows = await session.rows(`select database_name, schema_name, view_name, sql ${from}`);
  const views = rows.map((row) => ({ target: targetOf(row), text: String(row.sql) }));
  refuseViews(query, views, targets, reading(database));
}

/** A place in the temporary schema for each, named like the table, so that the query may go on calling it by its name. */
export function placesFor(targets: readonly Target[]): readonly Place[] {
  const taken = new Set<string>();
  return targets.map((target) => {
    let name = target.name;
    for (let number = 2; taken.has(name.toLowerCase()); number += 1) name = `${target.name}_${number}`;
    taken.add(name.toLowerCase());
    return { target, place: `temp.main.${quoteName(name)}`, name };
  });
}

/**
 * Makes the place: the rows that came in, in the table's columns and types. Where hooks ran after them they are read from
 * the table, by what identifies them.
 *
 * @throws ProblemError `rows-new-hooks` where nothing does.
 */
export function newRowsOf({ relation, stage, shape, match }: Staged, place: string, database: string): string {
  if (relation.incrementalPostOps.length === 0) return sql.viewOfStaged(shape, stage, place);
  if (match !== undefined) return sql.viewOfTable(relation, match, place, database);
  throw unknownNewRows(relation.target);
}
