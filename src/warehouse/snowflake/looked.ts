/**
 * What the last look at the whole catalog saw, for the scopes of the run that it was taken for: it has what each of them would
 * ask, and on Snowflake a question to the information schema takes longer than a small table. It is believed of each relation
 * once, for a few minutes, and no more after a text of the project was sent that may change relations.
 */
import { type Target, targetKey } from "../../graph/index.js";
import { type Existing, existing } from "./existing.js";
import type { PublishSession } from "./work.js";

/** Who alters a relation by hand meanwhile is found out by the engine, or by the next run, as one who does so during a build. */
const believedFor = 5 * 60_000;

export interface Looked {
  /** All relations of these databases, by key; `at`: milliseconds since 1970 when they were asked for. */
  saw(databases: readonly string[], relations: ReadonlyMap<string, Existing>, at: number): void;
  /** As `existing`, and without a statement where these were seen and were not asked for before. */
  of(
    session: Pick<PublishSession, "rows">,
    targets: readonly Target[],
    database: string,
  ): Promise<ReadonlyMap<string, Existing>>;
  /** From now on every relation is asked for. */
  doubt(): void;
}

export function createLooked(): Looked {
  let databases: ReadonlySet<string> = new Set();
  let relations: ReadonlyMap<string, Existing> = new Map();
  let until = 0;
  let doubted = false;
  const asked = new Set<string>();
  return {
    saw(names, found, at) {
      databases = new Set(names);
      relations = found;
      until = at + believedFor;
    },
    async of(session, targets, database) {
      const own = targets.map((target) => ({ ...target, database: target.database ?? database }));
      const keys = own.map(targetKey);
      const isSeen =
        !doubted &&
        Date.now() < until &&
        own.every((target) => databases.has(target.database)) &&
        !keys.some((key) => asked.has(key));
      for (const key of keys) asked.add(key);
      if (!isSeen) return existing(session, targets, database);
      return new Map(
        targets.flatMap((target, index) => {
          const found = relations.get(keys[index] ?? "");
          return found === undefined ? [] : [[targetKey(target), found] as const];
        }),
      );
    },
    doubt() {
      doubted = true;
      relations = new Map();
    },
  };
}
