/** Which SQL was run, as a hash: of the text itself, so that whoever has the compiled project can compute it again. */
import { createHash } from "node:crypto";
import type { Action } from "./types.js";

/** What stands between two statements where they are hashed together; SQLX parts them so. */
const between = "\n---\n";

/** The compiled statements of one way to run an action, in the order in which they run. */
function statementsOf(action: Action, increment: boolean): readonly string[] {
  switch (action.kind) {
    case "declaration":
      return [];
    case "operation":
      return action.queries;
    case "assertion":
      return [action.query];
    default:
      return increment
        ? [...action.incrementalPreOps, action.incrementalQuery ?? action.query, ...action.incrementalPostOps]
        : [...action.preOps, action.query, ...action.postOps];
  }
}

/** SHA-256 in hex of the compiled SQL, hooks around the query; `increment` where the table was there and was added to. */
export function sqlHash(action: Action, increment = false): string {
  return createHash("sha256").update(statementsOf(action, increment).join(between)).digest("hex");
}
