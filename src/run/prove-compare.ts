/** Two tables compared by the engine, as multisets of rows in which NULL equals NULL. Names and counts come back, no value. */
import { quoteName, quoteTarget, type Relation, type Target } from "../graph/index.js";
import type { PublishScope } from "../warehouse/index.js";
import type { Proof } from "./events.js";

export type Difference = Pick<Proof, "columns" | "columnsOnly"> & { readonly rows: NonNullable<Proof["rows"]> };

export const rowsDiffering = ({ rows }: Difference): number => rows.onlyPublished + rows.onlyRebuilt;

const copy = quoteName("MEDFORM_PROOF");

/** Copies what is published, before the rebuild takes its name; returns the copy's. */
export async function keepPublished({ session }: PublishScope, target: Target): Promise<string> {
  await session.run(`create temporary table ${copy} as select * from ${quoteTarget(target)}`);
  return copy;
}

interface Sides {
  readonly kept: string;
  readonly published: readonly string[];
  readonly rebuilt: readonly string[];
}

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

/**
 * Compares over the columns that both have, except those that the model tags `provenance`: they say how a row came to be
 * there, and an increment comes another way.
 */
export async function compared(
  { session }: PublishScope,
  relation: Relation,
  { kept, published, rebuilt }: Sides,
): Promise<Difference> {
  const provenance = relation.columns
    .filter(({ tags }) => tags.includes("provenance"))
    .map(({ path }) => path.join("."));
  const among = (names: readonly string[], name: string) => names.some((other) => same(other, name));
  const columns = rebuilt.filter((name) => among(published, name) && !among(provenance, name));
  const other = quoteTarget(relation.target);
  const [counted] = await session.rows(countsQuery(columns, kept, other));
  const number = (name: string) => Number(counted?.[name] ?? 0);
  const rows = {
    published: number("published"),
    rebuilt: number("rebuilt"),
    onlyPublished: number("only_published"),
    onlyRebuilt: number("only_rebuilt"),
  };
  const columnsOnly = {
    onlyPublished: published.filter((name) => !among(rebuilt, name)),
    onlyRebuilt: rebuilt.filter((name) => !among(published, name)),
  };
  const keys = relation.uniqueKey.flatMap((key) => columns.filter((name) => same(name, key)));
  const values = columns.filter((name) => !among(keys, name));
  const keyed = keys.length > 0 && keys.length === relation.uniqueKey.length && values.length > 0;
  if (!keyed || rows.onlyPublished === 0 || rows.onlyRebuilt === 0) return { rows, columns: [], columnsOnly };
  const [differing] = await session.rows(columnsQuery(keys, values, kept, other));
  const found = values.map((name, i) => ({ name, rows: Number(differing?.[`c${i}`] ?? 0) }));
  return { rows, columns: found.filter((each) => each.rows > 0).sort((a, b) => b.rows - a.rows), columnsOnly };
}

/** One pass over both: a row that stands equally often on both sides adds up to nothing. */
function countsQuery(columns: readonly string[], kept: string, other: string): string {
  // Its name must be that of no column of the tables.
  const side = quoteName("MEDFORM_SIDE");
  const list = columns.map(quoteName).join(", ");
  const of = (table: string, sign: string) => `select ${list}${list && ", "}${sign} as ${side} from ${table}`;
  return `select
  (select count(*) from ${kept}) as published,
  (select count(*) from ${other}) as rebuilt,
  coalesce(sum(case when surplus > 0 then surplus end), 0) as only_published,
  coalesce(sum(case when surplus < 0 then -surplus end), 0) as only_rebuilt
from (
  select sum(${side}) as surplus
  from (
    ${of(kept, "1")}
    union all
    ${of(other, "-1")}
  ) as both_sides
  ${list && `group by ${list}`}
  having sum(${side}) <> 0
) as differing`;
}

/** For rows of one key, by column, how many have another value. */
function columnsQuery(keys: readonly string[], values: readonly string[], kept: string, other: string): string {
  const counts = values.map((name, i) => {
    const column = quoteName(name);
    return `sum(case when published.${column} is distinct from rebuilt.${column} then 1 else 0 end) as ${quoteName(`c${i}`)}`;
  });
  const on = keys.map(quoteName).map((key) => `published.${key} is not distinct from rebuilt.${key}`);
  return `select\n  ${counts.join(",\n  ")}\nfrom ${kept} as published\ninner join ${other} as rebuilt\n  on ${on.join("\n  and ")}`;
}
