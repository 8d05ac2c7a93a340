/** What an action reads, seen through views, for which no data of their own is stored. */
import { type Action, type Graph, targetKey } from "../graph/index.js";

export interface Reads {
  readonly actions: ReadonlyMap<string, Action>;
  /** Place of each action in the graph's fixed topological order. */
  readonly rank: ReadonlyMap<string, number>;
  /** Keys of the tables, sources and operations that its data comes from. */
  data(key: string): ReadonlySet<string>;
  /** The same, and what the assertions that it depends on read: all that must be there before it. */
  ground(key: string): ReadonlySet<string>;
  /** Keys of the views between it and its ground. */
  views(key: string): ReadonlySet<string>;
}

const none: ReadonlySet<string> = new Set();

export function readsOf(graph: Graph): Reads {
  const actions = new Map(graph.actions.map((action) => [targetKey(action.target), action]));
  const rank = new Map([...actions.keys()].map((key, i) => [key, i]));
  const data = new Map<string, ReadonlySet<string>>();
  const ground = new Map<string, ReadonlySet<string>>();
  const views = new Map<string, ReadonlySet<string>>();
  // Dependencies stand first in the graph, so what they read is already known.
  for (const [key, action] of actions) {
    const itsData = new Set<string>();
    const itsGround = new Set<string>();
    const itsViews = new Set<string>();
    const parent = action.kind === "assertion" && action.parent ? [action.parent] : [];
    for (const other of [...action.dependencies, ...parent].map(targetKey)) {
      const kind = actions.get(other)?.kind;
      if (kind === undefined) continue;
      if (kind === "view" || kind === "assertion") {
        addAll(itsGround, ground.get(other));
        addAll(itsViews, views.get(other));
        if (kind === "view") itsViews.add(other);
        if (kind === "view") addAll(itsData, data.get(other));
      } else {
        itsGround.add(other);
        itsData.add(other);
      }
    }
    data.set(key, itsData);
    ground.set(key, itsGround);
    views.set(key, itsViews);
  }
  return {
    actions,
    rank,
    data: (key) => data.get(key) ?? none,
    ground: (key) => ground.get(key) ?? none,
    views: (key) => views.get(key) ?? none,
  };
}

function addAll(set: Set<string>, more: ReadonlySet<string> | undefined): void {
  for (const each of more ?? []) set.add(each);
}
