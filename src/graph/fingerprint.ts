/** What makes a build the build that it is, as a hash: equal fingerprints over equal inputs give equal tables. */
import { createHash } from "node:crypto";
import { targetKey } from "./targets.js";
import { tokenize } from "./tokens.js";
import type { Action, Assertion, Relation } from "./types.js";

/** 32 hex digits of the action itself, then 32 of what it is built on. */
const half = 32;

const sha256 = (value: unknown) => createHash("sha256").update(JSON.stringify(value)).digest("hex");

const texts = (sql: string, engine: string) => tokenize(sql, engine).map((token) => token.text);

/** Compiled SQL without comments and whitespace, and every setting that changes what is built; no words for people. */
function essence(action: Action, engine: string): unknown {
  const sql = (text: string) => texts(text, engine);
  switch (action.kind) {
    case "declaration":
      return [action.kind, targetKey(action.target)];
    case "operation":
      return [action.kind, action.hasOutput, action.queries.map(sql)];
    case "assertion":
      return [action.kind, sql(action.query), action.rules, action.countsByRule, action.severity, ...limits(action)];
    default:
      return [
        action.kind,
        sql(action.query),
        sql(action.incrementalQuery ?? ""),
        [action.preOps, action.postOps, action.incrementalPreOps, action.incrementalPostOps].map((ops) => ops.map(sql)),
        [action.uniqueKey, action.clusterBy],
        [action.transient, action.secure, action.materialized],
        ...(action.kind === "incremental" && action.increment.kind !== byKey(action) ? [action.increment] : []),
      ];
  }
}

/** How an increment goes in where no tag says so: with it a fingerprint is what it was before there were such tags. */
const byKey = ({ uniqueKey }: Relation) => (uniqueKey.length > 0 ? "merge" : "insert");

const limits = ({ threshold, onlyNew, newRowsOf }: Assertion) =>
  threshold || onlyNew
    ? [threshold ?? null, onlyNew, ...(newRowsOf === undefined ? [] : [newRowsOf.toLowerCase()])]
    : [];

/** Reading all SQL of a project is most of what a plan costs, and several parts of one command ask for it. */
const known = new WeakMap<Action, Map<string, string>>();

/** The action alone, as `fingerprint` wants it. */
export function ownFingerprint(action: Action, engine: string): string {
  const prints = known.get(action) ?? new Map<string, string>();
  known.set(action, prints);
  const print = prints.get(engine) ?? sha256(essence(action, engine)).slice(0, half);
  prints.set(engine, print);
  return print;
}

/**
 * The build fingerprint (64 hex digits): the action itself and the fingerprints of the relations and operations above it,
 * in whatever order they are given.
 */
export function fingerprint(own: string, above: Readonly<Record<string, string>>): string {
  return own + sha256([own, Object.entries(above).sort()]).slice(0, half);
}

/** Whether two build fingerprints are of the same action, whatever is above them. */
export function sameAction(a: string, b: string): boolean {
  return a.slice(0, half) === b.slice(0, half);
}

/** Descriptions, tags and the policies that they ask for, which only re-apply metadata. */
export function metadataFingerprint(action: Action): string {
  const guards = "guards" in action && action.guards !== undefined ? [action.guards] : [];
  return sha256([action.description ?? "", action.tags, action.columns, ...guards]);
}

/** Whether its SQL names the text in quotes, as in `getvariable('MEDFORM_AS_OF')`. */
export function mentions(action: Action, text: string, engine: string): boolean {
  const quoted = `'${text}'`.toLowerCase();
  return sqlOf(action).some(
    (sql) =>
      sql.toLowerCase().includes(quoted) &&
      tokenize(sql, engine).some((token) => token.kind === "string" && token.text.toLowerCase() === quoted),
  );
}

/** Every statement that running the action can execute. */
export function sqlOf(action: Action): readonly string[] {
  switch (action.kind) {
    case "declaration":
      return [];
    case "operation":
      return action.queries;
    case "assertion":
      return [action.query];
    default:
      return [action.query, ...(action.incrementalQuery ? [action.incrementalQuery] : []), ...hooksOf(action)];
  }
}

/** Statements that a project hands to the engine as they are: operations, and hooks of relations. */
export function hooksOf(action: Action): readonly string[] {
  if (action.kind === "operation") return action.queries;
  if (action.kind === "declaration" || action.kind === "assertion") return [];
  return [...action.preOps, ...action.postOps, ...action.incrementalPreOps, ...action.incrementalPostOps];
}
