/** What a relation looks like to who has to load it: no value of it, but everything that a model has to know. */
import { quoteName } from "../graph/index.js";
import type { Row, Session } from "../warehouse/index.js";
import { type Source, unreadable } from "./source.js";

export interface ColumnProfile {
  readonly name: string;
  /** As the source declares it; VARCHAR of a CSV file. */
  readonly type: string;
  /** Of text, what at least 95 of 100 values can be read as; of others the type in lower case. Null where nothing is filled. */
  readonly looksLike: string | null;
  /** Values that cannot be read so. */
  readonly exceptions: number;
  /** NULL or blank. */
  readonly empty: number;
  readonly distinct: number;
  /** In characters, of those that are filled; null without any. */
  readonly minLength: number | null;
  readonly maxLength: number | null;
}

export interface RelationProfile {
  readonly relation: string;
  readonly rows: number;
  /** Lines of a file that are no row of it: a load keeps them apart. */
  readonly malformed: number;
  /** Rows that are there again, equal in every column. */
  readonly duplicateRows: number;
  /** Columns, or pairs of them where there is no such column, that are filled everywhere and tell all rows apart. */
  readonly keys: readonly (readonly string[])[];
  readonly columns: readonly ColumnProfile[];
}

/** Of text that is read as something else, the share that may be exceptions. */
const tolerance = 0.05;
/** Columns whose pairs are tried as keys: those with the most distinct values. */
const tried = 8;

/** Narrowest first. A number with a leading zero is a code: as a number it would lose it. */
const kinds: readonly (readonly [kind: string, isOne: (text: string) => string])[] = [
  [
    "integer",
    (text) => `try_cast(${text} as bigint) is not null and not regexp_matches(${text}, '^[-+]?0[0-9]|[.eE]')`,
  ],
  ["decimal", (text) => `try_cast(${text} as double) is not null and not regexp_matches(${text}, '^[-+]?0[0-9]')`],
  ["date", (text) => `try_cast(${text} as date) is not null and length(${text}) <= 10`],
  ["instant", (text) => `try_cast(${text} as timestamptz) is not null`],
];

/**
 * Reads the relation twice or three times.
 *
 * @throws ProblemError `legacy-unreadable`.
 */
export async function profileRelation(session: Session, source: Source): Promise<RelationProfile> {
  try {
    return await profiled(session, source);
  } catch (error) {
    throw unreadable(source, error);
  }
}

async function profiled(session: Session, source: Source): Promise<RelationProfile> {
  const { label, from, malformed, columns } = source;
  const measures = columns.flatMap((column, index) => measuresOf(column, index));
  const [row = {}] = await session.rows(`select count(*) as n, ${measures.join(", ")} from ${from}`);
  const rows = Number(row.n);
  const found = columns.map((column, index) => columnOf(column, index, row, rows));
  const [distinct = {}] = await session.rows(`select count(*) as n from (select distinct * from ${from})`);
  return {
    relation: label,
    rows,
    malformed,
    duplicateRows: rows - Number(distinct.n),
    keys: await keysOf(session, source, rows, found),
    columns: found,
  };
}

type Column = Source["columns"][number];

const textOf = ({ name }: Column) => `nullif(trim(cast(${quoteName(name)} as varchar)), '')`;

function measuresOf(column: Column, index: number): readonly string[] {
  const text = textOf(column);
  const counts = isText(column)
    ? kinds.map(([kind, isOne]) => `count(*) filter (${isOne(text)}) as ${kind}_${index}`)
    : [];
  return [
    `count(${text}) as filled_${index}`,
    `count(distinct ${text}) as distinct_${index}`,
    `min(length(${text})) as min_${index}`,
    `max(length(${text})) as max_${index}`,
    ...counts,
  ];
}

const isText = ({ type }: Column) => /^VARCHAR/i.test(type);

function columnOf(column: Column, index: number, row: Row, rows: number): ColumnProfile {
  const read = (measure: string) => (row[`${measure}_${index}`] == null ? null : Number(row[`${measure}_${index}`]));
  const filled = read("filled") ?? 0;
  const like = kinds.find(([kind]) => filled > 0 && (read(kind) ?? 0) >= filled * (1 - tolerance))?.[0];
  const text = isText(column);
  return {
    name: column.name,
    type: column.type,
    looksLike: filled === 0 ? null : text ? (like ?? "text") : column.type.toLowerCase(),
    exceptions: text && like !== undefined ? filled - (read(like) ?? 0) : 0,
    empty: rows - filled,
    distinct: read("distinct") ?? 0,
    minLength: read("min"),
    maxLength: read("max"),
  };
}

async function keysOf(
  session: Session,
  { from, columns }: Source,
  rows: number,
  found: readonly ColumnProfile[],
): Promise<RelationProfile["keys"]> {
  if (rows === 0) return [];
  const full = found.filter(({ empty }) => empty === 0);
  const single = full.filter(({ distinct }) => distinct === rows).map(({ name }) => [name]);
  if (single.length > 0) return single;
  const best = full.toSorted((a, b) => b.distinct - a.distinct).slice(0, tried);
  const pairs = best.flatMap((a, at) =>
    best.slice(at + 1).flatMap((b) => (a.distinct * b.distinct >= rows ? [[a.name, b.name]] : [])),
  );
  if (pairs.length === 0) return [];
  const text = (name: string | undefined) =>
    textOf(columns.find((each) => each.name === name) ?? { name: "", type: "" });
  const counts = pairs.map(([a, b], index) => `count(distinct row(${text(a)}, ${text(b)})) as pair_${index}`);
  const [row = {}] = await session.rows(`select ${counts.join(", ")} from ${from}`);
  return pairs.filter((_, index) => Number(row[`pair_${index}`]) === rows);
}
