/** What a publishing scope of a run is opened for. */
import { type Assertion, type Relation, type Target, targetKey } from "../graph/index.js";
import type { Reads, Unit } from "../plan/index.js";
import type { ScopePlan } from "../warehouse/index.js";
import { type Context, isRelation } from "./context.js";

/** All that a scope is about but its run. */
export type ScopeAbout = Omit<ScopePlan, "runId" | "runNumber" | "project">;

/** A unit: what it builds, and the views through which its builds and rules read that. */
export function scopeOf(unit: Unit, rules: readonly Assertion[], context: Context, attempt: number): ScopeAbout {
  const actions = unit.members.flatMap((target) => context.action(target) ?? []);
  const builds = actions.filter(isRelation).map((relation) => ({
    relation,
    mode: context.step(relation.target)?.mode ?? ("create" as const),
  }));
  const about = actions.length > 0 ? actions : rules;
  return {
    actions: about.map(({ target }) => targetKey(target)),
    tags: [...new Set(about.flatMap(({ tags }) => tags))],
    attempt,
    builds,
    between: viewsBetween(
      context.reads,
      [...unit.members, ...rules.map(({ target }) => target)],
      builds.map(({ relation }) => relation.target),
    ),
  };
}

/** Views, none of them built, through which some of `readers` read some of what is built; each after those that it reads. */
export function viewsBetween(reads: Reads, readers: readonly Target[], built: readonly Target[]): readonly Relation[] {
  if (built.length === 0) return [];
  const own = new Set(built.map(targetKey));
  const isBuilt = (key: string) => own.has(key);
  const views = new Set(readers.flatMap((target) => [...reads.views(targetKey(target))]));
  return [...views]
    .filter((key) => !own.has(key) && ([...reads.data(key)].some(isBuilt) || [...reads.views(key)].some(isBuilt)))
    .sort((a, b) => (reads.rank.get(a) ?? 0) - (reads.rank.get(b) ?? 0))
    .flatMap((key) => reads.actions.get(key) ?? [])
    .filter(isRelation);
}
