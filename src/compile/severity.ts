/** A severity belongs to an assertion: on a table its inline assertions would inherit it, all of them, unasked. */
import type { CompiledGraph, Problem } from "../graph/index.js";
import { findQuoted, lineAndColumn, readSource } from "./source.js";

export function severityProblems(compiled: CompiledGraph, projectDir: string): readonly Problem[] {
  return (compiled.tables ?? []).flatMap((table) => {
    const tag = table.tags?.find((each) => each.startsWith("severity:"));
    if (tag === undefined) return [];
    const file = table.fileName ?? "";
    const source = readSource(projectDir, file);
    const offset = source && findQuoted(source, tag);
    return [
      {
        code: "severity-on-table",
        message: `${table.target?.schema}.${table.target?.name} has the tag "${tag}", but a severity belongs to an assertion.`,
        at: { file, ...(source && offset !== undefined ? lineAndColumn(source.text, offset) : {}) },
        hint: "Write the rule as an assertion of its own and tag that.",
      },
    ];
  });
}
