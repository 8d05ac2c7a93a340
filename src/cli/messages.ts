/** Where every message of every command goes: to stderr, in one form. */
import type { Problem } from "../graph/index.js";
import { type GlobalOptions, type Io, paintFor } from "./io.js";
import { renderProblem } from "./render/problem.js";

export interface Messages {
  /** Always shown. */
  error(problem: Problem): void;
  /** Always shown. */
  warning(problem: Problem): void;
  /** Left out with `--quiet`. */
  note(text: string): void;
}

/** Messages to `io.stderr`, never to stdout, which is for results. */
export function messages(io: Io, options: Pick<GlobalOptions, "project" | "code" | "quiet" | "color">): Messages {
  const paint = paintFor(io.stderr, io, options);
  const project = options.code?.dir ?? options.project;
  const show = (problem: Problem, level: "error" | "warning") =>
    io.stderr.write(`${renderProblem(problem, { project, paint, level })}\n`);
  return {
    error: (problem) => void show(problem, "error"),
    warning: (problem) => void show(problem, "warning"),
    note: (text) => {
      if (!options.quiet) io.stderr.write(`${text}\n`);
    },
  };
}
