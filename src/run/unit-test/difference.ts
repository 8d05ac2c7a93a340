/** What a unit test's model made, beside the rows that were expected. */
import { quoteTarget } from "../../graph/index.js";
import type { PublishScope } from "../../warehouse/index.js";
import { countRows, rowsOnly } from "../difference.js";
import type { Made } from "./build.js";
import type { RowDifference } from "./events.js";

/** How many rows of a side are shown. */
const mostRows = 20;

/**
 * Compared by the names of their columns; the order of columns and rows is nothing. Where there is no row on either side,
 * there is nothing to differ: Dataform has it so.
 */
export async function differenceOf(
  { session }: PublishScope,
  actual: Made,
  expected: Made,
): Promise<RowDifference | undefined> {
  const lacks = (columns: readonly string[], name: string) =>
    !columns.some((other) => other.toLowerCase() === name.toLowerCase());
  const missingColumns = expected.columns.filter((name) => lacks(actual.columns, name));
  const unexpectedColumns = actual.columns.filter((name) => lacks(expected.columns, name));
  const comparable = missingColumns.length + unexpectedColumns.length === 0;
  const sides = { left: quoteTarget(actual.target), right: quoteTarget(expected.target) };
  const columns = comparable ? expected.columns : [];
  const counts = await countRows(session, columns, sides);
  if (counts.left + counts.right === 0) return undefined;
  if (comparable && counts.onlyLeft + counts.onlyRight === 0) return undefined;
  const only = (side: "left" | "right", number: number) =>
    comparable && number > 0 ? rowsOnly(session, columns, sides, side, mostRows) : [];
  return {
    expectedRows: counts.right,
    actualRows: counts.left,
    missingColumns,
    unexpectedColumns,
    missingRows: comparable ? counts.onlyRight : 0,
    missing: await only("right", counts.onlyRight),
    unexpectedRows: comparable ? counts.onlyLeft : 0,
    unexpected: await only("left", counts.onlyLeft),
  };
}
