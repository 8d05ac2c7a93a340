/**
 * Runs unit tests (`type: "test"`) one after another in a warehouse that is empty, and is so again after each: what a test
 * makes is never committed.
 */
import { locateInSource } from "../compile/index.js";
import {
  type Graph,
  type Position,
  type Problem,
  ProblemError,
  quoteTarget,
  type Relation,
  sameTarget,
  type Target,
  targetLabel,
  type UnitTest,
  type UnitTestInput,
} from "../graph/index.js";
import { EngineError, type PublishScope, type StatementPlace, type Value, type Warehouse } from "../warehouse/index.js";
import { type CancellableScope, scopes } from "./context.js";
import { countRows, rowsOnly } from "./difference.js";
import {
  checkInputs,
  type Made,
  makeIncremental,
  makeRows,
  makeTable,
  rowsAlready,
  testedRelation,
  testSchema,
} from "./unit-test-build.js";
import type { RowDifference, UnitTestEvent, UnitTestResult, UnitTestsFinished } from "./unit-test-events.js";

export interface UnitTestOptions {
  readonly graph: Graph;
  /** Those of the graph that are to run. */
  readonly tests: readonly UnitTest[];
  /** Empty, and used by nobody else. */
  readonly warehouse: Warehouse;
  readonly listener: (event: UnitTestEvent) => void;
  /** ISO instant, or null. */
  readonly asOf: string | null;
  readonly sourceOf?: (file: string) => string | undefined;
  readonly signal?: AbortSignal;
}

/** What a run would give; here the same each time. */
const variables: Readonly<Record<string, Value>> = {
  MEDFORM_RUN_ID: "unit-test",
  MEDFORM_RUN_NUMBER: 1,
  MEDFORM_STARTED_AT: "2000-01-01T00:00:00.000Z",
  MEDFORM_HASH_KEY: "unit-test",
};

const mostRows = 20;

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
  const actual = await during("", [model?.fileName ?? "", test.fileName], options, () =>
    makeTable(scope.scope, beside(test.dataset, options.graph, "ACTUAL"), test.testQuery),
  );
  return await differenceFrom(actual, test, scope.scope, options);
}

async function differenceOfIncremental(test: UnitTest, model: Relation, open: Open, options: UnitTestOptions) {
  checkInputs(test, model, options.graph);
  const inputs = test.inputs.filter(({ target }) => !sameTarget(target, model.target));
  const isHere = ({ target }: UnitTestInput) => target.database === model.target.database;
  const make = (scope: PublishScope, { target, query }: UnitTestInput) =>
    during(`its input ${targetLabel(target)}: `, [test.fileName], options, () => makeRows(scope, target, query));
  await using _elsewhere = await committed(
    inputs.filter((input) => !isHere(input)),
    make,
    open,
    options.warehouse,
  );
  await using scope = await open();
  for (const input of inputs.filter(isHere)) await make(scope.scope, input);
  const actual = await during("", [model.fileName, test.fileName], options, () =>
    makeIncremental(test, model, options.graph, scope.scope),
  );
  return await differenceFrom(actual, test, scope.scope, options);
}

/** Inputs of other databases than the model's: a transaction writes to one, so these are committed, and dropped afterwards. */
async function committed(
  inputs: readonly UnitTestInput[],
  make: (scope: PublishScope, input: UnitTestInput) => Promise<Made>,
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

/** What is there and what is expected, compared by the names of their columns; the order of columns and rows is nothing. */
async function differenceFrom(
  actual: Made,
  test: UnitTest,
  scope: PublishScope,
  options: UnitTestOptions,
): Promise<RowDifference | undefined> {
  const expected = await during("the expected rows: ", [test.fileName], options, () =>
    makeRows(scope, beside(test.dataset, options.graph, "EXPECTED"), test.expectedOutputQuery),
  );
  const lacks = (columns: readonly string[], name: string) =>
    !columns.some((other) => other.toLowerCase() === name.toLowerCase());
  const missingColumns = expected.columns.filter((name) => lacks(actual.columns, name));
  const unexpectedColumns = actual.columns.filter((name) => lacks(expected.columns, name));
  const comparable = missingColumns.length + unexpectedColumns.length === 0;
  const sides = { left: quoteTarget(actual.target), right: quoteTarget(expected.target) };
  const { session } = scope;
  const columns = comparable ? expected.columns : [];
  const counts = await during("comparing: ", [], options, () => countRows(session, columns, sides));
  // As Dataform has it: where there is no row on either side, there is nothing to differ.
  if (counts.left + counts.right === 0) return undefined;
  if (comparable && counts.onlyLeft + counts.onlyRight === 0) return undefined;
  const only = (side: "left" | "right", number: number) =>
    comparable && number > 0 ? rowsOnly(session, columns, sides, side, mostRows) : [];
  return {
    expectedRows: counts.right,
    actualRows: counts.left,
    missingColumns,
    unexpectedColumns,
    missingRows: comparable ? counts.onlyRight : 0,
    missing: await only("right", counts.onlyRight),
    unexpectedRows: comparable ? counts.onlyLeft : 0,
    unexpected: await only("left", counts.onlyLeft),
  };
}

/** Tells an error of the engine with what was being done, at its line in the first of these files that has it. */
async function during<T>(
  what: string,
  files: readonly string[],
  { sourceOf = () => undefined }: UnitTestOptions,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const place = error instanceof EngineError ? error.place : undefined;
    const at = place && positionOf(place, files, sourceOf);
    const [problem] = error.problems;
    const known: Problem = { code: "engine-error", message: error.message, ...problem };
    throw new ProblemError({ ...known, message: `${what}${at ? place.message : known.message}`, ...(at && { at }) });
  }
}

function positionOf(
  place: StatementPlace,
  files: readonly string[],
  sourceOf: (file: string) => string | undefined,
): Position | undefined {
  for (const file of files) {
    const source = file === "" ? undefined : sourceOf(file);
    const found = source === undefined ? undefined : locateInSource(place.sql, source, place);
    if (found) return { file, ...found };
  }
  return undefined;
}
