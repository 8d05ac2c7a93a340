/**
 * Hosts the unmodified @dataform/core: a project's files in, its compiled graph out. Deep-equal to `dataform compile --json`,
 * errors and their order included; project code gets a time limit, no file system, and never the process's stdout.
 */

import { type CompiledGraph, type Graph, normalise, type Problem, ProblemError } from "../graph/index.js";
import { type Evaluated, type EvaluateOptions, evaluate } from "./evaluate.js";

export type CompileOptions = EvaluateOptions;
export type { Evaluated } from "./evaluate.js";
export { locateInSource, type SqlPlace } from "./locate.js";
export { refusedByDataformOnly } from "./unitTests.js";

export interface CompiledProject {
  readonly compiled: CompiledGraph;
  /** Only to be used where there are no problems: what failed to compile is missing from it. */
  readonly graph: Graph;
  /** In SQLX coordinates, core's own in their order first. */
  readonly problems: readonly Problem[];
}

/**
 * Compiles a project whose dataform.json was validated by `readProject`.
 *
 * @throws ProblemError `compile-timeout`, `compile-failed`, `core-version`; an error of the project's code is no throw but
 * one of `problems`.
 */
export async function compileProject(options: CompileOptions): Promise<CompiledProject> {
  const evaluated = await evaluateProject(options);
  const compiled = JSON.parse(JSON.stringify(evaluated.compiled)) as CompiledGraph;
  const { problems, unitTests } = evaluated;
  return { compiled, graph: detailed(graphOf(compiled, problems), unitTests), problems };
}

/**
 * Compiles to the JSON form only, for who needs no Graph. Evaluation is synchronous: while it lasts no handler of a signal
 * could answer, so that Ctrl-C and SIGTERM end the process as if there were none.
 *
 * @throws ProblemError as `compileProject`.
 */
export async function evaluateProject(options: CompileOptions): Promise<Evaluated> {
  return evaluate(options);
}

function detailed(graph: Graph, details: Evaluated["unitTests"]): Graph {
  const byName = new Map(details.map((each) => [each.name, each]));
  return { ...graph, tests: graph.tests.map((test) => ({ ...test, ...byName.get(test.name) })) };
}

/** A cycle is among core's errors already; without an order there is no graph to give. */
function graphOf(compiled: CompiledGraph, problems: readonly Problem[]): Graph {
  try {
    return normalise(compiled);
  } catch (error) {
    if (error instanceof ProblemError && problems.length > 0)
      return normalise({ projectConfig: compiled.projectConfig });
    throw error;
  }
}
