/** What every DDL statement does: commit what is open, wait for the tables, and be whole or nothing. */
import { done } from "../results.js";
import { type Context, commit, lock } from "../session.js";
import type { Target } from "../target.js";
import type { Answer } from "../types.js";

export async function ddl(context: Context, targets: readonly Target[], work: () => Promise<Answer>): Promise<Answer> {
  if (context.request.describeOnly) return done();
  await commit(context.session);
  const own = {};
  try {
    for (const target of targets) await lock(context, target, "alone", own);
    return await work();
  } finally {
    context.server.locks.release(own);
  }
}
