/**
 * Two relations that should hold the same, key by key. A column that is text on one side and typed on the other is compared as the
 * type, and a text that cannot be read so is a difference. NULL and an empty text are one: a CSV file cannot tell them apart.
 */
import { ProblemError, quoteName } from "../graph/index.js";
import { digestFrom, digestSums, type RelationColumn, type Row, rowText, type Session } from "../warehouse/index.js";
import { type Source, unreadable } from "./source.js";

export interface ReconcileOptions {
  readonly left: Source;
  readonly right: Source;
  /** `NAME`, or `LEFT=RIGHT` where the two call it otherwise; so everywhere. */
  readonly key: readonly string[];
  readonly sum: readonly string[];
  /** Empty: every column that both have under one name. */
  readonly compare: readonly string[];
  readonly ignore: readonly string[];
  /** So many keys of each kind, hashed with `hashKey`. */
  readonly keys: number;
  readonly hashKey: string;
}

export interface Side {
  readonly relation: string;
  readonly rows: number;
  /** Lines of a file that are no row of it: they are compared with nothing. */
  readonly malformed: number;
  /** Rows in whose key a part is NULL or empty: they are compared with nothing. */
  readonly keyless: number;
  readonly keys: number;
  /** Keys that more than one row has: their columns are not compared. */
  readonly repeated: number;
  /** Of key and compared columns of all rows, whatever their order. */
  readonly digest: string;
}

export interface Reconciled {
  readonly equal: boolean;
  readonly left: Side;
  readonly right: Side;
  /** Keys on both sides. */
  readonly matched: number;
  readonly onlyLeft: number;
  readonly onlyRight: number;
  /** Keys that each side has once, and in which a column differs. */
  readonly differing: number;
  readonly columns: readonly { readonly column: string; readonly differing: number }[];
  /** Decimals as text. `unreadable`: values that are no number, on both sides. */
  readonly sums: readonly {
    readonly column: string;
    readonly left: string | null;
    readonly right: string | null;
    readonly unreadable: number;
    readonly equal: boolean;
  }[];
  /** Hashes of keys, as many as were asked for. */
  readonly keys?: {
    readonly onlyLeft: readonly string[];
    readonly onlyRight: readonly string[];
    readonly differing: readonly string[];
  };
}

/** A column of each side that are to say the same. */
interface Pair {
  readonly name: string;
  readonly left: RelationColumn;
  readonly right: RelationColumn;
}

/**
 * @throws ProblemError `reconcile-column`, `reconcile-key`.
 */
export async function reconcile(session: Session, options: ReconcileOptions): Promise<Reconciled> {
  const { left, right, keys: shown, hashKey } = options;
  const key = options.key.map((text) => pairOf(text, left, right));
  if (key.length === 0)
    throw new ProblemError({
      code: "reconcile-key",
      message: "Without a key rows cannot be compared.",
      hint: "--key COLUMN, or LEFT=RIGHT where the two call it otherwise; repeat it, or part several by commas.",
    });
  const sums = options.sum.map((text) => pairOf(text, left, right));
  const compared = columnsToCompare(options, key);
  await land(session, "LEFT", left, { key, compared, sums });
  await land(session, "RIGHT", right, { key, compared, sums });
  await session.run(keyTable("LEFT"));
  await session.run(keyTable("RIGHT"));
  await session.run(differenceTable(compared));
  const one = async (sql: string): Promise<Row> => (await session.rows(sql))[0] ?? {};
  const side = async (name: "LEFT" | "RIGHT", { label, malformed }: Source): Promise<Side> => {
    const row = await one(
      `select (select count(*) from temp.${name}_ROWS) as n, (select count(*) from temp.${name}_ROWS where K is null) as keyless,
(select count(*) from temp.${name}_KEYS) as keys, (select count(*) from temp.${name}_KEYS where N > 1) as repeated`,
    );
    const count = (column: string) => Number(row[column]);
    return {
      relation: label,
      rows: count("n"),
      malformed,
      keyless: count("keyless"),
      keys: count("keys"),
      repeated: count("repeated"),
      digest: digestFrom(await one(`select ${digestSums("LINE")} from temp.${name}_ROWS`)),
    };
  };
  const [ours, theirs] = [await side("LEFT", left), await side("RIGHT", right)];
  const matching = await one(
    `select count(*) filter (l.K is not null and r.K is not null) as matched, count(*) filter (r.K is null) as only_left,
count(*) filter (l.K is null) as only_right from temp.LEFT_KEYS as l full join temp.RIGHT_KEYS as r on r.K = l.K`,
  );
  const differences = await one(
    `select ${["count(*) filter (ANY_DIFFERS) as d", ...compared.map((_, index) => `count(*) filter (D${index}) as d${index}`)].join(", ")} from temp.DIFFERENCES`,
  );
  const found = {
    left: ours,
    right: theirs,
    matched: Number(matching.matched),
    onlyLeft: Number(matching.only_left),
    onlyRight: Number(matching.only_right),
    differing: Number(differences.d),
    columns: compared.map(({ name }, index) => ({ column: name, differing: Number(differences[`d${index}`]) })),
    sums: await sumsOf(session, sums),
  };
  const equal =
    found.onlyLeft +
      found.onlyRight +
      found.differing +
      ours.keyless +
      theirs.keyless +
      ours.malformed +
      theirs.malformed ===
      0 &&
    ours.rows === theirs.rows &&
    ours.digest === theirs.digest &&
    found.sums.every((sum) => sum.equal);
  return { equal, ...found, ...(shown > 0 && { keys: await hashesOf(session, shown, hashKey) }) };
}

