/** Ours against the Dataform CLI itself, fixture by fixture, and where each problem is said to be. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compileProject } from "../../src/compile/index.js";
import type { CompiledGraph, Position, Problem } from "../../src/graph/index.js";
import { fixtures } from "./fixtures/index.js";
import { type Expected, type Fixture, makeFixture, stockGraph, twoAtATime, withoutStacks } from "./harness.js";

const names = Object.keys(fixtures);
const made = new Map<string, Fixture>();
const stock = new Map<string, CompiledGraph | Error>();

beforeAll(async () => {
  for (const name of names) made.set(name, makeFixture(fixtures[name] ?? {}));
  const graphs = await twoAtATime(
    names.map((name) => () => stockGraph(made.get(name)?.dir ?? "").catch((error: Error) => error)),
  );
  names.forEach((name, index) => {
    const graph = graphs[index];
    if (graph) stock.set(name, graph);
  });
});

afterAll(() => {
  for (const fixture of made.values()) fixture.remove();
});

describe.each(names)("%s", (name) => {
  const compile = async () => {
    const printed: string[] = [];
    const result = await compileProject({
      projectDir: made.get(name)?.dir ?? "",
      print: (text) => printed.push(text),
    });
    return { ...result, printed };
  };

  test("compiles as the Dataform CLI does", async () => {
    const { compiled } = await compile();
    const oracle = stock.get(name);
    if (!oracle || oracle instanceof Error) throw oracle ?? new Error("The Dataform CLI did not run.");
    expect(withoutStacks(shimmed(compiled))).toEqual(withoutStacks(oracle));
  });

  test("says each problem where it was written", async () => {
    const { problems } = await compile();
    const marks = made.get(name)?.marks ?? [];
    expect(sorted(problems.map(place))).toEqual(sorted(marks.map(mark)));
  });
});

/** The one difference that is meant: actions of `assertions/` name their own file. */
function shimmed(compiled: CompiledGraph): CompiledGraph {
  return JSON.parse(
    JSON.stringify(compiled, (key, value) =>
      key === "fileName" && String(value).startsWith("assertions/") ? "definitions/assertions.js" : value,
    ),
  ) as CompiledGraph;
}

const sorted = (places: readonly string[]) => [...new Set(places)].sort();
const text = (at: Position | undefined) => `${at?.file}:${at?.line ?? ""}:${at?.column ?? ""}`;
const mark = (expected: Expected) => `${text(expected.at)} ${expected.code}`;
const place = (problem: Problem) => `${text(problem.at)} ${problem.code}`;
