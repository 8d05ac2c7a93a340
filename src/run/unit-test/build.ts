/**
 * What a unit test's model makes of its inputs. Of a table or view that is its query as core wrote it, inputs in place. An
 * incremental table is built as a run builds it, hooks and policy included, in a warehouse that holds nothing but the inputs.
 */
import {
  type Graph,
  ProblemError,
  plainRelation,
  quoteName,
  quoteTarget,
  type Relation,
  sameTarget,
  type Target,
  targetKey,
  targetLabel,
  type UnitTest,
  type UnitTestInput,
} from "../../graph/index.js";
import type { Built, PublishScope } from "../../warehouse/index.js";
import { isRelation } from "../context.js";

/** Where the parts of a test are built that are no relation of the project. */
export const testSchema = "MEDFORM_TEST";

export interface Made extends Pick<Built, "columns"> {
  readonly target: Target;
}

/** A table of these rows under this name. */
export async function makeTable(scope: PublishScope, target: Target, query: string): Promise<Made> {
  const { columns } = await scope.build(relationOf("table", target, query), "create");
  return { target, columns };
}

/**
 * Rows that stand in the test, under this name. A view, for a NULL without a type then fits what it is compared with; in a
 * table it would have one.
 */
export async function makeRows(scope: PublishScope, target: Target, query: string): Promise<Made> {
  const { columns } = await scope.build(relationOf("view", target, query), "create");
  return { target, columns };
}

/** The same, where nobody asks for the columns. */
export async function makeInput(scope: PublishScope, { target, query }: UnitTestInput): Promise<void> {
  await scope.session.run(`create view ${quoteTarget(target)} as\n${query}`);
}

/** The rows that a test of this incremental table says are in it already: with them an increment is tested. */
export const rowsAlready = ({ inputs }: UnitTest, { target }: Relation): UnitTestInput | undefined =>
  inputs.find((input) => sameTarget(input.target, target));

/** @throws ProblemError `test-input` where an input is missing or has no table to stand for. */
export function checkInputs(test: UnitTest, relation: Relation, graph: Graph): void {
  if (test.problems.length > 0) throw new ProblemError(test.problems);
  const strange = test.inputs.find(({ target }) => !graph.actions.some((action) => sameTarget(action.target, target)));
  const form = rowsAlready(test, relation) ? incrementSql(relation) : fullSql(relation);
  const missing = missingInputs(form, test, relation, graph);
  const problems = [
    ...(strange === undefined
      ? []
      : [
          {
            code: "test-input",
            message: `its input ${targetLabel(strange.target)} is inlined into the query of what reads it.`,
            at: test.at,
            hint: "Give as inputs what it reads itself.",
          },
        ]),
    ...missing.map(({ schema, name }) => ({
      code: "test-input",
      message: `${targetLabel(relation.target)} reads ${`${schema}.${name}`.toLowerCase()}, for which the test has no input.`,
      at: test.at,
      hint: `Add a block: input "${schema.toLowerCase()}", "${name.toLowerCase()}" { select … }`,
    })),
  ];
  if (problems.length > 0) throw new ProblemError(problems);
}

const fullSql = ({ query, preOps, postOps }: Relation) => [query, ...preOps, ...postOps];

const incrementSql = ({ query, incrementalQuery, incrementalPreOps, incrementalPostOps }: Relation) => [
  incrementalQuery ?? query,
  ...incrementalPreOps,
  ...incrementalPostOps,
];

/** What the SQL names and the test does not give. Core writes names into SQL as we quote them. */
function missingInputs(
  sql: readonly string[],
  { inputs }: UnitTest,
  { dependencies }: Relation,
  { actions }: Graph,
): readonly Target[] {
  const given = new Set(inputs.map(({ target }) => targetKey(target)));
  const assertions = new Set(actions.flatMap(({ kind, target }) => (kind === "assertion" ? [targetKey(target)] : [])));
  return dependencies.filter((target) => {
    const key = targetKey(target);
    return !given.has(key) && !assertions.has(key) && sql.some((text) => text.includes(quoteTarget(target)));
  });
}

/**
 * The table with the rows that are there already. Its columns are theirs, so that a changed schema can be tested; the types
 * are those that the model itself makes, so that a test need not cast its literals, wherever they can be told.
 */
export async function fillTable(
  scope: PublishScope,
  relation: Relation,
  query: string,
  { test, graph }: { readonly test: UnitTest; readonly graph: Graph },
): Promise<void> {
  const { target } = relation;
  const missing = missingInputs(fullSql(relation), test, relation, graph);
  if (missing.length > 0 || relation.preOps.length > 0) {
    await makeTable(scope, target, query);
    return;
  }
  const beside = (name: string): Target => ({ ...target, schema: testSchema, name });
  const rows = await makeRows(scope, beside("ALREADY"), query);
  const model = await makeTable(scope, beside("MODEL"), relation.query);
  const known = new Set(model.columns.map((name) => name.toLowerCase()));
  const typed = rows.columns.map(
    (name) => `${known.has(name.toLowerCase()) ? "model" : "already"}.${quoteName(name)} as ${quoteName(name)}`,
  );
  const [from, shape] = [quoteTarget(rows.target), quoteTarget(model.target)];
  await scope.session.run(
    `create table ${quoteTarget(target)} as select ${typed.join(", ")} from ${shape} as model cross join ${from} as already where 1 = 0`,
  );
  const columns = rows.columns.map(quoteName).join(", ");
  await scope.session.run(`insert into ${quoteTarget(target)} (${columns}) select ${columns} from ${from}`);
}

/** The relation that a test is about; operations, assertions and sources have no unit tests. */
export function testedRelation({ dataset }: UnitTest, graph: Graph): Relation | undefined {
  if (dataset === undefined) return undefined;
  return graph.actions.filter(isRelation).find(({ target }) => sameTarget(target, dataset));
}

const relationOf = (kind: "table" | "view", target: Target, query: string): Relation => ({
  kind,
  target,
  query,
  fileName: "",
  tags: [],
  disabled: false,
  dependencies: [],
  columns: [],
  ...plainRelation,
});
