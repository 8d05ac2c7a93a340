/**
 * When a hook runs. Snowflake's DDL commits what is open, so a hook that is no DML runs before the transaction begins or after
 * it was committed, ungated, and those that stand before or after it in its list with it, for their order counts.
 */
import { type Relation, statements, type Target, targetKey, tokenize } from "../../graph/index.js";
import type { BuildMode } from "../contract.js";
import { type Reading, writes } from "../redirect.js";
import { refuse } from "../refuse.js";

export interface Hooks {
  /** Before the transaction begins. */
  readonly before: readonly string[];
  /** Within it, before and after the rows go in. */
  readonly first: readonly string[];
  readonly last: readonly string[];
  /** After the commit. */
  readonly after: readonly string[];
}

/** What leaves a transaction open. A procedure may do anything, and TRUNCATE is DDL. */
const dml = new Set("delete explain insert merge select set show unset update values with describe desc".split(" "));

const verbsOf = (hook: string) =>
  statements(tokenize(hook, "snowflake")).map(([first]) => first?.text.toLowerCase() ?? "");

const isDml = (hook: string) => verbsOf(hook).every((verb) => dml.has(verb));

export function hooksOf(relation: Relation, mode: BuildMode): Hooks {
  const increments = mode === "increment";
  const pre = increments ? relation.incrementalPreOps : relation.preOps;
  const post = increments ? relation.incrementalPostOps : relation.postOps;
  const lastBefore = pre.findLastIndex((hook) => !isDml(hook)) + 1;
  const firstAfter = post.findIndex((hook) => !isDml(hook));
  const inside = firstAfter < 0 ? post.length : firstAfter;
  return {
    before: pre.slice(0, lastBefore),
    first: pre.slice(lastBefore),
    last: post.slice(0, inside),
    after: post.slice(inside),
  };
}

/** How many of a build's hooks run before its transaction or after it, and so are gated by no rule. */
export function ungatedHooks(relation: Relation, mode: BuildMode): number {
  const { before, after } = hooksOf(relation, mode);
  return before.length + after.length;
}

const replacing = [
  /^(?:grant|revoke|comment)\b/i,
  /^create\s+or\s+replace\b/i,
  /^create\b.*\bif\s+not\s+exists\b/i,
  /^drop\b.*\bif\s+exists\b/i,
];

/** Whether it does the same once more, in a session that has none of the run's variables. */
export const isRepeatable = (hook: string): boolean =>
  statements(tokenize(hook, "snowflake")).every((tokens) => {
    const text = tokens.map((token) => token.text).join(" ");
    return replacing.some((pattern) => pattern.test(text)) && !/\bgetvariable\b|\$[a-z_]/i.test(text);
  });

/** Verbs by which a statement outside the transaction would change a table's rows or take it away. */
const changing = new Set("create delete drop insert merge truncate undrop update".split(" "));

/**
 * Refuses hooks that would change what is published without its rules: before the transaction, or after the commit.
 *
 * @throws ProblemError `hook-ungated`.
 */
export function refuseUngated(of: Target, hooks: Hooks, targets: readonly Target[], reading: Reading): void {
  const check = (list: readonly string[], more: readonly string[], when: string) => {
    for (const hook of list) {
      const verbs = verbsOf(hook);
      const written = targets.find((target) => writes(hook, target, reading));
      if (written === undefined || !verbs.some((verb) => changing.has(verb) || more.includes(verb))) continue;
      throw refuse(
        "hook-ungated",
        `a hook of ${targetKey(of)} would change ${targetKey(written)} ${when}: on Snowflake its statement commits what is open, and the hooks beside it run with it`,
        "Let the query return what it should hold, or put the statement into an operation.",
      );
    }
  };
  check(hooks.before, ["alter"], "before its rules were evaluated");
  check(hooks.after, [], "after its rules were evaluated");
}
