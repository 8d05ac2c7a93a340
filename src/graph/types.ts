/** The project as data: what @dataform/core compiled, in one shape for every kind of action. Plain, printable, comparable. */

import type { Guards } from "./guards.js";
import type { IncrementPolicy, SchemaChange, SqlChange, Threshold } from "./policy.js";
import type { Position, Problem } from "./problem.js";

/** A relation or action by its compiled name, spelled exactly as it stands between quotes in the compiled SQL. */
export interface Target {
  readonly database?: string;
  readonly schema: string;
  readonly name: string;
}

export interface Column {
  /** As written in the source; a nested column has several parts. */
  readonly path: readonly string[];
  readonly description?: string;
  readonly tags: readonly string[];
}

interface ActionBase {
  readonly target: Target;
  /** Source file, relative to the project, with forward slashes. */
  readonly fileName: string;
  readonly tags: readonly string[];
  readonly disabled: boolean;
  /** Direct dependencies as compiled: relations, operations, assertions and declarations. */
  readonly dependencies: readonly Target[];
  readonly description?: string;
  readonly columns: readonly Column[];
}

/** A table, view or incremental table: what a run builds. */
export interface Relation extends ActionBase {
  readonly kind: "table" | "view" | "incremental";
  readonly query: string;
  readonly preOps: readonly string[];
  readonly postOps: readonly string[];
  /** Present on `incremental` only: the query and hooks for a run that finds the table already there. */
  readonly incrementalQuery?: string;
  readonly incrementalPreOps: readonly string[];
  readonly incrementalPostOps: readonly string[];
  readonly uniqueKey: readonly string[];
  /** From a tag `increment:…`; of use on `incremental` only. */
  readonly increment: IncrementPolicy;
  /** From a tag `on_schema_change:…`. */
  readonly onSchemaChange: SchemaChange;
  /** From a tag `on_sql_change:…`. */
  readonly onSqlChange: SqlChange;
  /** A full refresh of a protected table is blocked. */
  readonly protected: boolean;
  readonly clusterBy: readonly string[];
  readonly transient: boolean;
  readonly secure: boolean;
  readonly materialized: boolean;
  /** From the project's variables; absent where nothing guards it. */
  readonly guards?: Guards;
}

export interface Operation extends ActionBase {
  readonly kind: "operation";
  readonly queries: readonly string[];
  readonly hasOutput: boolean;
}

export type Severity = "error" | "warn";

export interface Assertion extends ActionBase {
  readonly kind: "assertion";
  /** Returns the failing rows. */
  readonly query: string;
  /**
   * The rules that the query evaluates, from its `rule:NAME` tags. With tags the query has a column `RULE` and is counted by
   * it, and a declared rule that returns nothing passed; without tags the assertion is one rule, named like its target.
   */
  readonly rules: readonly string[];
  /** Whether the rules come from tags, so that the query's column RULE says which one a row breaks. */
  readonly countsByRule: boolean;
  /** From a `severity:warn` tag, else `error`. */
  readonly severity: Severity;
  /** From a tag `threshold:…`: up to so many failing rows are told as a warning and stop nothing; without one none may fail. */
  readonly threshold?: Threshold;
  /** From a tag `rows:new`: where its table is incremented, only rows that the increment brought are evaluated. */
  readonly onlyNew: boolean;
  /** From a tag `rows:new:TABLE`: whose, where the query reads several; `child` or `silver.child`. */
  readonly newRowsOf?: string;
  /** The relation whose config declared it inline. */
  readonly parent?: Target;
}

/** A table that somebody else writes: a source. */
export interface Declaration extends ActionBase {
  readonly kind: "declaration";
}

/** Rows that a unit test gives in place of a relation or source. */
export interface UnitTestInput {
  readonly target: Target;
  readonly query: string;
}

/** A unit test of a model; it is no part of a run. */
export interface UnitTest {
  readonly name: string;
  readonly fileName: string;
  /** The model's query with the inputs in place of what it reads; empty where an incremental table is tested. */
  readonly testQuery: string;
  readonly expectedOutputQuery: string;
  /** Where the test is written. */
  readonly at: Position;
  /** The relation that it tests. */
  readonly dataset?: Target;
  /** Of an incremental table: what it reads, and under its own name the rows that are in it already. */
  readonly inputs: readonly UnitTestInput[];
  /** Why the test cannot be run. */
  readonly problems: readonly Problem[];
}

export type Action = Relation | Operation | Assertion | Declaration;

export interface Graph {
  /** In a fixed topological order: dependencies first, names break ties. */
  readonly actions: readonly Action[];
  readonly tests: readonly UnitTest[];
  /** `warehouse` of the compiled project config. */
  readonly engine: string;
  readonly defaultDatabase?: string;
}
