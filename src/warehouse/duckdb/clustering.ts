/**
 * How well a table is still sorted by its cluster key. An increment puts its rows, sorted among themselves, at the table's end:
 * each adds a part that holds keys of all kinds, into which whoever looks for one key has to look too.
 *
 * Measured with 3 million rows of 30,000 keys: the rows of one took 12 times as long after 8 increments of a hundredth, and 56 times
 * after 32.
 */
import { quoteText, type Relation } from "../../graph/index.js";
import { type ColumnType, find } from "../shape.js";
import type { DuckDbSession } from "./session.js";
import { qualified } from "./statements.js";

/** Rows of a row group, as the engine parts a table. */
const rowGroup = 122_880;

/** Row groups from which on it matters; fewer are read in no time. */
const fewest = 16;

/** Row groups in which a key may have to be looked for, on the average. In a sorted table it is one, or two. */
const most = 8;

export interface Clustered {
  readonly columns: readonly ColumnType[];
  readonly rows: number;
}

/**
 * Whether the table should be sorted anew. Told by the least and greatest value that the engine keeps of each row group, as far as they
 * are committed; nothing is known where the first cluster key is no column.
 */
export async function isScattered(
  session: DuckDbSession,
  { target, clusterBy }: Relation,
  { columns, rows }: Clustered,
  database: string,
): Promise<boolean> {
  const key = find(columns, clusterBy[0] ?? "");
  if (key === undefined || rows < fewest * rowGroup) return false;
  const [row] = await session.rows(
    `with segment as (
  select row_group_id, regexp_extract(stats, '^\\[Min: (.*?), Max: (.*?)(?:, Has Unicode: .*)?\\]\\[Has Null', ['low', 'high']) as bound
  from pragma_storage_info(${quoteText(qualified(target, database))})
  where column_name = ? and segment_type <> 'VALIDITY'
),
row_group as (
  select row_group_id, min(try_cast(bound.low as ${key.type})) as low, max(try_cast(bound.high as ${key.type})) as high
  from segment
  group by row_group_id
),
depth as (
  select count(*) as depth
  from row_group as one
  inner join row_group as other on one.low between other.low and other.high
  group by one.row_group_id
)
select avg(depth) as depth from depth`,
    [key.name],
  );
  return Number(row?.depth ?? 0) > most;
}

/** The same rows, sorted. */
export function sortAnew({ target, clusterBy }: Relation, database: string): string {
  const table = qualified(target, database);
  return `create or replace table ${table} as select * from ${table} order by ${clusterBy.join(", ")}`;
}
