/**
 * Unit tests beyond what core compiles of them. It writes their queries with the inputs in place, but of incremental tables
 * it only says that it cannot: of those the tested dataset and each input are handed on as they were written.
 */
import type { Position, Problem, Target, UnitTest, UnitTestInput } from "../graph/index.js";
import type { CoreAction, CoreTest, Session, TargetProto } from "./coreTypes.js";
import { findProperty, findQuoted, lineAndColumn, readSource } from "./source.js";

export type UnitTestDetails = Pick<UnitTest, "name" | "at" | "dataset" | "inputs" | "problems">;

/** Core refuses these; medform runs them. Everything but the Dataform CLI's own runner can do with such a project. */
export const refusedByDataformOnly = (problem: Problem): boolean => problem.code === "compile-test-incremental";

/** To be called inside the realm's time limit, for inputs of incremental tables are evaluated here. */
export function unitTestDetails(session: Session, projectDir: string): readonly UnitTestDetails[] {
  return Object.values(session.tests).map((test) => {
    const name = test.proto.name ?? "";
    const at = positionOf(test, projectDir);
    const tested = datasetOf(test, session);
    if (!tested) return { name, at, inputs: [], problems: [] };
    const dataset = targetOf(tested.proto.target);
    if (!isIncremental(tested)) return { name, at, dataset, inputs: [], problems: [] };
    return { name, at, dataset, ...inputsOf(test, session, at) };
  });
}

/**
 * Core keeps tests by name, the last one of each: from now on the list that is returned takes those that another one
 * displaces, which would be gone without a word.
 */
export function displacedTests(session: Session): readonly CoreTest[] {
  const displaced: CoreTest[] = [];
  session.tests = new Proxy(session.tests, {
    set(tests, name, test: CoreTest) {
      const before = Reflect.get(tests, name) as CoreTest | undefined;
      if (before) displaced.push(before);
      return Reflect.set(tests, name, test);
    },
  });
  return displaced;
}

export function displacedProblems(displaced: readonly CoreTest[], projectDir: string): readonly Problem[] {
  return displaced.map((test) => ({
    code: "compile-duplicate",
    message: `Another unit test is named "${test.proto.name}" too, so that this one would never run.`,
    at: positionOf(test, projectDir),
    hint: "Give one of them another name.",
  }));
}

function datasetOf({ datasetToTest }: CoreTest, session: Session): CoreAction | undefined {
  if (datasetToTest === undefined) return undefined;
  const found = session.indexedActions?.find(asTarget(datasetToTest)) ?? [];
  return found.length === 1 ? found[0] : undefined;
}

const asTarget = (resolvable: string | TargetProto): TargetProto =>
  typeof resolvable === "string" ? { name: resolvable } : resolvable;

/** As protobuf's JSON form writes it; in memory it is a number. */
const isIncremental = ({ proto }: CoreAction): boolean => proto.type === "incremental";

function targetOf({ database, schema = "", name = "" }: TargetProto): Target {
  return { ...(database ? { database } : {}), schema, name };
}

function inputsOf(test: CoreTest, session: Session, at: Position): Pick<UnitTest, "inputs" | "problems"> {
  const inputs: UnitTestInput[] = [];
  const problems: Problem[] = [];
  const refuse = (message: string, hint?: string) =>
    problems.push({ code: "test-input", message, at, ...(hint !== undefined && { hint }) });
  const context = {
    test,
    apply: (value: unknown): unknown => (typeof value === "function" ? value(context) : value),
  };
  for (const key of test.contextableInputs.keys()) {
    const label = [key.database, key.schema, key.name].filter((part) => part).join(".");
    const [found, ...more] = session.indexedActions?.find(key) ?? [];
    if (!found) refuse(`its input "${label}" is no action of the project.`);
    else if (more.length > 0) refuse(`its input "${label}" fits several actions.`, "Write schema and name.");
    else {
      try {
        inputs.push({
          target: targetOf(found.proto.target),
          query: String(context.apply(test.contextableInputs.get(key))),
        });
      } catch (error) {
        refuse(`its input "${label}" cannot be evaluated: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
  return { inputs, problems };
}

/** Where the test names itself; in SQLX else its config block. */
function positionOf({ proto }: CoreTest, projectDir: string): Position {
  const file = (proto.fileName ?? "").replaceAll("\\", "/");
  const source = readSource(projectDir, file);
  if (!source) return { file };
  const offset = file.endsWith(".sqlx")
    ? (findProperty(source, "name") ?? source.config.start)
    : findQuoted(source, proto.name ?? "");
  return offset === undefined ? { file } : { file, ...lineAndColumn(source.text, offset) };
}
