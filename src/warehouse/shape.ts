/** What an increment does to the columns of its table. Pure: what is there and what comes in, to what is to be done. */
import { type Problem, ProblemError, type Relation, targetKey } from "../graph/index.js";

export interface ColumnType {
  readonly name: string;
  /** As the engine spells it. */
  readonly type: string;
}

/** What an engine knows of its types, as it spells them. */
export interface Types {
  /** Whether a column can become one of another type, each value staying what it is. Not of a type to itself. */
  widens(from: string, to: string): boolean;
  /** Whether every value of a type can be put into a column of another. */
  stores(from: string, to: string): boolean;
  /** A type that holds both, where there is one. */
  common(one: string, other: string): string | undefined;
  /** A type as it may be shown: without values that some types name. */
  shown(type: string): string;
  /** What a NULL without a type counts as. */
  readonly untyped: string;
}

export interface Shape {
  readonly added: readonly ColumnType[];
  readonly widened: readonly ColumnType[];
  readonly dropped: readonly string[];
  /** The table's columns afterwards. */
  readonly columns: readonly ColumnType[];
  /** Those that the query fills, named as in the table; the others are NULL in new rows. */
  readonly filled: readonly string[];
}

/** Names compare as the engine compares them, without case. */
export const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

export const find = <C extends Pick<ColumnType, "name">>(columns: readonly C[], name: string): C | undefined =>
  columns.find((other) => same(other.name, name));

export function reshapes({ added, widened, dropped }: Shape): boolean {
  return added.length + widened.length + dropped.length > 0;
}

type Change =
  | { readonly kind: "none" }
  | { readonly kind: "widen"; readonly type: string }
  | { readonly kind: "refuse"; readonly wanted: string };

/**
 * The model's type of a column is what its increment and, where `whole` tells it, its query for a full build return: an
 * increment that happens to return a smaller type than the whole changes nothing.
 */
function change(
  stored: string,
  incoming: string,
  whole: string | undefined,
  policy: Relation["onSchemaChange"],
  { widens, stores, common }: Types,
): Change {
  if (stored === incoming) return { kind: "none" };
  if (policy === "ignore") return stores(incoming, stored) ? { kind: "none" } : { kind: "refuse", wanted: incoming };
  if (whole === stored && stores(incoming, stored)) return { kind: "none" };
  const wanted = (whole === undefined ? undefined : common(incoming, whole)) ?? incoming;
  if (wanted === stored) return { kind: "none" };
  if (policy !== "fail" && widens(stored, wanted)) return { kind: "widen", type: wanted };
  return { kind: "refuse", wanted };
}

/**
 * The shape of `table` after an increment whose query returns `query`. `whole` are the columns of the query for a full
 * build; undefined where they are the same or cannot be told.
 *
 * @throws ProblemError `schema-changed`, which names the columns and both types.
 */
export function shapeOf(
  types: Types,
  relation: Relation,
  table: readonly ColumnType[],
  query: readonly ColumnType[],
  whole: readonly ColumnType[] | undefined,
): Shape {
  const policy = relation.onSchemaChange;
  const fresh = query.filter(({ name }) => find(table, name) === undefined);
  const gone = table.filter(({ name }) => find(query, name) === undefined);
  const changes = query.flatMap(({ name, type }) => {
    const stored = find(table, name);
    if (stored === undefined) return [];
    return [{ stored, change: change(stored.type, type, whole && find(whole, name)?.type, policy, types) }];
  });
  refuseWhere(types, relation, policy === "fail" ? { fresh, gone } : { fresh: [], gone: [] }, changes);

  const widened = changes.flatMap((each) =>
    each.change.kind === "widen" ? [{ name: each.stored.name, type: each.change.type }] : [],
  );
  const added =
    policy === "ignore"
      ? []
      : fresh.map(({ name, type }) => {
          const wanted = whole && find(whole, name)?.type;
          return { name, type: (wanted && types.common(type, wanted)) ?? type };
        });
  const dropped = policy === "sync" ? gone.map(({ name }) => name) : [];
  const columns = [
    ...table.filter(({ name }) => !dropped.includes(name)).map((column) => find(widened, column.name) ?? column),
    ...added,
  ];
  return {
    added,
    widened,
    dropped,
    columns,
    filled: query.flatMap(({ name }) => find(columns, name)?.name ?? []),
  };
}

interface Difference {
  readonly fresh: readonly ColumnType[];
  readonly gone: readonly ColumnType[];
}

function refuseWhere(
  { shown, untyped }: Types,
  relation: Relation,
  { fresh, gone }: Difference,
  changes: readonly { readonly stored: ColumnType; readonly change: Change }[],
): void {
  const names = (columns: readonly ColumnType[]) => columns.map(({ name }) => name).join(", ");
  const refused = changes.flatMap(({ stored: { name, type }, change: each }) =>
    each.kind === "refuse" ? [`${name} (${shown(type)} in the table, ${shown(each.wanted)} in the query)`] : [],
  );
  const parts = [
    ...(fresh.length > 0 ? [`the query has columns that the table has not: ${names(fresh)}`] : []),
    ...(gone.length > 0 ? [`the table has columns that the query has not: ${names(gone)}`] : []),
    ...(refused.length > 0 ? [`types that the table's cannot become without loss: ${refused.join(", ")}`] : []),
  ];
  if (parts.length === 0) return;
  const isUntyped = changes.some(({ change: each }) => each.kind === "refuse" && each.wanted === untyped);
  throw new ProblemError({
    code: "schema-changed",
    message: `${targetKey(relation.target)}: ${parts.join("; ")}`,
    hint: `${wayOut(relation)}${isUntyped ? ` A NULL without a type counts as ${untyped}.` : ""}`,
  } satisfies Problem);
}

/** A full refresh leaves what is protected as it is. */
const wayOut = ({ protected: kept }: Relation) =>
  kept
    ? "Let the query return what the table has; it is protected, so a full refresh does not make it anew."
    : "Build it anew with --full-refresh, or let the query return what the table has.";
