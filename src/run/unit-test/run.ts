/**
 * Runs unit tests (`type: "test"`) one after another in a warehouse that is empty, and is so again after each: what a test
 * makes is never committed.
 */
import {
  type Graph,
  ProblemError,
  quoteTarget,
  type Relation,
  sameTarget,
  type Target,
  targetLabel,
  type UnitTest,
  type UnitTestInput,
} from "../../graph/index.js";
import type { PublishScope, Value, Warehouse } from "../../warehouse/index.js";
import { type CancellableScope, scopes } from "../context.js";
import {
  checkInputs,
  fillTable,
  type Made,
  makeInput,
  makeRows,
  makeTable,
  rowsAlready,
  testedRelation,
  testSchema,
} from "./build.js";
import { differenceOf } from "./difference.js";
import type { UnitTestEvent, UnitTestResult, UnitTestsFinished } from "./events.js";
import { during } from "./problems.js";

export interface UnitTestOptions {
  readonly graph: Graph;
  /** Those of the graph that are to run. */
  readonly tests: readonly UnitTest[];
  /** Empty, and used by nobody else. */
  readonly warehouse: Warehouse;
  readonly listener: (event: UnitTestEvent) => void;
  /** ISO instant, or null. */
  readonly asOf: string | null;
  /** The text of a file of the project, where it can be had. */
  readonly sourceOf: (file: string) => string | undefined;
  readonly signal?: AbortSignal;
}

/** What a run would give; here the same each time. */
const variables: Readonly<Record<string, Value>> = {
  MEDFORM_RUN_ID: "unit-test",
  MEDFORM_RUN_NUMBER: 1,
  MEDFORM_STARTED_AT: "2000-01-01T00:00:00.000Z",
  MEDFORM_HASH_KEY: "unit-test",
};

type Open = () => Promise<CancellableScope>;

/** Every test is told; a failure of the project is an outcome, what is thrown is a failure of the warehouse. */
export async function runUnitTests(options: UnitTestOptions): Promise<UnitTestsFinished> {
  const { tests, graph, warehouse, signal } = options;
  const started = performance.now();
  using cancelling = scopes(warehouse, { ...variables, MEDFORM_AS_OF: options.asOf }, signal);
  await warehouse.catalog.ensureSchemas(tests.flatMap((test) => schemasOf(test, graph)));
  const counts = { pass: 0, fail: 0, error: 0, cancelled: 0 };
  for (const test of tests) {
    const begun = performance.now();
    const found = await resultOf(test, cancelling.open, options);
    const milliseconds = Math.round(performance.now() - begun);
    counts[found.outcome]++;
    options.listener({
      kind: "unit-test",
      name: test.name,
      ...(test.dataset && { dataset: test.dataset }),
      at: test.at,
      ...found,
      milliseconds,
    });
  }
  const finished: UnitTestsFinished = {
    kind: "unit-tests-finished",
    counts,
    milliseconds: Math.round(performance.now() - started),
    exitCode: counts.cancelled > 0 ? cancelCode(signal) : counts.error > 0 ? 1 : counts.fail > 0 ? 2 : 0,
  };
  options.listener(finished);
  return finished;
}

function cancelCode(signal: AbortSignal | undefined): number {
  const reason: unknown = signal?.reason;
  const code = typeof reason === "object" && reason !== null && "exitCode" in reason ? reason.exitCode : undefined;
  return typeof code === "number" ? code : 130;
}

/** A test's own parts are built in the database of what it tests: a transaction writes to one. */
const beside = (dataset: Target | undefined, { defaultDatabase }: Graph, name: string): Target => {
  const database = dataset?.database ?? defaultDatabase;
  return { ...(database === undefined ? {} : { database }), schema: testSchema, name };
};

function schemasOf({ dataset, inputs }: UnitTest, graph: Graph): readonly Pick<Target, "database" | "schema">[] {
  return [...(dataset ? [dataset] : []), ...inputs.map(({ target }) => target), beside(dataset, graph, "")];
}

