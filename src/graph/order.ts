/** The one fixed topological order of a project, which gates and plans read. */
import { ProblemError } from "./problem.js";
import { compareText, targetKey, targetLabel } from "./targets.js";
import type { Target } from "./types.js";

export interface Node {
  readonly target: Target;
  readonly dependencies: readonly Target[];
  readonly fileName: string;
}

/**
 * Dependencies first; of several that could be next, the one with the least key. The order of the input never matters, and
 * dependencies outside of it are ignored.
 *
 * @throws ProblemError `graph-cycle`, naming one cycle.
 */
export function topologicalOrder<T extends Node>(nodes: readonly T[]): readonly T[] {
  const byKey = new Map(nodes.map((node) => [targetKey(node.target), node]));
  const waiting = new Map<string, Set<string>>();
  const dependents = new Map<string, string[]>();
  for (const [key, node] of byKey) {
    const inside = new Set(node.dependencies.map(targetKey).filter((other) => byKey.has(other)));
    waiting.set(key, inside);
    for (const other of inside) {
      const list = dependents.get(other);
      if (list) list.push(key);
      else dependents.set(other, [key]);
    }
  }
  const ready = [...waiting].filter(([, inside]) => inside.size === 0).map(([key]) => key);
  // The least key last, so that it is popped first.
  ready.sort((a, b) => compareText(b, a));
  const ordered: T[] = [];
  for (let key = ready.pop(); key !== undefined; key = ready.pop()) {
    const node = byKey.get(key);
    if (node) ordered.push(node);
    waiting.delete(key);
    for (const dependent of dependents.get(key) ?? []) {
      const inside = waiting.get(dependent);
      inside?.delete(key);
      if (inside?.size === 0) insert(ready, dependent);
    }
  }
  if (waiting.size > 0) throw cycleProblem(waiting, byKey);
  return ordered;
}

/** Into a list that falls, by halving. */
function insert(falling: string[], key: string): void {
  let low = 0;
  let high = falling.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((falling[middle] ?? "") > key) low = middle + 1;
    else high = middle;
  }
  falling.splice(low, 0, key);
}

/** Every node that is still waiting waits for another one, so walking from the least must come round. */
function cycleProblem(waiting: ReadonlyMap<string, ReadonlySet<string>>, byKey: ReadonlyMap<string, Node>) {
  const least = (keys: Iterable<string>) => [...keys].filter((key) => waiting.has(key)).sort(compareText)[0];
  const path: string[] = [];
  let key = least(waiting.keys());
  while (key !== undefined && !path.includes(key)) {
    path.push(key);
    key = least(waiting.get(key) ?? []);
  }
  // The walk goes from dependent to dependency; people read it the way the data flows.
  const cycle = path.slice(key === undefined ? 0 : path.indexOf(key)).reverse();
  const nodes = cycle.flatMap((each) => byKey.get(each) ?? []);
  const [first] = nodes;
  const names = [...nodes, ...(first ? [first] : [])].map((node) => targetLabel(node.target));
  return new ProblemError({
    code: "graph-cycle",
    message: `These actions depend on each other: ${names.join(" -> ")}.`,
    at: first && { file: first.fileName },
    hint: "Remove one of these dependencies.",
  });
}
