/** `medform test`: unit tests of models, in an empty warehouse in memory; needs no data and no account. */
import { runUnitTests, selectUnitTests } from "../../run/index.js";
import { type GlobalOptions, type Io, paintFor, widthOf } from "../io.js";
import { messages } from "../messages.js";
import { openProject, openWarehouse, sourcesOf } from "../open.js";
import { jsonLine } from "../render/run-view.js";
import { resultLine, resultLines, summaryLine } from "../render/unit-tests.js";

export interface TestCommandOptions extends GlobalOptions {
  /** Relations whose tests are meant, or names of tests. */
  readonly select: readonly string[];
  readonly exclude: readonly string[];
  /** ISO instant, or null. */
  readonly asOf: string | null;
}

/** @returns 0 all passed, 1 one could not be run, 2 one failed; 130 or 143 cancelled. With `--json` the events, one a line. */
export async function testCommand(options: TestCommandOptions, io: Io): Promise<number> {
  const opened = await openProject(options, io, { engine: "duckdb" });
  const { graph } = opened;
  const tests = selectUnitTests(graph, options);
  if (tests.length === 0) {
    const none = graph.tests.length === 0 ? "The project has no unit tests." : "No unit test is selected.";
    messages(io, options).note(none);
  } else if (opened.environment.overrides.warehouse !== "duckdb") {
    messages(io, options).note("Unit tests run on an embedded DuckDB in memory, whatever the environment.");
  }
  const paint = paintFor(io.stdout, io, options);
  const print = (lines: readonly string[]) => {
    for (const line of lines) io.stdout.write(`${line}\n`);
  };
  const details: string[] = [];
  await using warehouse = await openWarehouse({ ...opened, warehouseFile: ":memory:" }, { command: "test" });
  const finished = await runUnitTests({
    graph,
    tests,
    warehouse,
    asOf: options.asOf,
    sourceOf: sourcesOf(opened),
    signal: io.signal,
    listener: (event) => {
      if (options.json) return print([jsonLine(event)]);
      if (event.kind === "unit-tests-finished") return;
      if (!options.quiet) print([resultLine(event, { tests, paint, width: widthOf(io.stdout) })]);
      details.push(...resultLines(event, { project: options.project, paint, width: widthOf(io.stdout) }));
    },
  });
  if (options.json || tests.length === 0) return finished.exitCode;
  print(details);
  if (!options.quiet || finished.exitCode !== 0) print(["", summaryLine(finished, paint)]);
  return finished.exitCode;
}
