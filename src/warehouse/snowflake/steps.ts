/**
 * What a commit leaves to be done: DDL, which cannot stand in a transaction. It is written into MEDFORM.PENDING within the
 * transaction that it belongs to, so that with the commit it is decided, and whoever comes next finishes it after a crash.
 * Each step looks at what is there, so that it may be done twice.
 */
import { type Target, targetKey } from "../../graph/index.js";
import type { Value } from "../contract.js";
import { type Existing, existing, kindOf } from "./existing.js";
import { besideToken, candidateOf, formerOf, qualified } from "./names.js";
import * as sql from "./statements.js";
import type { PublishSession } from "./work.js";

/**
 * `swap`: the candidate, a table like the one that is there, changes names with it. `take`: the candidate takes the name, from
 * whatever has it. `away`: what has the name and is no such view gives it up. `run`: a statement that may be run twice.
 */
export type Step = { readonly target: Target } & (
  | { readonly kind: "swap" | "take" }
  | { readonly kind: "away"; readonly wanted: sql.Kind }
  | { readonly kind: "run"; readonly statement: string }
);

/** The last words of the comment of a candidate that this batch will swap; after it they are the table's. */
const signed = (batch: string) => `[medform ${batch}]`;

export const withSign = (description: string, batch: string): string =>
  description === "" ? signed(batch) : `${description}\n${signed(batch)}`;

const tokenOf = (batch: string) => Number(/^\d+/.exec(batch)?.[0] ?? 0);

interface Doing {
  readonly session: PublishSession;
  readonly database: string;
}

export function pendingBinds(batch: string, steps: readonly Step[]): readonly Value[] {
  return steps.flatMap((step, position): Value[] => [
    batch,
    position,
    step.target.database ?? "",
    step.target.schema,
    step.target.name,
    step.kind,
    step.kind === "run" ? step.statement : step.kind === "away" ? step.wanted : "",
  ]);
}

/** Carries the steps of a batch out, drops what gave up its name, and forgets them. */
export async function finish(doing: Doing, batch: string, steps: readonly Step[]): Promise<void> {
  const { session, database } = doing;
  const token = tokenOf(batch);
  const moved = steps.filter(({ kind }) => kind !== "run").map(({ target }) => target);
  const around = moved.flatMap((target) => [target, candidateOf(target, { database, token })]);
  const there = around.length === 0 ? new Map<string, Existing>() : await existing(session, around, database);
  for (const step of steps) await carryOut(doing, batch, step, there);
  await session.run(sql.deletePending(database), [batch]);
  for (const { target, kind } of steps) {
    const had = there.get(targetKey(target));
    if ((kind !== "take" && kind !== "away") || had === undefined) continue;
    await session.run(sql.drop(had.kind, qualified(formerOf(target, { database, token }), database)));
  }
}

async function carryOut({ session, database }: Doing, batch: string, step: Step, there: ReadonlyMap<string, Existing>) {
  const { target } = step;
  const token = tokenOf(batch);
  const name = qualified(target, database);
  const candidate = qualified(candidateOf(target, { database, token }), database);
  const has = there.get(targetKey(target));
  const made = there.get(targetKey(candidateOf(target, { database, token })));
  const moveAway = async () => {
    const former = qualified(formerOf(target, { database, token }), database);
    if (has !== undefined) await session.run(sql.rename(has.kind, name, former));
  };
  switch (step.kind) {
    case "run":
      await session.run(step.statement);
      return;
    case "swap":
      // Once it is done, what has the candidate's name is the former table, without these words.
      if (made?.description.endsWith(signed(batch))) await session.run(sql.swap(name, candidate));
      return;
    case "take":
      if (made === undefined) return;
      await moveAway();
      await session.run(sql.rename(made.kind, candidate, name));
      return;
    case "away":
      if (has?.kind !== step.wanted) await moveAway();
  }
}

/** Which batches were committed and are not finished. */
async function pending({ session, database }: Doing): Promise<ReadonlyMap<string, readonly Step[]>> {
  const rows = await session.rows(sql.readPending(database));
  const batches = new Map<string, Step[]>();
  for (const row of rows) {
    const batch = String(row.BATCH);
    batches.set(batch, [...(batches.get(batch) ?? []), stepOf(row)]);
  }
  return batches;
}

/** Finishes those of these batches that were committed. */
export async function finishThese(doing: Doing, these: ReadonlySet<string>): Promise<void> {
  for (const [batch, steps] of await pending(doing)) if (these.has(batch)) await finish(doing, batch, steps);
}

/**
 * Finishes what holders of the lease before this one committed and did not finish, and drops candidates and former relations
 * of theirs. What this one has in hand stays.
 */
export async function recover(doing: Doing, token: number, databases: readonly string[]): Promise<void> {
  const { session, database } = doing;
  for (const [batch, steps] of await pending(doing)) if (tokenOf(batch) < token) await finish(doing, batch, steps);
  for (const each of databases) {
    for (const row of await session.rows(sql.allBeside(each))) {
      const target = { database: each, schema: String(row.SCHEMA), name: String(row.NAME) };
      const of = besideToken(target, { database });
      if (of !== undefined && of < token) await session.run(sql.drop(kindOf(row.KIND), qualified(target, database)));
    }
  }
}

function stepOf(row: Readonly<Record<string, Value>>): Step {
  const owner = String(row.DATABASE_NAME);
  const target: Target = {
    ...(owner === "" ? {} : { database: owner }),
    schema: String(row.SCHEMA_NAME),
    name: String(row.NAME),
  };
  const text = String(row.STATEMENT);
  switch (row.KIND) {
    case "swap":
    case "take":
      return { kind: row.KIND, target };
    case "away":
      return { kind: "away", target, wanted: kindOf(text.toUpperCase()) };
    default:
      return { kind: "run", target, statement: text };
  }
}
