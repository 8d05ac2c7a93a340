/** What a relation has where nothing was asked for: no hooks, no key, no option. */
import type { Relation } from "./types.js";

export const plainRelation = {
  preOps: [],
  postOps: [],
  incrementalPreOps: [],
  incrementalPostOps: [],
  uniqueKey: [],
  increment: { kind: "insert" },
  onSchemaChange: "extend",
  onSqlChange: "rebuild",
  protected: false,
  clusterBy: [],
  transient: false,
  secure: false,
  materialized: false,
} as const satisfies Partial<Relation>;
