/** What hooks changed, as far as the engine says it: of a single statement that changes rows alone, how many. */
import { statements, tokenize } from "../graph/index.js";

const countable = new Set("delete insert merge select update with".split(" "));

/** Whether a hook is one statement that can change nothing but rows, and is said to have changed so many. */
export function saysRows(hook: string, engine: "duckdb" | "snowflake"): boolean {
  const [statement, ...more] = statements(tokenize(hook, engine));
  return more.length === 0 && countable.has(statement?.[0]?.text.toLowerCase() ?? "");
}

/** Runs hooks in their order. Resolves to the rows that they changed, or to undefined where nobody knows. */
export async function runHooks(
  hooks: readonly string[],
  engine: "duckdb" | "snowflake",
  run: (hook: string) => Promise<{ readonly changed: number }>,
): Promise<number | undefined> {
  let rows: number | undefined = 0;
  for (const hook of hooks) {
    const { changed } = await run(hook);
    rows = rows === undefined || !saysRows(hook, engine) ? undefined : rows + changed;
  }
  return rows;
}
