/** Publish groups (`publish:GROUP`): relations that become visible together; and the order in which gates are compared. */
import { type Action, type Node, ProblemError, type Target, targetKey, topologicalOrder } from "../graph/index.js";
import type { Reads } from "./reads.js";

export interface Order {
  /** The last of them to be published, in an order that is the same for every plan of a project. */
  greatest(keys: readonly string[]): string | undefined;
  /** The name of the unit that publishes it: its group's, or its own. */
  unit(key: string): string;
}

const groupPrefix = "publish:";

function groupOf(action: Action): string | undefined {
  if (action.kind === "declaration" || action.kind === "operation" || action.kind === "assertion") return undefined;
  return action.tags.find((tag) => tag.startsWith(groupPrefix));
}

/** @throws ProblemError `plan-publish-group` where something outside a group stands between two of its members. */
export function orderOf(reads: Reads): Order {
  const unit = (key: string) => {
    const action = reads.actions.get(key);
    return (action && groupOf(action)) ?? key;
  };
  const places = placesOf(reads, unit);
  const before = (a: string, b: string) =>
    (places.get(unit(a)) ?? 0) - (places.get(unit(b)) ?? 0) || (reads.rank.get(a) ?? 0) - (reads.rank.get(b) ?? 0);
  return {
    unit,
    greatest: (keys) =>
      keys.reduce<string | undefined>((a, b) => (a !== undefined && before(a, b) > 0 ? a : b), undefined),
  };
}

function placesOf(reads: Reads, unit: (key: string) => string): ReadonlyMap<string, number> {
  const units = new Set([...reads.actions.keys()].map(unit));
  if (units.size === reads.actions.size) return reads.rank;
  const target = (key: string): Target =>
    reads.actions.get(key)?.target ?? { schema: "publish", name: key.slice(groupPrefix.length) };
  const nodes = new Map<string, { target: Target; fileName: string; dependencies: Target[] }>();
  for (const [key, action] of reads.actions) {
    const name = unit(key);
    const node = nodes.get(name) ?? { target: target(name), fileName: action.fileName, dependencies: [] };
    nodes.set(name, node);
    for (const other of action.dependencies.map(targetKey))
      if (reads.actions.has(other) && unit(other) !== name) node.dependencies.push(target(unit(other)));
  }
  const names = new Map<Node, string>([...nodes].map(([name, node]) => [node, name]));
  try {
    return new Map(topologicalOrder([...nodes.values()]).map((node, i) => [names.get(node) ?? "", i]));
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    throw new ProblemError(
      error.problems.map((problem) => ({
        ...problem,
        code: "plan-publish-group",
        message: `Something outside of a publish group stands between two of its members. ${problem.message}`,
        hint: "Tag what stands between them with the same publish:GROUP, or take a member out.",
      })),
    );
  }
}
