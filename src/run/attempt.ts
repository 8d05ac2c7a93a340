/** A unit from its first statement to COMMIT or ROLLBACK, once; how it ended, as data. */
import { type Assertion, type Problem, ProblemError, sameTarget } from "../graph/index.js";
import type { Unit } from "../plan/index.js";
import { type Built, isTransient, type Marker } from "../warehouse/index.js";
import { type CancellableScope, type Context, isRelation, now } from "./context.js";
import type { Evaluation } from "./events.js";
import { problemOf } from "./problems.js";
import { intentOf, type Made, markerOf } from "./records.js";
import { evaluate } from "./rules.js";
import { scopeOf } from "./scope-plan.js";

export interface Failure {
  readonly action: Made["action"];
  readonly problem: Problem;
  readonly milliseconds: number;
}

export type Attempt =
  /** Of an assertion that stands alone: nothing was there to publish. */
  | { readonly end: "evaluated"; readonly evaluations: readonly Evaluation[] }
  | { readonly end: "published"; readonly made: readonly Made[]; readonly evaluations: readonly Evaluation[] }
  | {
      readonly end: "stopped";
      readonly by: Assertion;
      readonly made: readonly Made[];
      readonly evaluations: readonly Evaluation[];
    }
  /** Nothing of these ends was committed, for certain; `transient`: the same again may go well. */
  | {
      readonly end: "failed";
      readonly failure: Failure;
      readonly made: readonly Made[];
      readonly transient: boolean;
    }
  | {
      readonly end: "uncommitted";
      readonly problem: Problem;
      readonly made: readonly Made[];
      readonly evaluations: readonly Evaluation[];
      readonly transient: boolean;
    }
  | { readonly end: "cancelled" };

/** `number` counts from 1. What is thrown is no failure of the project, and its outcome is not known here. */
export async function attemptUnit(
  unit: Unit,
  rules: readonly Assertion[],
  context: Context,
  number: number,
): Promise<Attempt> {
  const made: Made[] = [];
  await using scope = await context.open(scopeOf(unit, rules, context, number));
  for (const target of unit.members) {
    const action = context.action(target);
    if (!action || action.kind === "assertion" || action.kind === "declaration") continue;
    const started = performance.now();
    if (number === 1) context.emit({ kind: "action-started", at: now(), target, type: action.kind });
    try {
      const built = await build(action, scope, context);
      made.push({ action, built, milliseconds: elapsed(started), queryIds: scope.scope.statementIds() });
    } catch (error) {
      if (context.cancelled()) return { end: "cancelled" };
      const failure = { action, problem: problemOf(error, action, context), milliseconds: elapsed(started) };
      return { end: "failed", failure, made, transient: isTransient(error) };
    }
  }
  const { evaluations, stops } = await evaluate(rules, scope, unit.members, context);
  if (context.cancelled()) return { end: "cancelled" };
  if (stops) return { end: "stopped", by: stops, made, evaluations };
  if (unit.kind === "assert") return { end: "evaluated", evaluations };
  // Awaited here, for the scope is discarded on the way out.
  return await commit(scope, made, evaluations, context);
}

const elapsed = (started: number) => Math.round(performance.now() - started);

async function build(action: Made["action"], { scope }: CancellableScope, context: Context): Promise<Built> {
  if (isRelation(action)) return scope.build(action, context.step(action.target)?.mode ?? "create");
  for (const query of action.queries) await scope.session.run(query);
  return { rows: null, changed: null, columns: [] };
}

async function commit(
  scope: CancellableScope,
  made: readonly Made[],
  evaluations: readonly Evaluation[],
  context: Context,
): Promise<Attempt> {
  const markers = made.map(({ action }) => markerOf(action, context));
  // A crash between commit and record must find what was about to be published.
  const requestIds = scope.scope.publishIds();
  await context.append(made.map(({ action }) => intentOf(action, context, requestIds)));
  try {
    await scope.commit(markers);
  } catch (error) {
    const [first] = made;
    if (!first) throw error;
    // What a failed COMMIT leaves is for the markers to say, which it was to write as well.
    if (!(await areThere(markers, context, error))) {
      const problem = problemOf(error, first.action, context);
      return { end: "uncommitted", problem, made, evaluations, transient: isTransient(error) };
    }
    tellAfterwards(error, first.action, context);
  }
  return { end: "published", made, evaluations };
}

/** What was published stays so; that a hook which had to wait for the commit failed is still for people to know. */
function tellAfterwards(error: unknown, action: Made["action"], context: Context): void {
  const problem = error instanceof ProblemError ? problemOf(error, action, context) : undefined;
  if (problem?.code === "hook-after-publish") context.emit({ kind: "notice", problem });
}

/** Where they cannot be read, nobody knows the outcome: the error goes on, and the next start finds out. */
async function areThere(markers: readonly Marker[], context: Context, error: unknown): Promise<boolean> {
  const there = await context.markers().catch(() => {
    throw error;
  });
  return markers.every((marker) =>
    there.some((other) => other.runId === marker.runId && sameTarget(other.target, marker.target)),
  );
}
