/**
 * What a commit leaves to be done: DDL, which cannot stand in a transaction. It is written into MEDFORM.PENDING within the
 * transaction that it belongs to, so that with the commit it is decided, and whoever comes next finishes it after a crash.
 * Each step looks at what is there, so that it may be done twice; what cannot be done is refused by its name.
 */
import { type Target, targetKey } from "../../graph/index.js";
import type { Value } from "../contract.js";
import { type Existing, existing } from "./existing.js";
import { candidateOf, formerOf, qualified } from "./names.js";
import { candidateMissing, pendingStep } from "./pendingErrors.js";
import * as sql from "./statements.js";
import type { PublishSession } from "./work.js";

/**
 * `swap`: the candidate, a table like the one that is there, changes names with it. `take`: the candidate takes the name, from
 * what has it where something has. `away`: what has the name and is no such view gives it up. `run`: a statement that may be
 * run twice. `hook`: one of the project's, or a grant, after all others.
 */
export type Step =
  | { readonly target: Target; readonly kind: "swap" }
  | { readonly target: Target; readonly kind: "take"; readonly from: "nothing" | "former" }
  | { readonly target: Target; readonly kind: "away"; readonly wanted: sql.Kind }
  | { readonly target: Target; readonly kind: "run" | "hook"; readonly statement: string };

/** The last words of the comment of a candidate that this batch will swap; after it they are the table's. */
const signed = (batch: string) => `[medform ${batch}]`;

export const withSign = (description: string, batch: string): string =>
  description === "" ? signed(batch) : `${description}\n${signed(batch)}`;

/** Of the lease under which it was made. */
export const tokenOf = (batch: string) => Number(/^\d+/.exec(batch)?.[0] ?? 0);

export interface Doing {
  readonly session: PublishSession;
  readonly database: string;
}

const textOf = (step: Step): string => {
  switch (step.kind) {
    case "run":
    case "hook":
      return step.statement;
    case "away":
      return step.wanted;
    case "take":
      return step.from;
    case "swap":
      return "";
  }
};

/** Under this kind stands whose batch it is: the number of the run, which every publication has as its token. */
export const ofRun = "of";

/** Rows of a batch: first of which run it is, then its steps. */
export function pendingBinds(batch: string, run: number | undefined, steps: readonly Step[]): readonly Value[] {
  return [
    ...[batch, -1, "", "", "", ofRun, String(run ?? "")],
    ...steps.flatMap((step, position): Value[] => {
      const { database = "", schema, name } = step.target;
      return [batch, position, database, schema, name, step.kind, textOf(step)];
    }),
  ];
}

/** Carries out a hook of a relation that is in its place. */
export type RunHook = (hook: { readonly target: Target; readonly statement: string }) => Promise<void>;

/**
 * Carries the steps of a batch out, drops what gave up its name, and forgets them; also where a hook fails, which is thrown
 * then: all else is done.
 *
 * @throws ProblemError `candidate-missing` or `pending-step` where one cannot be done; all of them stay pending then.
 */
export async function finish(doing: Doing, batch: string, steps: readonly Step[], runHook: RunHook): Promise<void> {
  const { session, database } = doing;
  const lease = { database, token: tokenOf(batch) };
  const moved = steps.filter(({ kind }) => kind !== "run" && kind !== "hook").map(({ target }) => target);
  const around = moved.flatMap((target) => [target, candidateOf(target, lease), formerOf(target, lease)]);
  const there = around.length === 0 ? new Map<string, Existing>() : await existing(session, around, database);
  for (const step of steps) {
    await carryOut(doing, batch, step, there).catch((error: unknown) => {
      throw pendingStep(error, step.target);
    });
  }
  let failed: { readonly error: unknown } | undefined;
  for (const step of steps) {
    if (step.kind !== "hook" || failed !== undefined) continue;
    await runHook(step).catch((error: unknown) => {
      failed = { error };
    });
  }
  await session.run(sql.deletePending(database), [batch]);
  for (const { target, kind } of steps) {
    const had = there.get(targetKey(formerOf(target, lease))) ?? there.get(targetKey(target));
    if ((kind !== "take" && kind !== "away") || had === undefined) continue;
    await session.run(sql.drop(had.kind, qualified(formerOf(target, lease), database)));
  }
  if (failed !== undefined) throw failed.error;
}

async function carryOut({ session, database }: Doing, batch: string, step: Step, there: ReadonlyMap<string, Existing>) {
  const { target } = step;
  const lease = { database, token: tokenOf(batch) };
  const beside = candidateOf(target, lease);
  const name = qualified(target, database);
  const candidate = qualified(beside, database);
  const has = there.get(targetKey(target));
  const made = there.get(targetKey(beside));
  const former = there.get(targetKey(formerOf(target, lease)));
  const moveAway = async () => {
    if (has !== undefined) await session.run(sql.rename(has.kind, name, qualified(formerOf(target, lease), database)));
  };
  switch (step.kind) {
    case "hook":
      return;
    case "run":
      await session.run(step.statement);
      return;
    case "swap":
      // Once it is done, what has the candidate's name is the former table, without these words.
      if (made?.description.endsWith(signed(batch))) await session.run(sql.swap(name, candidate));
      else if (made === undefined && !has?.description.endsWith(signed(batch)))
        throw candidateMissing(target, candidate);
      return;
    case "take": {
      if (made !== undefined) {
        await moveAway();
        await session.run(sql.rename(made.kind, candidate, name));
        return;
      }
      // Once it is done, the name is taken, and what had it before stands beside.
      const done = has !== undefined && (step.from === "nothing" || former !== undefined);
      if (!done) throw candidateMissing(target, candidate);
      return;
    }
    case "away":
      if (has?.kind !== step.wanted) await moveAway();
  }
}
