/**
 * Two of core's checks cost a third of its own time at a thousand actions, for they write every target as JSON anew. Nearly
 * always they find nothing, and that is quick to see; where there is something to find, core's own check finds and words it.
 */
import type { Session, TargetProto } from "./coreTypes.js";

export function withQuickChecks(session: Session): void {
  const circularity = session.checkCircularity.bind(session);
  session.checkCircularity = (actions) => {
    if (!isAcyclic(actions)) circularity(actions);
  };
  const uniqueness = session.removeNonUniqueActionsFromCompiledGraph.bind(session);
  session.removeNonUniqueActionsFromCompiledGraph = (graph) => {
    const all = [graph.tables, graph.assertions, graph.operations, graph.declarations].flat();
    const unique = (keys: readonly string[]) => new Set(keys).size === keys.length;
    const sure = unique(all.map((each) => key(each.target))) && unique(all.map((each) => key(each.canonicalTarget)));
    if (!sure) uniqueness(graph);
  };
}

const key = ({ database, schema, name }: TargetProto) => `${database}\u0000${schema}\u0000${name}`;

function isAcyclic(
  actions: readonly { readonly target: TargetProto; readonly dependencyTargets?: readonly TargetProto[] | null }[],
): boolean {
  const indexes = new Map(actions.map((action, index) => [key(action.target), index]));
  const waiting = new Array<number>(actions.length).fill(0);
  const dependents = new Map<number, number[]>();
  actions.forEach((action, index) => {
    for (const target of action.dependencyTargets ?? []) {
      const on = indexes.get(key(target));
      if (on === undefined) continue;
      waiting[index] = (waiting[index] ?? 0) + 1;
      const list = dependents.get(on);
      if (list) list.push(index);
      else dependents.set(on, [index]);
    }
  });
  const ready = actions.flatMap((_, index) => (waiting[index] === 0 ? [index] : []));
  // The list grows while it is walked.
  for (const index of ready) {
    for (const dependent of dependents.get(index) ?? []) {
      const left = (waiting[dependent] ?? 0) - 1;
      waiting[dependent] = left;
      if (left === 0) ready.push(dependent);
    }
  }
  return ready.length === actions.length;
}
