/** From core's compilation errors, whose places are in generated code or nowhere, to problems in SQLX coordinates. */
import { relative, sep } from "node:path";
import type { CompilationError, Position, Problem } from "../graph/index.js";
import { actionName, type Meaning, meanings } from "./messages.js";
import { lineAndColumn, offsetOf, readSource, type Source } from "./source.js";
import { toSource } from "./sourceMap.js";

export interface ProblemContext {
  readonly projectDir: string;
  readonly coreFile: string;
  /** Core's translation of a SQLX file; throws where it cannot be read at all. */
  translate(code: string, file: string): string;
}

interface Frame {
  /** Absolute. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One problem an error, in core's order; what core reports again for each evaluation of the same place is said once. */
export function compilationProblems(errors: readonly CompilationError[], context: ProblemContext): readonly Problem[] {
  const seen = new Set<string>();
  return errors
    .map((error) => problemOf(error, context))
    .filter((problem) => {
      const { code, at } = problem;
      const same = at?.line !== undefined && onceAPlace.has(code) ? "" : problem.message;
      const key = JSON.stringify([code, at, same]);
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    });
}

/** Core reports a reference where it is resolved and again where dependencies are checked. */
const onceAPlace: ReadonlySet<string> = new Set(["compile-missing-dependency", "compile-ambiguous"]);

function problemOf(error: CompilationError, context: ProblemContext): Problem {
  const message = error.message ?? "Something that is no Error was thrown.";
  const { meaning, found } = meaningOf(message);
  const frames = framesOf(error.stack ?? "", context).flatMap((frame) => positionOf(frame, context) ?? []);
  const at = place(error, meaning, found, frames[0], context);
  const hint = meaning?.hint ?? calledFrom(at, frames);
  return {
    code: meaning?.code ?? (error.stack?.startsWith("SyntaxError") ? "compile-syntax" : "compile-throw"),
    message,
    at,
    ...(hint === undefined ? {} : { hint }),
  };
}

function meaningOf(message: string): { meaning?: Meaning; found?: RegExpExecArray } {
  for (const meaning of meanings) {
    const found = meaning.pattern.exec(message);
    if (found) return { meaning, found };
  }
  return {};
}

/** What the message names, if it can be found; else where the stack points; else the action; else the file alone. */
function place(
  error: CompilationError,
  meaning: Meaning | undefined,
  found: RegExpExecArray | undefined,
  frame: Position | undefined,
  context: ProblemContext,
): Position {
  const file = frame?.file ?? (error.fileName ?? "dataform.json").replaceAll("\\", "/");
  const source = readSource(context.projectDir, file);
  if (!source) return frame ?? { file };
  if (meaning?.place && found) {
    const from = frame?.line === undefined ? 0 : offsetOf(source.text, frame.line, frame.column ?? 1);
    const offset = meaning.place(source, found, error, from);
    if (offset !== undefined) return at(source, offset);
  }
  if (frame) return frame;
  const action = error.actionTarget ? actionName(source, error) : undefined;
  return action === undefined ? { file } : at(source, action);
}

function at(source: Source, offset: number): Position {
  return { file: source.file, ...lineAndColumn(source.text, offset) };
}

/** For what is thrown inside an include: who called it. */
function calledFrom(at: Position, frames: readonly Position[]): string | undefined {
  const caller = frames.find((frame) => frame.file !== at.file);
  return caller && frames[0]?.file === at.file
    ? `Called from ${caller.file}:${caller.line}:${caller.column}.`
    : undefined;
}

/** The frames of the project's own files, innermost first. */
function framesOf(stack: string, context: ProblemContext): readonly Frame[] {
  return stack.split("\n").flatMap((line) => {
    const match = /^\s+at (?:.*\()?(.+?):(\d+):(\d+)\)?$/.exec(line);
    const file = match?.[1] ?? "";
    const inside = file.startsWith(context.projectDir + sep) && file !== context.coreFile;
    const own = inside && /\.(?:js|json|sql|sqlx)$/.test(file) && !file.includes(`${sep}node_modules${sep}`);
    const isEntry = relative(context.projectDir, file) === "index.js";
    return own && !isEntry ? [{ file, line: Number(match?.[2]), column: Number(match?.[3]) }] : [];
  });
}

/** `undefined` where the frame lies in lines that core added around those of a SQLX file. */
function positionOf(frame: Frame, context: ProblemContext): Position | undefined {
  const file = relative(context.projectDir, frame.file).split(sep).join("/");
  const place = { line: frame.line, column: Math.max(1, frame.column) };
  if (!/\.sqlx?$/.test(file)) return { file, ...place };
  const source = readSource(context.projectDir, file);
  if (!source) return undefined;
  // The first line is the call that hands the config block to core.
  if (place.line === 1) return { file, ...lineAndColumn(source.text, source.config.start) };
  try {
    const found = toSource(context.translate(source.text, frame.file), source.text, place);
    return found && { file, ...found };
  } catch {
    return undefined;
  }
}
