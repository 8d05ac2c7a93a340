/** A small project compiled for both engines: run on Snowflake, answered by what it is on DuckDB. */
import type { Action, Graph } from "../../src/graph/index.js";
import { compile } from "../run/support.js";

export interface Pair {
  readonly snowflake: string;
  readonly duckdb: string;
}

/** All texts of an action that an engine is sent, in a fixed order. */
function textsOf(action: Action): readonly string[] {
  switch (action.kind) {
    case "declaration":
      return [];
    case "assertion":
      return [action.query];
    case "operation":
      return action.queries;
    default:
      return [
        action.query,
        ...(action.incrementalQuery === undefined ? [] : [action.incrementalQuery]),
        ...action.preOps,
        ...action.postOps,
        ...action.incrementalPreOps,
        ...action.incrementalPostOps,
      ];
  }
}

export function pairsOf(snowflake: Graph, duckdb: Graph): readonly Pair[] {
  const [ours, theirs] = [snowflake, duckdb].map(({ actions }) => actions.flatMap(textsOf)) as [string[], string[]];
  if (ours.length !== theirs.length) throw new Error("the two graphs have different actions");
  return ours.map((text, index) => ({ snowflake: text, duckdb: theirs[index] ?? "" }));
}

export async function compileTwice(
  files: Readonly<Record<string, string>>,
): Promise<{ readonly graph: Graph; readonly pairs: readonly Pair[] }> {
  const [graph, duckdb] = [await compile(files, "snowflake"), await compile(files)];
  return { graph, pairs: pairsOf(graph, duckdb) };
}
