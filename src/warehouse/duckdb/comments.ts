/**
 * Comments as the last look at the whole catalog saw them: asking for those of one relation costs as much as for all. They are
 * believed of each relation once, as this process may change them then, and no more after a hook that may do so.
 */
import { type Target, targetKey } from "../../graph/index.js";
import type { RelationInfo } from "../contract.js";
import { commentsOf } from "./existing.js";
import type { DuckDbSession } from "./session.js";

export interface Comments {
  /** All relations; of targets as the catalog names them. */
  saw(relations: readonly RelationInfo[]): void;
  /** By column, spelled as stored; the relation's own under the empty name. */
  of(session: DuckDbSession, target: Target, database: string): Promise<ReadonlyMap<string, string>>;
  /** It is made anew, and has other comments now. */
  forget(target: Target): void;
  /** From now on every relation is asked for, until the next look. */
  doubt(): void;
}

export function createComments(): Comments {
  const seen = new Map<string, RelationInfo>();
  return {
    saw(relations) {
      seen.clear();
      for (const relation of relations) seen.set(targetKey(relation.target), relation);
    },
    async of(session, target, database) {
      const key = targetKey(target);
      const known = seen.get(key);
      seen.delete(key);
      if (known === undefined) return commentsOf(session, target, database);
      const texts = [{ name: "", description: known.description }, ...known.columns];
      return new Map(texts.map(({ name, description }) => [name, description ?? ""]));
    },
    forget: (target) => void seen.delete(targetKey(target)),
    doubt: () => seen.clear(),
  };
}
