/** `medform compile`: the graph, as `dataform compile --json` prints it, or how many of what. */
import { evaluateProject, refusedByDataformOnly } from "../../compile/index.js";
import type { CompiledGraph } from "../../graph/index.js";
import { noEnvironment, readEnvironments, readProject, resolveEnvironment } from "../../project/index.js";
import { type GlobalOptions, type Io, paintFor } from "../io.js";
import { messages } from "../messages.js";

export interface CompileCommandOptions extends GlobalOptions {
  /** Seconds after which evaluation is stopped; 60 unless told. */
  readonly timeout?: number;
}

/**
 * Compiles without an environment unless one is named. With `--json` stdout gets the compiled graph, also where it has
 * errors; the errors go to stderr in the coordinates of their source.
 *
 * @returns 0, or 1 where the graph has errors.
 */
export async function compileCommand(options: CompileCommandOptions, io: Io): Promise<number> {
  const started = performance.now();
  const project = readProject(options.project);
  const environment =
    options.environment === undefined
      ? noEnvironment(options.vars)
      : resolveEnvironment(options.environment, readEnvironments(project.dir), options.vars);
  const { compiled, problems } = await evaluateProject({
    projectDir: project.dir,
    overrides: environment.overrides,
    ...(options.timeout === undefined ? {} : { timeoutMs: options.timeout * 1000 }),
    print: (text) => void io.stderr.write(text),
  });
  const seconds = (performance.now() - started) / 1000;
  if (options.json) io.stdout.write(`${JSON.stringify(compiled, null, 4)}\n`);
  else if (!options.quiet) io.stdout.write(summary(compiled, seconds, paintFor(io.stdout, io, options)));
  const say = messages(io, options);
  const errors = problems.filter((problem) => !refusedByDataformOnly(problem));
  for (const problem of problems) {
    if (refusedByDataformOnly(problem)) say.warning(problem);
    else say.error(problem);
  }
  if (errors.length > 0) say.note(`${errors.length} ${errors.length === 1 ? "error" : "errors"}.`);
  return errors.length > 0 ? 1 : 0;
}

function summary(compiled: CompiledGraph, seconds: number, paint: ReturnType<typeof paintFor>): string {
  const tables = compiled.tables ?? [];
  const ofType = (type: string) => tables.filter((table) => table.enumType === type).length;
  const counts: readonly (readonly [string, number])[] = [
    ["tables", ofType("TABLE")],
    ["views", ofType("VIEW")],
    ["incremental tables", ofType("INCREMENTAL")],
    ["inline tables", ofType("INLINE")],
    ["operations", compiled.operations?.length ?? 0],
    ["assertions", compiled.assertions?.length ?? 0],
    ["declarations", compiled.declarations?.length ?? 0],
    ["unit tests", compiled.tests?.length ?? 0],
  ];
  const lines = counts
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `  ${String(count).padStart(6)} ${kind}\n`);
  const warehouse = compiled.projectConfig?.warehouse ?? "";
  return `${paint.bold("Compiled")} for ${warehouse} in ${seconds.toFixed(2)} s\n${lines.join("")}`;
}