type Found = Pick<UnitTestResult, "form" | "outcome" | "difference" | "problem">;

async function resultOf(test: UnitTest, open: Open, options: UnitTestOptions): Promise<Found> {
  const { graph, signal } = options;
  if (signal?.aborted) return { outcome: "cancelled" };
  const relation = testedRelation(test, graph);
  const incremental = relation?.kind === "incremental" ? relation : undefined;
  const form = incremental && {
    form: rowsAlready(test, incremental) ? ("increment" as const) : ("first-run" as const),
  };
  try {
    const difference = await (incremental
      ? differenceOfIncremental(test, incremental, open, options)
      : differenceOfQuery(test, relation, open, options));
    return { ...form, outcome: difference ? "fail" : "pass", ...(difference && { difference }) };
  } catch (error) {
    if (signal?.aborted) return { ...form, outcome: "cancelled" };
    if (!(error instanceof ProblemError)) throw error;
    const [problem = { code: "engine-error", message: error.message }] = error.problems;
    return { ...form, outcome: "error", problem: { at: test.at, ...problem } };
  }
}

async function differenceOfQuery(test: UnitTest, model: Relation | undefined, open: Open, options: UnitTestOptions) {
  await using scope = await open();
  const actual = await during("", [model?.fileName ?? "", test.fileName], options.sourceOf, () =>
    makeTable(scope.scope, beside(test.dataset, options.graph, "ACTUAL"), test.testQuery),
  );
  return await compared(actual, test, scope.scope, options);
}

async function differenceOfIncremental(test: UnitTest, model: Relation, open: Open, options: UnitTestOptions) {
  checkInputs(test, model, options.graph);
  const inputs = test.inputs.filter(({ target }) => !sameTarget(target, model.target));
  const isHere = ({ target }: UnitTestInput) => target.database === model.target.database;
  const make = (scope: PublishScope, input: UnitTestInput) =>
    during(`its input ${targetLabel(input.target)}: `, [test.fileName], options.sourceOf, () =>
      makeInput(scope, input),
    );
  await using _elsewhere = await committed(
    inputs.filter((input) => !isHere(input)),
    make,
    open,
    options.warehouse,
  );
  await using scope = await open();
  for (const input of inputs.filter(isHere)) await make(scope.scope, input);
  const already = rowsAlready(test, model);
  if (already)
    await during("the rows that are there already: ", [test.fileName, model.fileName], options.sourceOf, () =>
      fillTable(scope.scope, model, already.query, { test, graph: options.graph }),
    );
  const { columns } = await during("", [model.fileName, test.fileName], options.sourceOf, () =>
    scope.scope.build(model, already ? "increment" : "create"),
  );
  const actual = { target: model.target, columns };
  return await compared(actual, test, scope.scope, options);
}

/** Inputs of other databases than the model's: a transaction writes to one, so these are committed, and dropped afterwards. */
async function committed(
  inputs: readonly UnitTestInput[],
  make: (scope: PublishScope, input: UnitTestInput) => Promise<void>,
  open: Open,
  warehouse: Warehouse,
): Promise<AsyncDisposable> {
  const made: Target[] = [];
  const drop = async () => {
    if (made.length === 0) return;
    await using session = await warehouse.session();
    for (const target of made) await session.run(`drop view ${quoteTarget(target)}`);
  };
  try {
    for (const input of inputs) {
      await using scope = await open();
      await make(scope.scope, input);
      await scope.commit([]);
      made.push(input.target);
    }
  } catch (error) {
    await drop();
    throw error;
  }
  return { [Symbol.asyncDispose]: drop };
}

async function compared(actual: Made, test: UnitTest, scope: PublishScope, { graph, sourceOf }: UnitTestOptions) {
  const rows = beside(test.dataset, graph, "EXPECTED");
  const expected = await during("the expected rows: ", [test.fileName], sourceOf, () =>
    makeRows(scope, rows, test.expectedOutputQuery),
  );
  return during("comparing: ", [], sourceOf, () => differenceOf(scope, actual, expected));
}
