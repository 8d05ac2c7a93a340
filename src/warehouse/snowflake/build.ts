/** Builds of one scope: made ready before its transaction begins, carried out within it. */
import { type Relation, targetKey } from "../../graph/index.js";
import type { BuildMode, Built, ScopePlan } from "../contract.js";
import { runHooks } from "../hookRows.js";
import { refuse } from "../refuse.js";
import { reshapes } from "../shape.js";
import { type Ready, readyBetween, readyTable, readyView } from "./candidate.js";
import { type Existing, existing, isTable } from "./existing.js";
import { type Hooks, hooksOf, refuseUngated } from "./hooks.js";
import { putIn, type ReadyIncrement, readyIncrement } from "./increment.js";
import { keptOf } from "./names.js";
import * as sql from "./statements.js";
import { nameOf, readingOf, redirected, type Work } from "./work.js";

type Made = ({ readonly kind: "table" | "view" } & Ready) | ({ readonly kind: "increment" } & ReadyIncrement);

export interface Prepared {
  readonly relation: Relation;
  readonly mode: BuildMode;
  readonly hooks: Hooks;
  readonly ready?: Made;
  /** Why it is not ready; told where it is to be built, so that it is told of the right relation. */
  readonly error?: unknown;
}

/** Everything that a scope will build, in order, up to the first that cannot be. */
export async function prepare(work: Work, plan: ScopePlan, prepared: Map<string, Prepared>): Promise<void> {
  const targets = plan.builds.map(({ relation }) => relation.target);
  for (const { relation, mode } of plan.builds) {
    refuseUngated(relation.target, hooksOf(relation, mode), targets, readingOf(work));
  }
  const there = await work.looked.of(work.session, targets, work.database);
  for (const target of plan.keeps ?? []) {
    if (!isTable(there.get(targetKey(target)))) continue;
    await work.session.run(sql.cloneKept(nameOf(work, keptOf(target)), nameOf(work, target)));
  }
  const undone = (plan.keeps ?? []).length > 0;
  for (const { relation, mode } of plan.builds) {
    const hooks = hooksOf(relation, mode);
    const one: Prepared =
      undone && hooks.before.length > 0
        ? { relation, mode, hooks, error: lasting(relation) }
        : await attempt(work, relation, mode, there.get(targetKey(relation.target)), plan.between);
    prepared.set(targetKey(relation.target), one);
    if (one.error !== undefined) return;
  }
}

/** What is built to be compared is never published, and a hook of DDL would stay. */
const lasting = ({ target }: Relation) =>
  refuse(
    "hook-not-undone",
    `a hook of ${targetKey(target)} is DDL, which is carried out for good: it is not built anew`,
  );

/** One relation that was not planned, before the transaction has begun. */
export async function prepareOne(
  work: Work,
  relation: Relation,
  mode: BuildMode,
  between: readonly Relation[],
): Promise<Prepared> {
  refuseUngated(relation.target, hooksOf(relation, mode), [relation.target], readingOf(work));
  const there = await existing(work.session, [relation.target], work.database);
  return attempt(work, relation, mode, there.get(targetKey(relation.target)), between);
}

async function attempt(
  work: Work,
  relation: Relation,
  mode: BuildMode,
  before: Existing | undefined,
  between: readonly Relation[],
): Promise<Prepared> {
  const hooks = hooksOf(relation, mode);
  const about = { relation, mode, hooks };
  // These may change whatever they like; what stands within a transaction changes rows alone.
  if (hooks.before.length + hooks.after.length > 0) work.looked.doubt();
  try {
    for (const hook of hooks.before) await work.session.run(redirected(work, hook));
    const ready = await makeReady(work, about, before);
    await readyBetween(work, between);
    return { ...about, ready };
  } catch (error) {
    return { ...about, error };
  }
}

async function makeReady(
  work: Work,
  { relation, mode, hooks }: Pick<Prepared, "relation" | "mode" | "hooks">,
  before: Existing | undefined,
): Promise<Made> {
  if (mode === "increment") return { kind: "increment", ...(await readyIncrement(work, relation, before, hooks)) };
  if (relation.kind === "view") return { kind: "view", ...(await readyView(work, relation, before)) };
  return { kind: "table", ...(await readyTable(work, relation, before)) };
}

/** Within the transaction. Hooks read and write where the relation stands until it is published. */
export async function carryOut(work: Work, { hooks, ready, relation }: Prepared): Promise<Built> {
  const { session } = work;
  if (ready === undefined) throw new Error("carried out before it was ready");
  const run = (list: readonly string[]) => runHooks(list, "snowflake", (hook) => session.run(redirected(work, hook)));
  const count = async () => Number((await session.rows(sql.countRows(ready.at)))[0]?.N ?? 0);
  const { columns } = ready;
  switch (ready.kind) {
    case "view":
      await run([...hooks.first, ...hooks.last]);
      return { rows: null, changed: null, columns };
    case "table": {
      // Before its rows go in, the relation is what was published.
      const others = {
        ...work,
        places: work.places.filter(({ target }) => targetKey(target) !== targetKey(relation.target)),
      };
      for (const hook of hooks.first) await session.run(redirected(others, hook));
      const { changed } = await session.execute(sql.overwrite(ready.at, columns, ready.query), {
        linesBefore: sql.linesBefore,
      });
      await run(hooks.last);
      const rows = hooks.last.length > 0 ? await count() : changed;
      return { rows, changed: rows, columns };
    }
    case "increment": {
      if (ready.copied !== undefined)
        await session.run(sql.copyRows(ready.at, ready.copied, nameOf(work, relation.target)));
      const first = await run(hooks.first);
      const { changed } = await putIn(work, ready);
      const last = await run(hooks.last);
      const isSame = changed === 0 && first === 0 && last === 0 && !reshapes(ready.shape);
      const unchanged = isSame && hooks.before.length + hooks.after.length === 0 && { unchanged: true as const };
      return { rows: await count(), changed, ...unchanged, columns };
    }
  }
}
