/** Shapes of statements that medform emits: words, with `{names}` for names of relations and `{rest}` for all that follows. */
import type { Context } from "../session.js";
import { namePattern } from "../target.js";
import type { Answer } from "../types.js";

export interface Shape {
  readonly pattern: RegExp;
  run(groups: Readonly<Record<string, string | undefined>>, context: Context): Promise<Answer>;
}

/** A blank stands for any white space; the rest is a regular expression. */
export function shape(words: string, run: Shape["run"]): Shape {
  const source = words
    .replaceAll(" ", "\\s+")
    .replaceAll("{rest}", "(?<rest>[\\s\\S]+)")
    .replaceAll("{tail}", "(?<tail>[\\s\\S]*)")
    .replaceAll("{text}", "(?<text>'(?:[^'\\\\]|''|\\\\[\\s\\S])*')")
    .replace(/\{(\w+)\}/g, (_, group: string) => `(?<${group}>${namePattern})`);
  return { pattern: new RegExp(`^${source}$`, "i"), run };
}