function pairOf(text: string, left: Source, right: Source): Pair {
  const [first = "", second = first] = text.split("=").map((part) => part.trim());
  return {
    name: first === second ? first : `${first}=${second}`,
    left: columnOf(left, first),
    right: columnOf(right, second),
  };
}

function columnOf({ label, columns }: Source, name: string): RelationColumn {
  const found = columns.find((column) => column.name.toLowerCase() === name.toLowerCase());
  if (found !== undefined) return found;
  throw new ProblemError({
    code: "reconcile-column",
    message: `${label} has no column "${name}"`,
    hint: "Write LEFT=RIGHT where the two call it otherwise; medform profile lists the columns.",
  });
}

function columnsToCompare({ left, right, compare, ignore }: ReconcileOptions, key: readonly Pair[]): readonly Pair[] {
  if (compare.length > 0) return compare.map((text) => pairOf(text, left, right));
  const ignored = new Set(ignore.map((name) => name.toLowerCase()));
  const isKey = (name: string) => key.some((pair) => pair.left.name === name);
  return left.columns.flatMap((column): readonly Pair[] => {
    const other = right.columns.find(({ name }) => name.toLowerCase() === column.name.toLowerCase());
    if (other === undefined || isKey(column.name) || ignored.has(column.name.toLowerCase())) return [];
    return [{ name: column.name, left: column, right: other }];
  });
}

const isText = ({ type }: RelationColumn) => /^VARCHAR/i.test(type);

/** A value of one side as text that the other side's equal value has, too; what cannot be read as the other's type stays as it is. */
function comparable(own: RelationColumn, other: RelationColumn): string {
  const text = `nullif(cast(${quoteName(own.name)} as varchar), '')`;
  const type = commonType(own, other);
  return type === undefined ? text : `coalesce(cast(try_cast(${text} as ${type}) as varchar), ${text})`;
}

/**
 * As what two columns are compared; undefined: as text. Wide enough that nothing is rounded off on the way: a date is compared as
 * an instant, and a whole number as one with decimals, for else a text that says more would be found equal.
 */
function commonType(own: RelationColumn, other: RelationColumn): string | undefined {
  const types = [own, other].filter((column) => !isText(column)).map(({ type }) => type.toUpperCase());
  if (types.length === 0 || (types.length === 2 && types[0] === types[1])) return undefined;
  if (types.every((type) => numeric.test(type)))
    return types.some((type) => type === "FLOAT" || type === "DOUBLE") ? "double" : "decimal(38, 9)";
  if (types.every((type) => /^(?:DATE|TIMESTAMP(?:_S|_MS|_NS)?)$/.test(type))) return "timestamp";
  return types.length === 1 ? types[0] : undefined;
}

