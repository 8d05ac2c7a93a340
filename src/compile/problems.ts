/** From core's compilation errors to problems. */
import type { CompiledGraph, Problem } from "../graph/index.js";

export function compilationProblems(compiled: CompiledGraph, _projectDir: string): readonly Problem[] {
  return (compiled.graphErrors?.compilationErrors ?? []).map((error) => ({
    code: "compile-error",
    message: error.message ?? "Unknown error.",
    at: { file: error.fileName ?? "dataform.json" },
  }));
}
