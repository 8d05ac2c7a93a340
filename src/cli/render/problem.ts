/** A problem as people read it: code, message, place with the source line under it, hint. The only such renderer. */
import { readFileSync, statSync } from "node:fs";
import { extname, isAbsolute, relative, resolve, sep } from "node:path";
import type { Position, Problem } from "../../graph/index.js";
import type { Paint } from "../io.js";

/** Only what a person wrote in the project is quoted; a line of a data file could hold a patient. */
const SOURCE_EXTENSIONS: ReadonlySet<string> = new Set([".sqlx", ".js", ".json", ".sql"]);
const LARGEST_SOURCE_BYTES = 2_000_000;
const WIDEST_SOURCE_LINE = 160;

/**
 * `error: <code>: <message>`, then `--> file:line:column` with the source line and a caret where the file is a readable
 * source file of the project, then the hint. No trailing newline.
 */
export function renderProblem(
  problem: Problem,
  options: { readonly project: string; readonly paint: Paint; readonly level?: "error" | "warning" },
): string {
  const { paint } = options;
  const level = options.level ?? "error";
  const label = level === "error" ? paint.bold(paint.red("error")) : paint.bold(paint.yellow("warning"));
  const [first = "", ...rest] = problem.message.split("\n");
  const lines = [`${label}: ${paint.bold(problem.code)}: ${first}`, ...rest.map((line) => `  ${line}`)];
  if (problem.at !== undefined) {
    lines.push(`  ${paint.blue("-->")} ${place(problem.at)}`, ...excerpt(problem.at, options.project, paint));
  }
  if (problem.hint !== undefined) {
    const [head = "", ...tail] = problem.hint.split("\n");
    lines.push(`  ${paint.cyan("hint")}: ${head}`, ...tail.map((line) => `        ${line}`));
  }
  return lines.join("\n");
}

function place(at: Position): string {
  return [at.file, at.line, at.line === undefined ? undefined : at.column]
    .filter((part) => part !== undefined)
    .join(":");
}

function excerpt(at: Position, project: string, paint: Paint): readonly string[] {
  if (at.line === undefined) return [];
  const source = sourceLine(at.file, at.line, project);
  if (source === undefined) return [];
  const gutter = " ".repeat(String(at.line).length);
  const bar = paint.blue("|");
  const start = windowStart(at.column ?? 1, source.length);
  const shown = source.slice(start, start + WIDEST_SOURCE_LINE);
  const lines = [`${gutter} ${bar}`, `${paint.blue(String(at.line))} ${bar} ${shown.replaceAll("\t", " ")}`];
  if (at.column !== undefined && at.column <= source.length + 1) {
    lines.push(`${gutter} ${bar} ${" ".repeat(at.column - 1 - start)}${paint.red("^")}`);
  }
  return lines.map((line) => `  ${line}`.trimEnd());
}

/** Where the excerpt of a very long line begins, so that the column is in it. */
function windowStart(column: number, length: number): number {
  if (length <= WIDEST_SOURCE_LINE || column <= WIDEST_SOURCE_LINE / 2) return 0;
  return Math.min(column - WIDEST_SOURCE_LINE / 2, length - WIDEST_SOURCE_LINE);
}

function sourceLine(file: string, line: number, project: string): string | undefined {
  const path = resolve(project, file);
  const inside = relative(project, path);
  if (isAbsolute(inside) || inside.startsWith("..") || inside.split(sep).includes(".medform")) return undefined;
  if (!SOURCE_EXTENSIONS.has(extname(path).toLowerCase())) return undefined;
  try {
    if (statSync(path).size > LARGEST_SOURCE_BYTES) return undefined;
    const text = readFileSync(path, "utf8").split(/\r?\n/)[line - 1];
    return extname(path) === ".json" ? withoutSecrets(text) : text;
  } catch {
    return undefined;
  }
}

const stars = (text: string): string => "*".repeat(text.length);

/**
 * The path of a webhook's address is its password, also where the address was mistyped; and a file may hold what is a secret
 * by its name, though it must not. As many stars as there were characters, so that the caret stays right.
 */
function withoutSecrets(line: string | undefined): string | undefined {
  return (
    line
      ?.replace(
        /([a-z][a-z0-9+.-]*:\/\/)([^\s"'/?#]*)([^\s"']*)/gi,
        (_, scheme: string, host: string, rest: string) => {
          const user = host.lastIndexOf("@") + 1;
          return scheme + stars(host.slice(0, user)) + host.slice(user) + stars(rest);
        },
      )
      .replace(/("[\w-]+(?:\.[\w-]+)+(?::\d+)?)([/?#][^\s"']*)/g, (_, host: string, rest: string) => host + stars(rest))
      // A key or a token is one by its look, wherever somebody put it.
      .replace(/-----BEGIN[^"]*|\beyJ[\w.-]{10,}/g, stars)
      .replace(
        /("[^"]*(?:url|hook|slack|passw|passphrase|pwd|secret|token|private_?key)[^"]*"\s*:\s*")(?![a-z][a-z0-9+.-]*:\/\/)((?:[^"\\]|\\.)*)/gi,
        (_, key: string, value: string) => key + stars(value),
      )
  );
}
