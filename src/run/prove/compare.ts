/** A rebuilt table beside what is published of it. Names and counts come back, no value. */
import { quoteName, type Relation } from "../../graph/index.js";
import type { Kept, PublishScope } from "../../warehouse/index.js";
import { countRows } from "../difference.js";
import type { Proof } from "../events.js";

export type Difference = Pick<Proof, "columns" | "columnsOnly"> & { readonly rows: NonNullable<Proof["rows"]> };

export const rowsDiffering = ({ rows }: Difference): number => rows.onlyPublished + rows.onlyRebuilt;

interface Compared {
  readonly kept: Kept;
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
  { kept, published, rebuilt }: Compared,
): Promise<Difference> {
  const provenance = relation.columns
    .filter(({ tags }) => tags.includes("provenance"))
    .map(({ path }) => path.join("."));
  const among = (names: readonly string[], name: string) => names.some((other) => same(other, name));
  const columns = rebuilt.filter((name) => among(published, name) && !among(provenance, name));
  const counts = await countRows(session, columns, { left: kept.copy, right: kept.built });
  const rows = {
    published: counts.left,
    rebuilt: counts.right,
    onlyPublished: counts.onlyLeft,
    onlyRebuilt: counts.onlyRight,
  };
  const columnsOnly = {
    onlyPublished: published.filter((name) => !among(rebuilt, name)),
    onlyRebuilt: rebuilt.filter((name) => !among(published, name)),
  };
  const keys = relation.uniqueKey.flatMap((key) => columns.filter((name) => same(name, key)));
  const values = columns.filter((name) => !among(keys, name));
  const keyed = keys.length > 0 && keys.length === relation.uniqueKey.length && values.length > 0;
  if (!keyed || rows.onlyPublished === 0 || rows.onlyRebuilt === 0) return { rows, columns: [], columnsOnly };
  const [differing] = await session.rows(columnsQuery(keys, values, kept));
  const found = values.map((name, i) => ({ name, rows: Number(differing?.[`c${i}`] ?? 0) }));
  return { rows, columns: found.filter((each) => each.rows > 0).sort((a, b) => b.rows - a.rows), columnsOnly };
}

/** For rows of one key, by column, how many have another value. */
function columnsQuery(keys: readonly string[], values: readonly string[], { copy, built }: Kept): string {
  const counts = values.map((name, i) => {
    const column = quoteName(name);
    return `sum(case when published.${column} is distinct from rebuilt.${column} then 1 else 0 end) as ${quoteName(`c${i}`)}`;
  });
  const on = keys.map(quoteName).map((key) => `published.${key} is not distinct from rebuilt.${key}`);
  return `select\n  ${counts.join(",\n  ")}\nfrom ${copy} as published\ninner join ${built} as rebuilt\n  on ${on.join("\n  and ")}`;
}
