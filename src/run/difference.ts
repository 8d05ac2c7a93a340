/** Two tables compared by the engine, as multisets of rows in which NULL equals NULL. */
import { quoteName } from "../graph/index.js";
import type { Row, Session } from "../warehouse/index.js";

/** What a statement calls the two sides: names as they may stand in it. */
export interface Sides {
  readonly left: string;
  readonly right: string;
}

export interface RowCounts {
  readonly left: number;
  readonly right: number;
  /** Rows without an equal on the other side; of one that stands three times here and once there, two. */
  readonly onlyLeft: number;
  readonly onlyRight: number;
}

/** Its name must be that of no column of the tables. */
const side = quoteName("MEDFORM_SIDE");

const list = (columns: readonly string[]) => columns.map(quoteName).join(", ");

/** A row for each that stands more often on one side, and by how many. */
function surplus(columns: readonly string[], { left, right }: Sides): string {
  const names = list(columns);
  const of = (table: string, sign: string) => `select ${names}${names && ", "}${sign} as ${side} from ${table}`;
  return `select ${names}${names && ", "}sum(${side}) as ${side}
from (
  ${of(left, "1")}
  union all
  ${of(right, "-1")}
) as both_sides
${names && `group by ${names}`}
having sum(${side}) <> 0`;
}

/** Counts over these columns, in one pass over both tables. */
export async function countRows(session: Session, columns: readonly string[], sides: Sides): Promise<RowCounts> {
  const [row] = await session.rows(`select
  (select count(*) from ${sides.left}) as "left_rows",
  (select count(*) from ${sides.right}) as "right_rows",
  coalesce(sum(case when ${side} > 0 then ${side} end), 0) as "only_left",
  coalesce(sum(case when ${side} < 0 then -${side} end), 0) as "only_right"
from (
${surplus(columns, sides)}
) as differing`);
  const number = (name: string) => Number(row?.[name] ?? 0);
  return {
    left: number("left_rows"),
    right: number("right_rows"),
    onlyLeft: number("only_left"),
    onlyRight: number("only_right"),
  };
}

/** Rows that only this side has, each as often as it has no equal; at most `limit` different ones, in their own order. */
export async function rowsOnly(
  session: Session,
  columns: readonly string[],
  sides: Sides,
  which: "left" | "right",
  limit: number,
): Promise<readonly Row[]> {
  const found = await session.rows(
    `${surplus(columns, sides)} and sum(${side}) ${which === "left" ? ">" : "<"} 0\norder by ${list(columns)}\nlimit ${limit}`,
  );
  return found.flatMap(({ MEDFORM_SIDE: times, ...row }) =>
    Array.from({ length: Math.min(limit, Math.abs(Number(times))) }, () => row),
  );
}
