/** Relations that were published and have no model any more, as the ledger and the catalog tell it. */
import { type Graph, targetKey } from "../graph/index.js";
import type { Owner, State, TargetState } from "../ledger/index.js";
import type { RelationInfo } from "../warehouse/index.js";

export interface Stale extends Pick<TargetState, "target" | "kind" | "rows" | "version" | "publishedAt"> {
  /** What has its name now; null where nothing has. */
  readonly there: RelationInfo["kind"] | null;
  /** Somebody else has changed its kind or its columns since. */
  readonly changed: boolean;
}

export interface Left {
  /** By name. */
  readonly stale: readonly Stale[];
  /** Relations that are none of this project's, and were published by another project or environment: theirs to drop. */
  readonly others: number;
}

/** Of an operation's output medform knows no more than its name. */
export const publishedAs = ({ kind }: Pick<Stale, "kind">): RelationInfo["kind"] | null =>
  kind === "operation" ? null : kind === "view" ? "view" : "table";

function changedSince({ kind, columns }: TargetState, there: RelationInfo | undefined): boolean {
  const published = publishedAs({ kind });
  if (there === undefined || published === null) return false;
  if (there.kind !== published) return true;
  // A view's columns may follow from what it reads.
  const names = there.columns.map(({ name }) => name);
  return published === "table" && columns.length > 0 && columns.join("\0") !== names.join("\0");
}

/** `owners`: whose the runs are that published them last; `owner`: who asks. */
export function findStale(about: {
  readonly graph: Graph;
  readonly state: State;
  readonly relations: readonly RelationInfo[];
  readonly owners: ReadonlyMap<string, Owner>;
  readonly owner: Owner;
}): Left {
  const { graph, state, owners, owner } = about;
  const known = new Set(graph.actions.map(({ target }) => targetKey(target)));
  const relations = new Map(about.relations.map((relation) => [targetKey(relation.target), relation]));
  const without = Object.entries(state.targets).filter(([key]) => !known.has(key));
  const isOurs = ({ version }: TargetState) => {
    const of = owners.get(version);
    return of !== undefined && of.project === owner.project && of.environment === owner.environment;
  };
  const ours = without.filter(([, published]) => isOurs(published)).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    stale: ours.map(([key, published]) => {
      const { target, kind, rows, version, publishedAt } = published;
      const there = relations.get(key);
      return {
        target,
        kind,
        rows,
        version,
        publishedAt,
        there: there?.kind ?? null,
        changed: changedSince(published, there),
      };
    }),
    others: without.length - ours.length,
  };
}
