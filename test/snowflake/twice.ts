/** A small project compiled for both engines: run on Snowflake, answered by what it is on DuckDB. */
import type { Graph } from "../../src/graph/index.js";
import { compile } from "../run/support.js";
import { type Pair, pairsOf } from "../snowflake-server/pairs.js";

export async function compileTwice(
  files: Readonly<Record<string, string>>,
): Promise<{ readonly graph: Graph; readonly pairs: readonly Pair[] }> {
  const [graph, duckdb] = [await compile(files, "snowflake"), await compile(files)];
  return { graph, pairs: pairsOf(graph, duckdb) };
}
