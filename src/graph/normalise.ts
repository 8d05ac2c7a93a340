/** From core's compiled graph, whose four kinds of action differ in shape and leave out what is empty, to the one Graph. */
import type {
  CompiledAssertion,
  CompiledDeclaration,
  CompiledGraph,
  CompiledOperation,
  CompiledTable,
  CompiledTarget,
} from "./compiled.js";
import { guardsOf } from "./guards.js";
import { topologicalOrder } from "./order.js";
import { assertionPolicies, relationPolicies } from "./policy.js";
import type { Action, Assertion, Declaration, Graph, Operation, Relation, Target, UnitTest } from "./types.js";

const ruleTag = "rule:";

/** Inline tables are folded into their readers by core and are no actions of the graph. Throws `graph-cycle` where there is no order. */
export function normalise(compiled: CompiledGraph): Graph {
  const { vars = {} } = compiled.projectConfig ?? {};
  const actions: Action[] = [
    ...(compiled.tables ?? []).filter((table) => table.enumType !== "INLINE").map((table) => relation(table, vars)),
    ...(compiled.operations ?? []).map(operation),
    ...(compiled.assertions ?? []).map(assertion),
    ...(compiled.declarations ?? []).map(declaration),
  ];
  const config = compiled.projectConfig ?? {};
  return {
    actions: topologicalOrder(actions),
    tests: (compiled.tests ?? []).map(
      (test): UnitTest => ({
        name: test.name ?? "",
        fileName: slashes(test.fileName ?? ""),
        testQuery: test.testQuery ?? "",
        expectedOutputQuery: test.expectedOutputQuery ?? "",
        at: { file: slashes(test.fileName ?? "") },
        inputs: [],
        problems: [],
      }),
    ),
    engine: config.warehouse ?? "",
    ...(config.defaultDatabase ? { defaultDatabase: config.defaultDatabase } : {}),
  };
}

function common(action: CompiledDeclaration) {
  const description = action.actionDescriptor?.description;
  return {
    target: target(action.target),
    fileName: slashes(action.fileName ?? ""),
    tags: [...new Set(action.tags ?? [])],
    disabled: action.disabled ?? false,
    dependencies: (action.dependencyTargets ?? []).map(target),
    ...(description === undefined ? {} : { description }),
    columns: (action.actionDescriptor?.columns ?? []).map((column) => ({
      path: column.path ?? [],
      ...(column.description === undefined ? {} : { description: column.description }),
      tags: column.tags ?? [],
    })),
  };
}

function relation(table: CompiledTable, vars: Readonly<Record<string, string>>): Relation {
  const incremental = table.enumType === "INCREMENTAL";
  const query = table.query ?? "";
  const uniqueKey = (table.uniqueKey ?? []).map(unquoted);
  const shared = common(table);
  const guards = guardsOf(shared.columns, vars);
  return {
    ...shared,
    kind: incremental ? "incremental" : table.enumType === "VIEW" ? "view" : "table",
    query,
    preOps: table.preOps ?? [],
    postOps: table.postOps ?? [],
    ...(incremental ? { incrementalQuery: filtered(table.incrementalQuery ?? query, table.where) } : {}),
    incrementalPreOps: statements(table.incrementalPreOps),
    incrementalPostOps: statements(table.incrementalPostOps),
    uniqueKey,
    ...relationPolicies(table.tags ?? [], uniqueKey),
    protected: table.protected ?? false,
    clusterBy: table.snowflake?.clusterBy ?? [],
    transient: table.snowflake?.transient ?? false,
    secure: table.snowflake?.secure ?? false,
    materialized: table.materialized ?? false,
    ...(guards && { guards }),
  };
}

/** Dataform pastes a key into SQL as it is written, so a name with a blank stands in quotes there. */
function unquoted(name: string): string {
  return /^"(?:[^"]|"")+"$/.test(name) ? name.slice(1, -1).replaceAll('""', '"') : name;
}

/** The deprecated `incremental_where` block, wrapped as Dataform's own adapters wrap it. */
function filtered(query: string, where: string | undefined): string {
  return where ? `\n  select * from (${query}) as subquery\n    where ${where}` : query;
}

/** Core drops blank hooks of the full build itself, but not those of the increment. */
function statements(hooks: readonly string[] | undefined): readonly string[] {
  return (hooks ?? []).filter((hook) => hook.trim() !== "");
}

function operation(compiled: CompiledOperation): Operation {
  return {
    ...common(compiled),
    kind: "operation",
    queries: statements(compiled.queries),
    hasOutput: compiled.hasOutput ?? false,
  };
}

function assertion(compiled: CompiledAssertion): Assertion {
  const shared = common(compiled);
  const tagged = shared.tags.filter((tag) => tag.startsWith(ruleTag)).map((tag) => tag.slice(ruleTag.length));
  return {
    ...shared,
    kind: "assertion",
    query: compiled.query ?? "",
    rules: tagged.length > 0 ? tagged : [shared.target.name],
    countsByRule: tagged.length > 0,
    severity: shared.tags.includes("severity:warn") ? "warn" : "error",
    ...assertionPolicies(shared.tags),
    ...(compiled.parentAction ? { parent: target(compiled.parentAction) } : {}),
  };
}

function declaration(compiled: CompiledDeclaration): Declaration {
  return { ...common(compiled), kind: "declaration" };
}

function target(compiled: CompiledTarget | undefined): Target {
  return {
    ...(compiled?.database ? { database: compiled.database } : {}),
    schema: compiled?.schema ?? "",
    name: compiled?.name ?? "",
  };
}

function slashes(path: string): string {
  return path.replaceAll("\\", "/");
}
