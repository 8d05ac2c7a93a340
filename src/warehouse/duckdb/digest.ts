/** What a table holds, as two figures that two copies of it have in common: how many rows, and a digest of all of them. */
import { quoteName, quoteTarget } from "../../graph/index.js";
import type { RelationInfo, Row, Session } from "../contract.js";

export interface Digest {
  readonly rows: number;
  /** Hex digits, whatever the order of the rows. */
  readonly digest: string;
}

/** SQL for a text that two rows have in common only where these expressions have the same values, of the same types. */
export function rowText(expressions: readonly string[]): string {
  const parts = expressions.map((expression) => {
    const text = `cast(${expression} as varchar)`;
    return `coalesce(strlen(${text}) || ':' || ${text}, '-')`;
  });
  return parts.length === 0 ? "''" : `concat(${parts.join(", ")})`;
}

/** SQL for two aggregates, `LOWER_SUM` and `UPPER_SUM`, of rows whose text is this. */
export const digestSums = (text: string): string =>
  `cast(sum(md5_number_lower(${text})) as varchar) as LOWER_SUM, cast(sum(md5_number_upper(${text})) as varchar) as UPPER_SUM`;

const wrap = 2n ** 64n;
const half = (sum: unknown) => (BigInt(String(sum ?? 0)) % wrap).toString(16).padStart(16, "0");

/** 32 hex digits of a row with those two. */
export const digestFrom = (row: Row | undefined): string => `${half(row?.LOWER_SUM)}${half(row?.UPPER_SUM)}`;

/**
 * Reads the whole table. MD5, because it is the same in every version of the engine; both halves of it are added up over the
 * rows, so that order does not count, and how often a row is there does.
 */
export async function digestOf(session: Session, { target, columns }: RelationInfo): Promise<Digest> {
  const line = rowText(columns.map(({ name }) => quoteName(name)));
  const [row] = await session.rows(
    `select count(*) as n, ${digestSums("line")} from (select ${line} as line from ${quoteTarget(target)})`,
  );
  return { rows: Number(row?.n), digest: digestFrom(row) };
}

/** The same ten times as fast, by the engine's own hash: to be compared with that of the same version, and to be kept nowhere. */
export async function quickDigestOf(session: Session, { target }: RelationInfo): Promise<Digest> {
  const [row] = await session.rows(
    `select count(*) as n, cast(sum(hash(line)) as varchar) as total from ${quoteTarget(target)} as line`,
  );
  return { rows: Number(row?.n), digest: half(row?.total) };
}