const numeric = /^(?:U?(?:TINYINT|SMALLINT|BIGINT|HUGEINT|INTEGER)|DECIMAL.*|FLOAT|DOUBLE)$/;

interface Wanted {
  readonly key: readonly Pair[];
  readonly compared: readonly Pair[];
  readonly sums: readonly Pair[];
}

/** A row for each row, with its key, a text of all that is compared, each compared column and each number. */
async function land(
  session: Session,
  name: "LEFT" | "RIGHT",
  source: Source,
  { key, compared, sums }: Wanted,
): Promise<void> {
  const own = (pair: Pair) => (name === "LEFT" ? comparable(pair.left, pair.right) : comparable(pair.right, pair.left));
  const of = (pair: Pair) => quoteName((name === "LEFT" ? pair.left : pair.right).name);
  const parts = key.map(own);
  const keyText = `case when ${parts.map((part) => `${part} is not null`).join(" and ")} then ${rowText(parts)} end`;
  const columns = [
    `${keyText} as K`,
    `${rowText([...key, ...compared].map(own))} as LINE`,
    ...compared.map((pair, index) => `${own(pair)} as C${index}`),
    ...sums.map((pair, index) => `try_cast(${of(pair)} as decimal(38, 6)) as S${index}`),
    ...sums.map(
      (pair, index) =>
        `nullif(cast(${of(pair)} as varchar), '') is not null and try_cast(${of(pair)} as decimal(38, 6)) is null as U${index}`,
    ),
  ];
  await session
    .run(`create or replace temp table ${name}_ROWS as select ${columns.join(", ")} from ${source.from}`)
    .catch((error: unknown) => {
      throw unreadable(source, error);
    });
}

const keyTable = (name: string) =>
  `create or replace temp table ${name}_KEYS as select K, count(*) as N from temp.${name}_ROWS where K is not null group by K`;

function differenceTable(compared: readonly Pair[]): string {
  const differs = compared.map((_, index) => `l.C${index} is distinct from r.C${index}`);
  const any = differs.length === 0 ? "false" : differs.join(" or ");
  return `create or replace temp table DIFFERENCES as
select l.K, ${[...differs.map((sql, index) => `${sql} as D${index}`), `${any} as ANY_DIFFERS`].join(", ")}
from temp.LEFT_ROWS as l
inner join temp.LEFT_KEYS as lk on lk.K = l.K and lk.N = 1
inner join temp.RIGHT_KEYS as rk on rk.K = l.K and rk.N = 1
inner join temp.RIGHT_ROWS as r on r.K = l.K`;
}

async function sumsOf(session: Session, sums: readonly Pair[]): Promise<Reconciled["sums"]> {
  const found: Reconciled["sums"][number][] = [];
  for (const [index, { name }] of sums.entries()) {
    const of = (side: string) =>
      `select cast(sum(S${index}) as varchar) as total, count(*) filter (U${index}) as unreadable from temp.${side}_ROWS`;
    const [left] = await session.rows(of("LEFT"));
    const [right] = await session.rows(of("RIGHT"));
    const text = (value: unknown) => (value == null ? null : String(value));
    const [a, b] = [text(left?.total), text(right?.total)];
    const unreadable = Number(left?.unreadable) + Number(right?.unreadable);
    found.push({ column: name, left: a, right: b, unreadable, equal: a === b && unreadable === 0 });
  }
  return found;
}

/** The first by hash, so that the same are shown every time. */
async function hashesOf(session: Session, shown: number, hashKey: string): Promise<NonNullable<Reconciled["keys"]>> {
  const hashes = async (from: string) => {
    const hash = "left(sha256(cast(? as varchar) || ':' || K), 16)";
    const rows = await session.rows(`select ${hash} as h from ${from} order by 1 limit ${shown}`, [hashKey]);
    return rows.map((row) => String(row.h));
  };
  return {
    onlyLeft: await hashes("temp.LEFT_KEYS where K not in (select K from temp.RIGHT_KEYS)"),
    onlyRight: await hashes("temp.RIGHT_KEYS where K not in (select K from temp.LEFT_KEYS)"),
    differing: await hashes("temp.DIFFERENCES where ANY_DIFFERS"),
  };
}
