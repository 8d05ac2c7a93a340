/** What was committed and not finished: read back from MEDFORM.PENDING, by whoever has the lease next. */
import { type Problem, ProblemError, type Target, targetKey } from "../../graph/index.js";
import type { PendingWork, Row, Unfinished } from "../contract.js";
import { kindOf } from "./existing.js";
import { isRepeatable } from "./hooks.js";
import { besideToken, qualified } from "./names.js";
import { afterPublish, firstWords, hookUnknown } from "./pendingErrors.js";
import * as sql from "./statements.js";
import { type Doing, finish, ofRun, type RunHook, type Step, tokenOf } from "./steps.js";

interface Batch {
  readonly name: string;
  /** Number of its run; undefined where nobody wrote it down. */
  readonly run: number | undefined;
  readonly steps: readonly Step[];
}

export async function pendingBatches({ session, database }: Doing): Promise<readonly Batch[]> {
  const batches = new Map<string, { run: number | undefined; steps: Step[] }>();
  for (const row of await session.rows(sql.readPending(database))) {
    const name = String(row.BATCH);
    const batch = batches.get(name) ?? { run: undefined, steps: [] };
    batches.set(name, batch);
    if (row.KIND !== ofRun) batch.steps.push(stepOf(row));
    else if (row.STATEMENT !== "") batch.run = Number(row.STATEMENT);
  }
  return [...batches].map(([name, batch]) => ({ name, ...batch }));
}

/** Those of the steps whose relation no newer run has published since: what stands there is not to become older again. */
async function current({ session, database }: Doing, { run, steps }: Batch): Promise<readonly Step[]> {
  if (run === undefined) return steps;
  const newest = new Map<string, number>();
  for (const row of await session.rows(sql.readPublication(database)))
    newest.set(targetKey(targetOf(row)), Number(row.TOKEN));
  return steps.filter(({ target }) => (newest.get(targetKey(target)) ?? 0) <= run);
}

/** Nobody knows whether it was carried out, and this session knows nothing of its run: once more only where that does no harm. */
const again =
  ({ session }: Doing): RunHook =>
  async ({ target, statement }) => {
    if (!isRepeatable(statement)) throw hookUnknown(target, statement);
    await session.run(statement).catch((error: unknown) => {
      throw afterPublish(error, target, statement);
    });
  };

/** What came of hooks is told, and stops nothing. */
async function finishAgain(doing: Doing, batch: Batch): Promise<readonly Problem[]> {
  try {
    await finish(doing, batch.name, await current(doing, batch), again(doing));
    return [];
  } catch (error) {
    const told = error instanceof ProblemError ? error.problems : [];
    if (told.some(({ code }) => code === "hook-after-publish" || code === "hook-unknown")) return told;
    throw error;
  }
}

/** Finishes those of these batches that were committed. */
export async function finishThese(doing: Doing, these: ReadonlySet<string>): Promise<void> {
  for (const batch of await pendingBatches(doing)) if (these.has(batch.name)) await finishAgain(doing, batch);
}

/**
 * Finishes what holders of the lease before this one committed and did not finish, and drops candidates and former relations
 * of theirs. What this one has in hand stays. Returns what people have to know of that.
 */
export async function recover(doing: Doing, token: number, databases: readonly string[]): Promise<readonly Problem[]> {
  const { session, database } = doing;
  const told: Problem[] = [];
  for (const batch of await pendingBatches(doing))
    if (tokenOf(batch.name) < token) told.push(...(await finishAgain(doing, batch)));
  for (const each of databases) {
    for (const row of await session.rows(sql.allBeside(each))) {
      const target = { database: each, schema: String(row.SCHEMA), name: String(row.NAME) };
      const of = besideToken(target, { database });
      if (of !== undefined && of < token) await session.run(sql.drop(kindOf(row.KIND), qualified(target, database)));
    }
  }
  return told;
}

const wordsOf = (step: Step): string => {
  switch (step.kind) {
    case "swap":
      return "its candidate changes names with it";
    case "take":
      return "its candidate takes its name";
    case "away":
      return "what has its name gives that up";
    case "run":
    case "hook":
      return `${step.kind === "hook" ? "hook: " : ""}${firstWords(step.statement)}`;
  }
};

/** What is pending, for who settles it; `connect` gives a session of its own. */
export function pendingWork(database: string, connect: () => Promise<Doing["session"] & AsyncDisposable>): PendingWork {
  return {
    async list() {
      await using session = await connect();
      const found = new Map<string, { target: Target; steps: string[] }>();
      for (const { steps } of await pendingBatches({ session, database })) {
        for (const step of steps) {
          const known = found.get(targetKey(step.target)) ?? { target: step.target, steps: [] };
          found.set(targetKey(step.target), known);
          known.steps.push(wordsOf(step));
        }
      }
      return [...found.values()] satisfies readonly Unfinished[];
    },
    async giveUp({ database: owner = "", schema, name }) {
      await using session = await connect();
      // Each for itself: who repeats it ends what was cut short. What is pending goes last, for it is what tells of it.
      await session.run(sql.withdrawPublication(database), [owner, schema, name]);
      await session.run(sql.giveUpPending(database), [owner, schema, name]);
    },
  };
}

export function targetOf(row: Row): Target {
  const owner = String(row.DATABASE_NAME);
  return {
    ...(owner === "" ? {} : { database: owner }),
    schema: String(row.SCHEMA_NAME),
    name: String(row.NAME),
  };
}

function stepOf(row: Row): Step {
  const target = targetOf(row);
  const text = String(row.STATEMENT);
  switch (row.KIND) {
    case "swap":
      return { kind: "swap", target };
    case "take":
      return { kind: "take", target, from: text === "nothing" ? "nothing" : "former" };
    case "away":
      return { kind: "away", target, wanted: kindOf(text.toUpperCase()) };
    default:
      return { kind: row.KIND === "hook" ? "hook" : "run", target, statement: text };
  }
}
